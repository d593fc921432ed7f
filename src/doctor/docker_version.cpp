#include "doctor/docker_version.h"

#include <charconv>
#include <chrono>
#include <string_view>
#include <system_error>

#include "system/error.h"
#include "system/run_programs.h"

namespace pullsecret {

std::optional<int> installed_docker_version() {
  const auto docker = find_on_path("docker").found;
  if (!docker) return std::nullopt;
  try {
    const ProgramResult result = run_program({.program = *docker,
                                              .arguments = {"--version"},
                                              .input = {},
                                              .timeout = std::chrono::seconds(5),
                                              .max_output = 4096});
    constexpr std::string_view before = "Docker version ";
    std::string_view output = result.output;
    if (!output.starts_with(before)) return std::nullopt;
    output.remove_prefix(before.size());
    int major = 0;
    const auto [end, failed] = std::from_chars(output.data(), output.data() + output.size(), major);
    return failed == std::errc() ? std::optional(major) : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace pullsecret
