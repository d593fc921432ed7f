#include "credential/registry.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "system/text.h"

namespace pullsecret {
namespace {

bool is_digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The host and port of a URL, as Go's net/url takes them apart and net.JoinHostPort puts them
// together: `ghcr.io:` is ghcr.io, `[::1]` is ::1, and `::1:5000` is [::1]:5000.
std::string joined_host_and_port(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  const bool is_bracketed = authority.starts_with('[');
  const bool has_port = colon != std::string_view::npos && is_digits(authority.substr(colon + 1)) &&
                        (!is_bracketed || authority.substr(0, colon).ends_with(']'));
  std::string_view host = has_port ? authority.substr(0, colon) : authority;
  if (is_bracketed && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (!has_port || colon + 1 == authority.size()) return std::string(host);
  const std::string_view port = authority.substr(colon);
  return host.find(':') == std::string_view::npos ? fmt::format("{}{}", host, port)
                                                  : fmt::format("[{}]{}", host, port);
}

// Behind the scheme, if there is one: in `u:p://x@ghcr.io` there is none.
std::size_t login_start(std::string_view key) {
  const std::size_t scheme = key.find("://");
  return scheme != std::string_view::npos && key.find_first_of(":@") == scheme ? scheme + 3 : 0;
}

}  // namespace

// A scheme stands before the first slash: in `ghcr.io/a://b` there is none.
KeyParts split_key(std::string_view key) {
  KeyParts parts;
  const std::size_t scheme = key.find("://");
  if (scheme != std::string_view::npos && key.find('/') == scheme + 1)
    parts.scheme = key.substr(0, scheme + 3);
  key.remove_prefix(parts.scheme.size());
  const std::size_t end =
      std::min(key.find_first_of(parts.scheme.empty() ? "/" : "/?#"), key.size());
  parts.authority = key.substr(0, end);
  parts.path = key.substr(end);
  parts.login = parts.authority.substr(0, parts.authority.rfind('@') + 1);
  parts.authority.remove_prefix(parts.login.size());
  return parts;
}

std::string registry_host(std::string_view key) {
  const KeyParts parts = split_key(key);
  if (parts.scheme.empty()) return std::string(key.substr(0, key.size() - parts.path.size()));
  return joined_host_and_port(parts.authority);
}

bool has_star(std::string_view key) {
  return registry_host(key).find('*') != std::string::npos;
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
  if (!is_api_root(split_key(key).path)) return std::string(key);
  std::string host = lower_case(registry_host(key));
  if (is_docker_hub_host(host)) return std::string(docker_hub_key);
  if (host.ends_with(https_port)) host.erase(host.size() - https_port.size());
  return host;
}

std::string docker_lookup_name(std::string_view key) {
  if (is_docker_hub_token(key)) return std::string(key);
  const std::string host = registry_host(key);
  const std::string name = lower_case(host);
  return name == "docker.io" || name == "index.docker.io" ? std::string(docker_hub_key) : host;
}

std::vector<std::string> other_spellings(std::string_view key) {
  if (!is_api_root(split_key(key).path)) return {};
  const std::string name = docker_server_url(key);
  std::vector<std::string> spellings{name};
  if (name == docker_hub_key)
    spellings.insert(spellings.end(), {"index.docker.io", "docker.io"});
  else
    spellings.insert(spellings.end(),
                     {"https://" + name, "https://" + name + "/v1/", "https://" + name + "/v2/"});
  if (name.find(':') == std::string::npos) spellings.push_back(name + std::string(https_port));
  spellings.erase(std::remove(spellings.begin(), spellings.end(), key), spellings.end());
  return spellings;
}

bool is_docker_hub_token(std::string_view server_url) {
  const KeyParts parts = split_key(server_url);
  return is_docker_hub_host(parts.authority) &&
         (parts.path == "/v1/access-token" || parts.path == "/v1/refresh-token");
}

std::string login_command(std::string_view key) {
  std::string host = registry_host(docker_server_url(key));
  host.erase(0, host.rfind('@') + 1);
  if (is_docker_hub_host(host)) return "docker login";
  const bool is_name = printable(host) == host && host.find_first_of("* ") == std::string::npos;
  return "docker login " + (is_name ? shell_operand(host) : "REGISTRY");
}

std::string key_in_words(std::string_view key) {
  if (!has_login(key)) return printable_name(key);
  return printable_name(
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
