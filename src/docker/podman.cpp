#include "docker/podman.h"

#include <algorithm>

#include <fmt/format.h>

#include "credential/json_syntax.h"
#include "credential/registry.h"
#include "docker/config_file.h"
#include "docker/resolve.h"
#include "system/error.h"
#include "system/run_programs.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view path_characters = "abcdefghijklmnopqrstuvwxyz0123456789._-/";

// With which an image's name may begin.
bool is_name_of_host(std::string_view host) {
  const std::size_t bracket = host.rfind(']');
  const std::size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view port = host.substr(std::min(colon, host.size()));
  return !host.empty() &&
         lower_case(host).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-[]:") ==
             std::string::npos &&
         (port.empty() ||
          (port.size() > 1 && port.substr(1).find_first_not_of(digits) == std::string_view::npos));
}

/// The key of an entry as podman takes it apart.
struct PodmansKey {
  std::string_view host;
  std::string_view path;  ///< with its leading slash; empty: none
  bool is_url = false;
};

PodmansKey split_as_podman(std::string_view key) {
  std::string_view rest = key;
  for (const std::string_view scheme : {"http://", "https://"})
    if (rest.starts_with(scheme)) rest.remove_prefix(scheme.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  return {rest.substr(0, slash), rest.substr(slash), rest.size() != key.size()};
}

}  // namespace

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
  while (key.ends_with('/'))
    key.remove_suffix(1);
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

std::optional<Error> refused_by_podman(const JsonText& json) {
  const std::string_view value = first_value(json);
  if (value.empty()) return Error(json.file, "it is empty", "write {} into it");
  const auto end = static_cast<std::size_t>(value.data() + value.size() - json.text.data());
  if (trim(std::string_view(json.text).substr(end)).empty()) return std::nullopt;
  return Error(json.file, "something stands behind its first JSON value", "take that out");
}

bool is_key_for_podman(std::string_view key) {
  const PodmansKey parts = split_as_podman(key);
  const std::string_view path = parts.path;
  if (!is_name_of_host(parts.host) || docker_lookup_name(parts.host) != docker_lookup_name(key))
    return false;
  return parts.is_url || path.empty() ||
         (path.back() != '/' && path.find("//") == std::string_view::npos &&
          path.find_first_not_of(path_characters) == std::string_view::npos);
}

bool is_path_for_podman(std::string_view key) {
  return is_about_path(key) && !split_as_podman(key).is_url;
}

std::optional<Error> why_not_read_by_podman(const AuthEntry& entry) {
  if (!is_key_for_podman(entry.key))
    return Error("", "podman does not look for such a name, and finds no login by it",
                 is_name_of_host(registry_host(entry.key)) ? podman_login_command(entry.key)
                                                           : "log in to the registry by its name");
  if (entry.lacks_auth)
    return Error("", "it has no \"auth\", which is all that podman reads",
                 podman_login_command(entry.key));
  return std::nullopt;
}

bool is_read_by_podman(const AuthEntry& entry, const std::string& name) {
  return !is_empty(entry.credential) && !entry.lacks_auth && is_key_for_podman(entry.key) &&
         podman_lookup_name(entry.key) == name;
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
  try {
    helpers_ = find_credential_helpers();
  } catch (const Error& error) {
    refused_.push_back(error);
  }
  if (!reads_files()) return;
  for (const std::filesystem::path& file : podman_files_here())
    try {
      files_.push_back(read_podmans_file(file));
    } catch (const Error& error) {
      refused_.push_back(error);
    }
}

std::vector<std::string> PodmansOwn::places() const {
  if (!is_podman_here_) return {};
  if (!helpers_ || helpers_->names.empty()) return {std::string(auth_file_helper)};
  return helpers_->names;
}

bool PodmansOwn::reads_files() const {
  return !helpers_ || helpers_->names.empty() || helpers_->name(auth_file_helper);
}

bool PodmansOwn::asks(const std::string& store, const std::string& server_url) const {
  if (!is_podman_here_) return false;
  if (helpers_ && helpers_->name(store)) return true;
  return std::any_of(files_.begin(), files_.end(), [&](const Config& config) {
    const auto line = config.cred_helpers.find(podman_lookup_name(server_url));
    return line != config.cred_helpers.end() && line->second == store;
  });
}

bool PodmansOwn::has(const std::string& name) const {
  return std::any_of(files_.begin(), files_.end(), [&](const Config& config) {
    const auto line = config.cred_helpers.find(name);
    return (line != config.cred_helpers.end() && !line->second.empty()) ||
           podman_finds_inline(config, name);
  });
}

}  // namespace pullsecret
