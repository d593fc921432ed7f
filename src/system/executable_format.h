#pragma once

#include <filesystem>

#include "system/error.h"

namespace pullsecret {

/// Why the system cannot start `program`, for which execve(2) failed with `error_number`: its first
/// bytes tell a program for another machine or system, a script without a usable first line, an
/// interpreter or loader that is not here. The Error's place is the file, its hint what to do.
Error start_failure(const std::filesystem::path& program, int error_number);

/// Why access(2) says that `program` may not be executed: its mode, or a file system mounted
/// noexec. With place and hint in the same way.
Error not_executable(const std::filesystem::path& program);

}  // namespace pullsecret
