#include "credential/registry.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "system/text.h"

namespace pullsecret {
namespace {

struct KeyParts {
  std::string_view host;
  std::string_view path;
};

// A scheme stands before the first slash: in `ghcr.io/a://b` there is none.
KeyParts split_key(std::string_view key) {
  const std::size_t scheme = key.find("://");
  if (scheme != std::string_view::npos && key.find('/') == scheme + 1)
    key.remove_prefix(scheme + 3);
  const std::size_t host_end = std::min(key.find('/'), key.size());
  return {key.substr(0, host_end), key.substr(host_end)};
}

// Behind the scheme, if there is one: in `u:p://x@ghcr.io` there is none.
std::size_t login_start(std::string_view key) {
  const std::size_t scheme = key.find("://");
  return scheme != std::string_view::npos && key.find_first_of(":@") == scheme ? scheme + 3 : 0;
}

}  // namespace

std::string registry_host(std::string_view key) {
  return std::string(split_key(key).host);
}

std::string registry_path(std::string_view key) {
  return std::string(split_key(key).path);
}

bool is_docker_hub_host(std::string_view host) {
  return std::any_of(docker_hub_hosts.begin(), docker_hub_hosts.end(),
                     [host](std::string_view name) { return equal_ignoring_case(host, name); });
}

bool is_api_root(std::string_view path) {
  return path.empty() || path == "/" || path == "/v1" || path == "/v1/" || path == "/v2" ||
         path == "/v2/";
}

bool is_about_path(std::string_view key) {
  return !is_api_root(split_key(key).path) && !is_docker_hub_token(key);
}

std::string docker_server_url(std::string_view key) {
  const auto [host, path] = split_key(key);
  if (!is_api_root(path)) return std::string(key);
  return is_docker_hub_host(host) ? std::string(docker_hub_key) : lower_case(host);
}

std::string docker_lookup_name(std::string_view key) {
  if (is_docker_hub_token(key)) return std::string(key);
  const std::string host = registry_host(key);
  const std::string name = lower_case(host);
  return name == "docker.io" || name == "index.docker.io" ? std::string(docker_hub_key) : host;
}

std::vector<std::string> other_spellings(std::string_view key) {
  const auto [host, path] = split_key(key);
  if (!is_api_root(path)) return {};
  const std::string name = lower_case(host);
  std::vector<std::string> spellings =
      is_docker_hub_host(host)
          ? std::vector<std::string>{std::string(docker_hub_key), "index.docker.io", "docker.io"}
          : std::vector<std::string>{name, "https://" + name, "https://" + name + "/v1/",
                                     "https://" + name + "/v2/"};
  spellings.erase(std::remove(spellings.begin(), spellings.end(), key), spellings.end());
  return spellings;
}

bool is_docker_hub_token(std::string_view server_url) {
  const auto [host, path] = split_key(server_url);
  return is_docker_hub_host(host) && (path == "/v1/access-token" || path == "/v1/refresh-token");
}

std::string login_command(std::string_view key) {
  std::string host = registry_host(docker_server_url(key));
  host.erase(0, host.rfind('@') + 1);
  if (is_docker_hub_host(host)) return "docker login";
  return "docker login " + (printable(host) == host ? shell_operand(host) : "REGISTRY");
}

std::string key_in_words(std::string_view key) {
  if (!has_login(key)) return printable(key);
  return printable(
      fmt::format("{}…{}", key.substr(0, login_start(key)), key.substr(key.rfind('@'))));
}

bool has_login(std::string_view key) {
  const std::size_t at = key.rfind('@');
  return at != std::string_view::npos && at >= login_start(key);
}

std::string key_in_command(std::string_view key) {
  return has_login(key) ? "SERVER_URL" : shell_word(key);
}

}  // namespace pullsecret
