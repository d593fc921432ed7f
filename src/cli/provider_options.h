#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "cli/options.h"
#include "operations/provide_token.h"

namespace pullsecret {

/// The patterns of --match. Throws Error for one with which the kubelet would not start.
std::vector<std::string> match_patterns_of(const CommandLine& line);

/// The options about the token of a Pod's service account.
OptionGroup token_options();

/// What they say; nothing without --service-account-token. Throws Error for one that has another
/// missing, and for a value that none can be.
std::optional<TokenUse> read_token_use(const CommandLine& line);

/// `options`, and behind them those that the config's printer takes, too, and hands on to the
/// provider.
OptionGroup token_group(std::vector<Option> options);

/// Throws Error for one of `options` that is given where `needed`, with which alone it goes, is
/// not.
void require(bool is_there, const std::string& needed, const CommandLine& line,
             std::initializer_list<const char*> options);

/// What these say, but for the audience, where a token `is_wanted`. Throws Error as
/// read_token_use() does.
std::optional<TokenUse> read_token_use(const CommandLine& line, bool is_wanted);

/// The provider's arguments, by which it reads the same.
std::vector<std::string> token_use_arguments(const CommandLine& line);

}  // namespace pullsecret
