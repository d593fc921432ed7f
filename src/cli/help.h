#pragma once

#include <string>
#include <vector>

#include "cli/command.h"

namespace pullsecret {

/// What `pullsecret help` prints: a line for each of `commands`, what pullsecret is for, and where
/// there is more.
std::string general_help(const std::vector<Command>& commands);

/// The page that the command has in the manual: "pullsecret-convert".
std::string manual_page_of(const Command& command);

/// What `pullsecret help COMMAND` prints: its intro, its options under their headings, its outro,
/// and where there is more. It says the same as the command's page of the manual.
std::string help_of(const Command& command);

}  // namespace pullsecret
