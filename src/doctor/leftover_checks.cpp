#include "doctor/leftover_checks.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view digits = "0123456789";
constexpr std::string_view letters_and_digits =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

// What follows `prefix` in `name`; empty if it does not begin so.
std::string_view rest_of(std::string_view name, std::string_view prefix) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : "";
}

bool is_all_of(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

bool is_name_of_new_config(std::string_view name, const std::string& config) {
  const std::string_view of_first_release = rest_of(name, fmt::format(".{}.", config));
  return is_all_of(rest_of(name, config), digits) ||
         (of_first_release.size() == 6 && is_all_of(of_first_release, letters_and_digits));
}

bool is_own_with_content(const fs::path& file) {
  struct stat status {};
  return lstat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         status.st_uid == geteuid() && status.st_size > 0;
}

std::vector<fs::path> left_by_others(const fs::path& config) {
  std::vector<fs::path> files;
  std::error_code ignored;
  const fs::path folder = config.has_parent_path() ? config.parent_path() : ".";
  for (fs::directory_iterator entry(folder, ignored), end; entry != end; entry.increment(ignored))
    if (is_name_of_new_config(entry->path().filename().string(), config.filename()) &&
        is_own_with_content(*entry))
      files.push_back(entry->path());
  std::sort(files.begin(), files.end());
  return files;
}

Finding left_behind(const fs::path& file, std::string_view condition) {
  return warning("file-left-behind", place_of(file),
                 "a program that was killed while it wrote the config left it here; it may hold "
                 "credentials in plain text",
                 fmt::format("{}rm {}", condition, shell_word(file.string())));
}

}  // namespace

LeftoverChecks check_leftovers(const ConfigLocation& config) {
  LeftoverChecks checks{.findings = {}, .abandoned = abandoned_files(config)};
  for (const fs::path& file : checks.abandoned)
    checks.findings.push_back(left_behind(file, ""));
  for (const fs::path& file : left_by_others(config.file))
    checks.findings.push_back(left_behind(file, "when no docker command is running: "));
  return checks;
}

}  // namespace pullsecret
