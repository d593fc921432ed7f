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

}  // namespace pullsecret
