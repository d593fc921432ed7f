#include "system/environment.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "system/error.h"

namespace pullsecret {

std::optional<std::string> environment_variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

Environment environment() {
  Environment variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos)
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

std::filesystem::path own_program() {
  std::error_code unknown;
  return std::filesystem::read_symlink("/proc/self/exe", unknown);
}

std::vector<std::string> own_arguments() {
  std::vector<std::string> arguments;
  std::ifstream words("/proc/self/cmdline");
  for (std::string word; std::getline(words, word, '\0');)
    arguments.push_back(std::move(word));
  if (!arguments.empty()) arguments.erase(arguments.begin());
  return arguments;
}

std::optional<std::filesystem::path> find_home_folder() {
  if (const auto home = environment_variable("HOME")) return *home;
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found);
  if (found == nullptr || found->pw_dir == nullptr || *found->pw_dir == '\0') return std::nullopt;
  return found->pw_dir;
}

std::filesystem::path home_folder() {
  if (auto home = find_home_folder()) return *std::move(home);
  throw Error("", "no home folder: HOME is not set and this user has no passwd entry", "set HOME");
}

}  // namespace pullsecret
