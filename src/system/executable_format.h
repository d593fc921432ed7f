#pragma once

#include <filesystem>

#include "system/error.h"

namespace pullsecret {

/// Why the system cannot start `program`, for which execve(2) failed with `error_number`: its first
/// line tells a script whose interpreter is not here and a program of Windows; the rest is for
/// another machine or system. The Error's place is the file, its hint what to do.
Error start_failure(const std::filesystem::path& program, int error_number);

/// Why access(2) says that `program` may not be executed: its mode, or a file system mounted
/// noexec. With place and hint in the same way.
Error not_executable(const std::filesystem::path& program);

}  // namespace pullsecret
