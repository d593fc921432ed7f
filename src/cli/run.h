#pragma once

#include "cli/command.h"
#include "cli/messages.h"

namespace pullsecret {

/// Does what `arguments` say, which stand behind the program's name, and returns the exit status: 1
/// for failure, 2 for wrong usage, each with its error in words.
int run(const Arguments& arguments, const Streams& streams);

}  // namespace pullsecret
