#include "system/user_shell.h"

#include <pwd.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "system/environment.h"
#include "system/run_programs.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// Start-up files may print something, too. What follows is ours.
constexpr std::string_view marker = "the search path for pullsecret:";

std::optional<std::filesystem::path> find_shell() {
  std::filesystem::path shell;
  if (const auto chosen = environment_variable("SHELL"))
    shell = *chosen;
  else if (const passwd* user = getpwuid(getuid()))
    shell = user->pw_shell;
  const bool can_run = shell.is_absolute() && access(shell.c_str(), X_OK) == 0;
  return can_run ? std::optional(shell) : std::nullopt;
}

// What login(1) starts a shell with.
Environment login_environment() {
  Environment variables{{"PATH", "/usr/local/bin:/usr/bin:/bin"}};
  for (const char* name : {"HOME", "USER", "LOGNAME", "SHELL", "LANG"})
    if (auto value = environment_variable(name)) variables[name] = *std::move(value);
  return variables;
}

std::string path_in(std::string_view output) {
  const std::size_t marked = output.find(marker);
  if (marked == std::string_view::npos) return {};
  const std::vector<std::string> lines = split(output.substr(marked), '\n');
  return lines.size() < 2 ? "" : lines[1];
}

// In a session of its own, an interactive shell does not take the terminal from its caller.
std::string ask_shell(const std::string& mode, std::optional<Environment> environment,
                      std::optional<std::chrono::milliseconds> limit) {
  const auto shell = find_shell();
  const auto setsid = find_program("setsid", "/usr/bin:/bin").found;
  if (!limit || !shell || !setsid) return {};
  const ProgramResult result = run_program(
      {.program = *setsid,
       .arguments = {shell->string(), mode, "-c", fmt::format("echo '{}'; printenv PATH", marker)},
       .input = {},
       .timeout = *limit,
       .max_output = 1024UL * 1024,
       .environment = std::move(environment)});
  return path_in(result.output);
}

}  // namespace

const std::string& UserShell::interactive_path() {
  if (!interactive_) interactive_ = ask_shell("-i", std::nullopt, limit_);
  return *interactive_;
}

const std::string& UserShell::login_path() {
  if (!login_) login_ = ask_shell("-l", login_environment(), limit_);
  return *login_;
}

}  // namespace pullsecret
