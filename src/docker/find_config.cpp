#include "docker/find_config.h"

#include <unistd.h>

#include <system_error>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "system/environment.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

// As Docker joins them: `link/..` is the folder that holds the link.
fs::path config_in(const fs::path& folder) {
  return (folder / "config.json").lexically_normal();
}

std::vector<fs::path> docker_files() {
  if (const auto folder = environment_variable("DOCKER_CONFIG")) return {config_in(*folder)};
  if (const auto home = find_home_folder()) return {config_in(*home / ".docker")};
  return {};
}

std::vector<fs::path> podman_files() {
  if (const auto file = environment_variable("REGISTRY_AUTH_FILE")) return {*file};
  std::vector<fs::path> files;
  if (fs::path file = podman_runtime_file(); may_look_at(file)) files.push_back(std::move(file));
  if (const auto folder = environment_variable("XDG_CONFIG_HOME"))
    files.push_back(fs::path(*folder) / "containers" / "auth.json");
  else if (const auto home = find_home_folder())
    files.push_back(*home / ".config" / "containers" / "auth.json");
  return files;
}

std::vector<fs::path> oldest_files() {
  if (const auto home = find_home_folder()) return {*home / ".dockercfg"};
  return {};
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

std::optional<ConfigLocation> search_podmans() {
  const std::vector<fs::path> files = podman_files();
  auto file = first_existing(files);
  ConfigLocation location{.is_dockers_own = false,
                          .credential_helpers = find_credential_helpers(),
                          .is_there = file.has_value()};
  if (!file &&
      (files.empty() || !location.credential_helpers || !location.credential_helpers->has_helper()))
    return std::nullopt;
  location.file = file ? *std::move(file) : files.front();
  location.is_named =
      location.is_there && location.file == environment_variable("REGISTRY_AUTH_FILE");
  return location;
}

// Of what is there, or else the one that Docker would make.
ConfigLocation locate_config(const std::optional<std::string>& named) {
  try {
    if (auto location = search_config(named)) return *std::move(location);
  } catch (const Error&) {
    // What podman refuses keeps Docker from nothing.
  }
  const std::vector<fs::path> files = docker_files();
  if (files.empty()) throw no_config();
  return {.file = files.front(), .is_there = false};
}

}  // namespace

std::optional<ConfigLocation> search_config(const std::optional<std::string>& named) {
  if (named) return ConfigLocation{.file = file_of_name(*named), .is_named = true};
  if (auto file = first_existing(docker_files())) return ConfigLocation{.file = std::move(*file)};
  if (environment_variable("DOCKER_CONFIG")) return std::nullopt;
  if (auto location = search_podmans()) return location;
  if (auto file = first_existing(oldest_files()))
    return ConfigLocation{.file = std::move(*file), .is_dockers_own = false};
  return std::nullopt;
}

Error no_config() {
  std::vector<std::string> files;
  std::vector<std::vector<fs::path>> places{docker_files()};
  if (!environment_variable("DOCKER_CONFIG"))
    places.insert(places.end(), {podman_files(), oldest_files()});
  for (const auto& looked_for : places)
    for (const fs::path& file : looked_for)
      files.push_back(place_of(file));
  if (files.empty())
    return {"", "no Docker config found: HOME is not set and this user has no passwd entry",
            "set HOME or DOCKER_CONFIG, or name a file with --config"};
  return {"", "no Docker config found: there is no " + join(files, ", "),
          "log in with docker login REGISTRY, or name a file with --config"};
}

bool is_any_config(const std::optional<std::string>& named) {
  return environment_variable("DOCKER_AUTH_CONFIG") || search_config(named);
}

ConfigLocation find_config(const std::optional<std::string>& named) {
  ConfigLocation location = locate_config(named);
  try {
    location.held = hold_to_change(location.file, location.is_named);
  } catch (const Error&) {
    return location;  // reading it will say what is wrong
  }
  return location;
}

std::optional<fs::path> dockers_config() {
  const std::vector<fs::path> files = docker_files();
  return files.empty() ? std::nullopt : std::optional(files.front());
}

std::string command_for_first_config(std::string_view text) {
  const auto file = dockers_config();
  if (!file) throw no_config();
  return fmt::format("`(umask 077 && mkdir -p {} && echo {} >{})`",
                     shell_operand(file->parent_path().string()), shell_word(text),
                     shell_word(file->string()));
}

fs::path podman_runtime_file() {
  if (const auto folder = environment_variable("XDG_RUNTIME_DIR"))
    return fs::path(*folder) / "containers" / "auth.json";
  return fmt::format("/run/containers/{}/auth.json", geteuid());
}

bool may_look_at(const fs::path& file) {
  std::error_code error;
  std::ignore = fs::symlink_status(file, error);
  return error != std::errc::permission_denied;
}

std::vector<fs::path> podman_files_here() {
  std::vector<fs::path> files = podman_files();
  std::error_code unknown;
  std::erase_if(files, [&](const fs::path& file) { return !fs::exists(file, unknown); });
  return files;
}

}  // namespace pullsecret
