#pragma once

#include <string>
#include <vector>

#include "cli/command.h"

namespace pullsecret {

/// What `pullsecret help` prints: what pullsecret is for, and a line for each of its `commands`.
std::string general_help(const std::vector<Command>& commands);

/// What `pullsecret help COMMAND` prints: its intro, its options under their headings, its outro.
/// It says the same as man/pullsecret.1.
std::string help_of(const Command& command);

}  // namespace pullsecret
