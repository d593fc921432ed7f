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

std::vector<fs::path> docker_places() {
  if (const auto folder = environment_variable("DOCKER_CONFIG"))
    return {fs::path(*folder) / "config.json"};
  if (const auto home = find_home_folder()) return {*home / ".docker" / "config.json"};
  return {};
}

std::vector<fs::path> podman_places() {
  if (const auto file = environment_variable("REGISTRY_AUTH_FILE")) return {*file};
  std::vector<fs::path> places;
  if (const auto folder = environment_variable("XDG_RUNTIME_DIR"))
    places.push_back(fs::path(*folder) / "containers" / "auth.json");
  if (const auto folder = environment_variable("XDG_CONFIG_HOME"))
    places.push_back(fs::path(*folder) / "containers" / "auth.json");
  else if (const auto home = find_home_folder())
    places.push_back(*home / ".config" / "containers" / "auth.json");
  return places;
}

std::vector<fs::path> other_places() {
  if (environment_variable("DOCKER_CONFIG")) return {};
  std::vector<fs::path> places = podman_places();
  if (const auto home = find_home_folder()) places.push_back(*home / ".dockercfg");
  return places;
}

std::optional<fs::path> first_existing(const std::vector<fs::path>& places) {
  for (const fs::path& place : places)
    if (is_there(place)) return place;
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

std::optional<ConfigPlace> search_config() {
  if (auto file = first_existing(docker_places())) return ConfigPlace{std::move(*file), true};
  if (auto file = first_existing(other_places())) return ConfigPlace{std::move(*file), false};
  return std::nullopt;
}

Error no_config() {
  std::vector<std::string> places;
  for (const auto& looked_for : {docker_places(), other_places()})
    for (const fs::path& place : looked_for)
      places.push_back(place_of(place));
  if (places.empty())
    return {"", "no Docker config found: HOME is not set and this user has no passwd entry",
            "set HOME or DOCKER_CONFIG, or name a file with --config"};
  return {"", "no Docker config found: there is no " + join(places, ", "),
          "log in with docker login REGISTRY, or name a file with --config"};
}

void refuse_other_text(const ConfigPlace& place, const JsonText& text) {
  if (read_config_text(place).text != text.text)
    throw Error(place_of(place.file), "changed by another program meanwhile; it stays as it is",
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
void remove_if_unchanged(const fs::path& backup, const ConfigPlace& place, const JsonText& before) {
  try {
    refuse_other_text(place, before);
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
  const std::optional<ConfigPlace> place = search_config();
  if (!place && !environment_auths) throw no_config();

  LoadedConfig loaded{.config = {.file = "DOCKER_AUTH_CONFIG"}};
  if (place) loaded = read_config(place->file);
  if (place) loaded.is_dockers_own = place->is_dockers_own;
  if (!environment_auths) return loaded;
  try {
    for (AuthEntry& entry : parse_environment_auths(*environment_auths))
      loaded.config.auths.add(std::move(entry));
  } catch (const Error& error) {
    loaded.environment_refused = error;
  }
  return loaded;
}

ConfigPlace find_config(const std::optional<std::string>& named) {
  if (named) return {file_of_name(*named)};
  if (auto place = search_config()) return *std::move(place);
  const std::vector<fs::path> places = docker_places();
  if (places.empty()) throw no_config();
  return {.file = places.front(), .is_there = false};
}

bool is_config_json(const ConfigPlace& place) {
  const std::string name = place.file.filename();
  std::error_code unknown;
  const fs::file_type type = fs::status(place.file, unknown).type();
  return place.is_dockers_own && name != "auth.json" && name != ".dockercfg" &&
         (type == fs::file_type::regular || type == fs::file_type::not_found);
}

JsonText read_config_text(const fs::path& file) {
  const std::string standard_input = "standard input";
  if (file == "-") return {standard_input, read_all(STDIN_FILENO, standard_input, max_config_size)};
  return {place_of(file), read_file(file, max_config_size)};
}

JsonText read_config_text(const ConfigPlace& place) {
  if (!place.is_there && !is_there(place.file)) return {place_of(place.file), {}};
  return read_config_text(place.file);
}

Config parse_config_file(const fs::path& file, JsonText json) {
  return is_dockercfg(file) ? parse_dockercfg(std::move(json)) : parse_config(std::move(json));
}

Unsynced write_config(const ConfigPlace& place, const JsonText& before, const std::string& text) {
  refuse_other_text(place, before);
  if (const fs::path folder = place.file.parent_path(); !folder.empty() && !is_there(folder))
    make_private_folder(folder);
  return replace_file(place.file, text, Access::as_before);
}

fs::path write_config_with_backup(const ConfigPlace& place, const JsonText& before,
                                  const std::string& text) {
  refuse_other_text(place, before);
  const fs::path backup = back_up(place.file, before.text);
  try {
    write_config(place, before, text);
  } catch (const Error&) {
    remove_if_unchanged(backup, place, before);
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
