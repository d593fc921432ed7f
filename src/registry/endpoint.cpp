#include "registry/endpoint.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "registry/origin.h"
#include "registry/registry_access.h"
#include "registry/rewrite.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

std::string_view port_in(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  const bool is_port =
      colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
  return is_port ? host.substr(colon + 1) : std::string_view();
}

bool is_on_this_machine(std::string_view host) {
  const auto origin = origin_of(fmt::format("https://{}", host));
  return origin && is_loopback(origin->host);
}

/// A URL, taken apart as Go does; one of another scheme has no host.
struct Url {
  std::string scheme, host, path;
};

Url url_of(const std::string& text) {
  const std::size_t end = text.find("://");
  const std::string_view rest = std::string_view(text).substr(end + 3);
  std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  std::string_view path = rest.substr(authority.size());
  path = path.substr(0, path.find_first_of("?#"));
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) authority.remove_prefix(at + 1);
  const std::string scheme = lower_case(text.substr(0, end));
  if (!is_one_of(scheme, {"http", "https"})) return {"http", "", ""};
  return {scheme, std::string(authority), std::string(path)};
}

}  // namespace

std::string Endpoint::in_words() const {
  return printable(urls.front() + root);
}

const Credential* own_login(const Endpoint& endpoint) {
  return endpoint.credential && has_password(*endpoint.credential) ? &*endpoint.credential
                                                                   : nullptr;
}

bool is_asked_for(const Endpoint& endpoint, std::string_view reference) {
  const bool is_digest = reference.find(':') != std::string_view::npos;
  return endpoint.can_pull && (is_digest || endpoint.can_resolve);
}

// containerd skips the check of certificates there, but for port 80, which is http alone.
Endpoint own_endpoint(const std::string& registry_host) {
  const std::string host = serving_host(registry_host);
  Endpoint endpoint{.host = host, .urls = {"https://" + host}};
  if (!is_on_this_machine(host)) return endpoint;
  const std::string_view port = port_in(host);
  if (port == "80") {
    endpoint.urls = {"http://" + host};
    return endpoint;
  }
  endpoint.trust.anybody = true;
  if (!port.empty() && port != "443") endpoint.urls.push_back("http://" + host);
  return endpoint;
}

Endpoint endpoint_at(const std::string& url, bool is_root, const std::string& registry_host) {
  const auto [scheme, host, path] =
      url_of(url.find("://") == std::string::npos ? "https://" + url : url);
  Endpoint endpoint{.host = host,
                    .urls = {fmt::format("{}://{}", scheme, host)},
                    .root = clean_path(path),
                    .is_mirror = host != registry_host && host != serving_host(registry_host)};
  if (!is_root && !endpoint.root.ends_with("/v2")) endpoint.root += "/v2";
  return endpoint;
}

void allow_https_first(Endpoint& endpoint) {
  if (endpoint.urls.size() == 1 && endpoint.urls.front().starts_with("http:") &&
      port_in(endpoint.host) != "80")
    endpoint.urls.insert(endpoint.urls.begin(), "https://" + endpoint.host);
}

void set_endpoint(HttpRequest& request, const Endpoint& endpoint) {
  request.trust = endpoint.trust;
  request.is_trust_of_all = true;
  request.dial_timeout = endpoint.dial_timeout;
  for (const HttpHeader& header : endpoint.headers)
    if (!equal_ignoring_case(header.name, "authorization"))
      request.headers.push_back(header);
    else if (request.authorization.empty())
      request.authorization = header.value;
}

std::string clean_path(std::string_view path) {
  std::string clean =
      std::filesystem::path(
          "/" + std::string(path.substr(std::min(path.find_first_not_of('/'), path.size()))))
          .lexically_normal()
          .string();
  while (clean.ends_with('/'))
    clean.pop_back();
  return clean;
}

std::vector<std::string> names_at(const Endpoint& endpoint, const std::string& repository) {
  std::vector<std::string> names;
  for (const auto& [pattern, replacement] : endpoint.rewrites)
    try {
      if (std::string name = replace_all(pattern, replacement, repository); name != repository)
        names.push_back(std::move(name));
    } catch (const Error&) {
      continue;  // k3s passes over it; who read the file has said so
    }
  if (names.empty()) names.push_back(repository);
  return without_repeats(std::move(names));
}

std::string meant_name(std::string_view name, const std::vector<std::string_view>& known) {
  const std::string lower = lower_case(name);
  for (const std::string_view one : known)
    if (name != one && (edit_distance(lower, one) <= (one.size() > 4 ? 2U : 1U) ||
                        (lower.size() > 3 && one.starts_with(lower))))
      return fmt::format("did you mean {}?", one);
  return {};
}

}  // namespace pullsecret
