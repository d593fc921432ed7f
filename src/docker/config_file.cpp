#include "docker/config_file.h"

#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "system/environment.h"
#include "system/private_file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_config_size = 16UL * 1024 * 1024;
constexpr std::string_view backup_suffix = ".bak-";

// What cannot be looked at, and a dangling link, is there: reading it will say what is wrong.
bool is_there(const fs::path& file) {
  std::error_code error;
  return fs::symlink_status(file, error).type() != fs::file_type::not_found;
}

std::vector<fs::path> docker_files() {
  if (const auto folder = environment_variable("DOCKER_CONFIG"))
    return {fs::path(*folder) / "config.json"};
  if (const auto home = find_home_folder()) return {*home / ".docker" / "config.json"};
  return {};
}

std::vector<fs::path> podman_files() {
  if (const auto file = environment_variable("REGISTRY_AUTH_FILE")) return {*file};
  std::vector<fs::path> files;
  if (const auto folder = environment_variable("XDG_RUNTIME_DIR"))
    files.push_back(fs::path(*folder) / "containers" / "auth.json");
  if (const auto folder = environment_variable("XDG_CONFIG_HOME"))
    files.push_back(fs::path(*folder) / "containers" / "auth.json");
  else if (const auto home = find_home_folder())
    files.push_back(*home / ".config" / "containers" / "auth.json");
  return files;
}

std::vector<fs::path> other_files() {
  if (environment_variable("DOCKER_CONFIG")) return {};
  std::vector<fs::path> files = podman_files();
  if (const auto home = find_home_folder()) files.push_back(*home / ".dockercfg");
  return files;
}

std::optional<fs::path> first_existing(const std::vector<fs::path>& files) {
  for (const fs::path& file : files)
    if (is_there(file)) return file;
  return std::nullopt;
}

fs::path file_of_name(const std::string& name) {
  std::error_code unreachable;
  return fs::is_directory(name, unreachable) ? fs::path(name) / "config.json" : fs::path(name);
}

bool is_dockercfg(const fs::path& file) {
  return file.filename() == ".dockercfg";
}

LoadedConfig read_config(const fs::path& file) {
  JsonText json = read_config_text(file);
  LoadedConfig loaded{.config = parse_config_file(file, json)};
  if (!is_dockercfg(file)) loaded.json = std::move(json);
  return loaded;
}

std::optional<ConfigLocation> search_config() {
  if (auto file = first_existing(docker_files())) return ConfigLocation{std::move(*file), true};
  if (auto file = first_existing(other_files())) return ConfigLocation{std::move(*file), false};
  return std::nullopt;
}

Error no_config() {
  std::vector<std::string> files;
  for (const auto& looked_for : {docker_files(), other_files()})
    for (const fs::path& file : looked_for)
      files.push_back(place_of(file));
  if (files.empty())
    return {"", "no Docker config found: HOME is not set and this user has no passwd entry",
            "set HOME or DOCKER_CONFIG, or name a file with --config"};
  return {"", "no Docker config found: there is no " + join(files, ", "),
          "log in with docker login REGISTRY, or name a file with --config"};
}

void refuse_other_text(const ConfigLocation& location, const JsonText& text) {
  if (read_config_text(location).text != text.text)
    throw Error(place_of(location.file), "changed by another program meanwhile; it stays as it is",
                "run it again");
}

fs::path back_up(const fs::path& file, const std::string& text) {
  const std::time_t now = std::time(nullptr);
  const std::string first =
      fmt::format("{}{}{:%Y%m%dT%H%M%SZ}", file.string(), backup_suffix, fmt::gmtime(now));
  fs::path backup = first;
  for (int count = 2; !make_file(backup, text, file); ++count)
    backup = fmt::format("{}-{}", first, count);
  return backup;
}

// A backup of what did not change would only be in the way; in doubt it stays.
void remove_if_unchanged(const fs::path& backup, const ConfigLocation& location,
                         const JsonText& before) {
  try {
    refuse_other_text(location, before);
    remove_file(backup);
  } catch (const Error&) {
    return;
  }
}

bool holds_plain_text(const fs::path& file) {
  try {
    return has_inline_credential(read_config(file).config);
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

LoadedConfig load_config(const std::optional<std::string>& named) {
  if (named) return read_config(file_of_name(*named));

  const auto environment_auths = environment_variable("DOCKER_AUTH_CONFIG");
  const std::optional<ConfigLocation> location = search_config();
  if (!location && !environment_auths) throw no_config();

  LoadedConfig loaded{.config = {.file = "DOCKER_AUTH_CONFIG"}};
  if (location) loaded = read_config(location->file);
  if (location) loaded.is_dockers_own = location->is_dockers_own;
  if (!environment_auths) return loaded;
  try {
    for (AuthEntry& entry : parse_environment_auths(*environment_auths))
      loaded.config.auths.add(std::move(entry));
  } catch (const Error& error) {
    loaded.config.environment_refused = error;
  }
  return loaded;
}

bool is_any_config(const std::optional<std::string>& named) {
  return named || environment_variable("DOCKER_AUTH_CONFIG") || search_config();
}

ConfigLocation find_config(const std::optional<std::string>& named) {
  if (named) return {file_of_name(*named)};
  if (auto location = search_config()) return *std::move(location);
  const std::vector<fs::path> files = docker_files();
  if (files.empty()) throw no_config();
  return {.file = files.front(), .is_there = false};
}

std::string command_for_first_config(std::string_view text) {
  const std::vector<fs::path> files = docker_files();
  if (files.empty()) throw no_config();
  return fmt::format("`(umask 077 && mkdir -p {} && echo {} >{})`",
                     shell_operand(files.front().parent_path().string()), shell_word(text),
                     shell_word(files.front().string()));
}

bool is_config_json(const ConfigLocation& location) {
  const std::string name = location.file.filename();
  std::error_code unknown;
  const fs::file_type type = fs::status(location.file, unknown).type();
  return location.is_dockers_own && name != "auth.json" && name != ".dockercfg" &&
         (type == fs::file_type::regular || type == fs::file_type::not_found);
}

JsonText read_config_text(const fs::path& file) {
  const std::string standard_input = "standard input";
  if (file == "-") return {standard_input, read_all(STDIN_FILENO, standard_input, max_config_size)};
  return {place_of(file), read_file(file, max_config_size)};
}

JsonText read_config_text(const ConfigLocation& location) {
  if (!location.is_there && !is_there(location.file)) return {place_of(location.file), {}};
  return read_config_text(location.file);
}

Config parse_config_file(const fs::path& file, JsonText json) {
  return is_dockercfg(file) ? parse_dockercfg(std::move(json)) : parse_config(std::move(json));
}

Unsynced write_config(const ConfigLocation& location, const JsonText& before,
                      const std::string& text) {
  if (const fs::path folder = location.file.parent_path(); !folder.empty() && !is_there(folder))
    make_private_folder(folder);
  remove_abandoned(location.file);
  return replace_file(location.file, text, Access::as_before,
                      [&] { refuse_other_text(location, before); });
}

fs::path write_config_with_backup(const ConfigLocation& location, const JsonText& before,
                                  const std::string& text) {
  refuse_other_text(location, before);
  fs::path backup = back_up(location.file, before.text);
  try {
    write_config(location, before, text);
  } catch (const Error&) {
    remove_if_unchanged(backup, location, before);
    throw;
  }
  return backup;
}

std::vector<fs::path> plain_text_backups(const fs::path& file) {
  const std::string prefix = file.filename().string() + std::string(backup_suffix);
  std::vector<fs::path> backups;
  std::error_code ignored;
  const fs::path folder = file.has_parent_path() ? file.parent_path() : ".";
  for (fs::directory_iterator entry(folder, ignored), end; entry != end; entry.increment(ignored))
    if (entry->path().filename().string().starts_with(prefix) && holds_plain_text(*entry))
      backups.push_back(entry->path());
  std::sort(backups.begin(), backups.end());
  return backups;
}

}  // namespace pullsecret
