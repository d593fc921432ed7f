#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pullsecret {

/// This process becomes `program`, which finds itself called `name`, with `arguments`. Signals that
/// are ignored here (hardening.h) are not there. Throws Error if it cannot be started.
[[noreturn]] void become(const std::filesystem::path& program, std::string name,
                         std::vector<std::string> arguments);

}  // namespace pullsecret
