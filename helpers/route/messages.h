#pragma once

#include <string>

#include "system/error.h"

namespace pullsecret {

/// Data, to standard output. Throws Error.
void print(const std::string& text);

/// Words, as a line of this program, to standard error.
void say(const std::string& line);

/// What fails nothing, in the same way.
void warn(const Error& error);

}  // namespace pullsecret
