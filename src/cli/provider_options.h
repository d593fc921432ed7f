#pragma once

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

/// Those of them that the config's printer takes, too, and hands on to the provider.
std::vector<Option> token_use_options();

/// What these say, but for the audience, where a token `is_wanted`. Throws Error as
/// read_token_use() does.
std::optional<TokenUse> read_token_use(const CommandLine& line, bool is_wanted);

/// The provider's arguments, by which it reads the same.
std::vector<std::string> token_use_arguments(const CommandLine& line);

}  // namespace pullsecret
