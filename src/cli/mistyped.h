#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "system/error.h"

namespace pullsecret {

/// That `command` has no option `word`. It names the one that is meant if one can tell, and repeats
/// no value.
Error unknown_option(const Command& command, const std::string& word);

/// The one of `candidates` that is meant by a mistyped `word`: it begins with it, or differs in two
/// characters at most. Nothing if there is none.
std::optional<std::string> nearest(const std::string& word,
                                   const std::vector<std::string>& candidates);

}  // namespace pullsecret
