#include "helpers/pass/gpg_settings.h"

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "system/environment.h"
#include "system/file.h"
#include "system/run_programs.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_settings = 1024UL * 1024;

// `--name value` or `--name=value`, as gpg reads its command line; the last one counts.
std::optional<std::string> value_in(const std::vector<std::string>& words, std::string_view name) {
  const std::string option = "--" + std::string(name);
  std::optional<std::string> value;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == option && i + 1 < words.size()) value = words[i + 1];
    if (words[i].starts_with(option + "=")) value = words[i].substr(option.size() + 1);
  }
  return value;
}

}  // namespace

std::vector<std::string> user_gpg_options() {
  std::vector<std::string> words =
      split(environment_variable("PASSWORD_STORE_GPG_OPTS").value_or(""), ' ');
  std::erase(words, "");
  return words;
}

std::optional<std::string> gpg_setting(std::string_view name) {
  if (auto value = value_in(user_gpg_options(), name)) return value;
  return gpg_file_setting("gpg.conf", name);
}

// A line is `name value`, with or without the hyphens of the command line.
std::optional<std::string> gpg_file_setting(std::string_view file, std::string_view name) {
  const fs::path home = gpg_path("homedir"), path = home / file;
  std::error_code unknown;
  if (home.empty() || !fs::is_regular_file(path, unknown)) return std::nullopt;
  std::optional<std::string> value;
  for (const std::string& text : split(read_file(path, most_settings), '\n')) {
    std::string_view line = trim(text);
    while (line.starts_with('-'))
      line.remove_prefix(1);
    const std::string_view rest = line.substr(std::min(name.size(), line.size()));
    if (line.starts_with(name) && trim(rest).size() < rest.size()) value = trim(rest);
  }
  return value;
}

bool asks_without_pinentry() {
  return gpg_setting("pinentry-mode") == "loopback";
}

std::string output_of_gpg_tool(std::string_view program, std::vector<std::string> arguments) {
  const auto found = find_on_path(program).found;
  if (!found) return {};
  if (const auto home = value_in(user_gpg_options(), "homedir"))
    arguments.insert(arguments.begin(), {"--homedir", *home});
  return run_program({.program = *found,
                      .arguments = std::move(arguments),
                      .input = {},
                      .timeout = std::chrono::seconds(10),
                      .max_output = most_settings})
      .output;
}

fs::path gpg_path(const std::string& name) {
  return trim(output_of_gpg_tool("gpgconf", {"--list-dirs", name}));
}

// A line is `name:what it is:path`.
fs::path gpg_component(std::string_view name) {
  for (const std::string& line : split(output_of_gpg_tool("gpgconf", {"--list-components"}), '\n'))
    if (line.starts_with(std::string(name) + ":")) return split(line, ':').back();
  return {};
}

}  // namespace pullsecret
