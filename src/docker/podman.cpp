#include "docker/podman.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "credential/registry.h"
#include "docker/config_file.h"
#include "docker/resolve.h"
#include "system/error.h"
#include "system/run_programs.h"
#include "system/text.h"

namespace pullsecret {
std::vector<std::string> podmans_here() {
  std::vector<std::string> programs;
  for (const char* name : {"podman", "skopeo", "buildah"})
    if (find_on_path(name).found) programs.emplace_back(name);
  if (programs.empty() && !podman_files_here().empty()) programs.emplace_back("podman");
  return programs;
}

std::optional<CredentialHelpers> known_credential_helpers() {
  try {
    return find_credential_helpers();
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string login_command_for(const Config& config, std::string_view key) {
  return config.is_podmans ? podman_login_command(key) : login_command(key);
}

// It tells paths apart, which stand without a scheme.
std::string podman_login_command(std::string_view key) {
  const std::vector<std::string> podmans = podmans_here();
  const std::string program = podmans.empty() ? "podman" : podmans.front();
  if (is_about_path(key) && split_key(key).scheme.empty() && !has_login(key))
    return fmt::format("{} login {}", program, shell_operand(key));
  constexpr std::string_view docker = "docker login";
  const std::string command = login_command(key);
  return fmt::format("{} login{}", program,
                     command == docker ? " docker.io" : command.substr(docker.size()));
}

std::string do_not(const std::vector<std::string>& podmans) {
  if (podmans.empty()) return "podman does not";
  if (podmans.size() == 1) return podmans.front() + " does not";
  return join({podmans.begin(), podmans.end() - 1}, ", ") + " and " + podmans.back() + " do not";
}

std::string podman_lookup_name(std::string_view key) {
  std::string name = docker_lookup_name(key);
  return name == docker_hub_key ? "docker.io" : name;
}

bool is_podmans_name(std::string_view key) {
  return key == podman_lookup_name(key) && !is_docker_hub_token(key);
}

bool is_line_for_podman(const Config& config, const std::string& key) {
  const auto line = config.cred_helpers.find(key);
  if (config.is_podmans || line == config.cred_helpers.end() || line->second.empty() ||
      !is_podmans_name(key))
    return false;
  if (key == docker_lookup_name(key)) return line->second == config.creds_store;
  const std::string* store = store_for(config, key);
  return store != nullptr && line->second == *store;
}

bool has_lines_for_podman(const Config& config) {
  return std::any_of(config.cred_helpers.begin(), config.cred_helpers.end(),
                     [&](const auto& line) { return is_line_for_podman(config, line.first); });
}

bool is_read_by_podman(const AuthEntry& entry, const std::string& name) {
  return !is_empty(entry.credential) && !entry.lacks_auth && podman_lookup_name(entry.key) == name;
}

bool podman_finds_inline(const Config& config, const std::string& name) {
  const auto& found = config.auths.looked_up_as(docker_lookup_name(name));
  return std::any_of(found.begin(), found.end(),
                     [&](const AuthEntry* entry) { return is_read_by_podman(*entry, name); });
}

bool is_podmans_docker_hub(const Config& config, const std::string& key) {
  const AuthEntry* entry = config.auths.find(key);
  return entry != nullptr && is_read_by_podman(*entry, std::string(docker_hub_host)) &&
         !is_about_path(key) && !config.cred_helpers.contains("docker.io") &&
         !podman_finds_inline(config, "docker.io");
}

PodmansOwn::PodmansOwn() {
  for (const std::filesystem::path& file : podman_files_here())
    try {
      files_.push_back(load_config(file.string()).config);
    } catch (const Error& error) {
      refused_.push_back(error);
    }
}

bool PodmansOwn::has(const std::string& name) const {
  return std::any_of(files_.begin(), files_.end(), [&](const Config& config) {
    const auto line = config.cred_helpers.find(name);
    return (line != config.cred_helpers.end() && !line->second.empty()) ||
           podman_finds_inline(config, name);
  });
}

}  // namespace pullsecret
