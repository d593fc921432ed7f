#include "docker/config_file.h"

#include <unistd.h>

#include <system_error>
#include <utility>
#include <vector>

#include "system/environment.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_config_size = 16UL * 1024 * 1024;

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

Config read_config(const fs::path& file) {
  JsonText json{place_of(file), read_file(file, max_config_size)};
  if (file.filename() == ".dockercfg") return parse_dockercfg(std::move(json));
  return parse_config(std::move(json));
}

Config read_named_config(const std::string& name) {
  if (name == "-") {
    const std::string place = "standard input";
    return parse_config({place, read_all(STDIN_FILENO, place, max_config_size)});
  }
  std::error_code unreachable;
  if (fs::is_directory(name, unreachable)) return read_config(fs::path(name) / "config.json");
  return read_config(name);
}

Error no_config(const std::vector<fs::path>& looked_for) {
  if (looked_for.empty())
    return {"", "no Docker config found: HOME is not set and this user has no passwd entry",
            "set HOME or DOCKER_CONFIG, or name a file with --config"};
  std::vector<std::string> places;
  places.reserve(looked_for.size());
  for (const fs::path& place : looked_for)
    places.push_back(place_of(place));
  return {"", "no Docker config found: there is no " + join(places, ", "),
          "log in with docker login REGISTRY, or name a file with --config"};
}

}  // namespace

LoadedConfig load_config(const std::optional<std::string>& named) {
  if (named) return {.config = read_named_config(*named)};

  LoadedConfig loaded;
  const auto environment_auths = environment_variable("DOCKER_AUTH_CONFIG");
  std::vector<fs::path> places = docker_places();
  std::optional<fs::path> file = first_existing(places);
  if (!file) {
    const std::vector<fs::path> others = other_places();
    file = first_existing(others);
    loaded.is_dockers_own = !file;
    places.insert(places.end(), others.begin(), others.end());
  }
  if (!file && !environment_auths) throw no_config(places);
  if (file)
    loaded.config = read_config(*file);
  else
    loaded.config.file = "DOCKER_AUTH_CONFIG";
  if (!environment_auths) return loaded;
  try {
    for (AuthEntry& entry : parse_environment_auths(*environment_auths))
      loaded.config.auths.add(std::move(entry));
  } catch (const Error& error) {
    loaded.environment_refused = error;
  }
  return loaded;
}

}  // namespace pullsecret
