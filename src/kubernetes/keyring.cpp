#include "kubernetes/keyring.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "credential/registry.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// What Docker Hub's own key is filed as.
constexpr std::string_view filed_docker_hub = "index.docker.io";

// isDefaultRegistryMatch: Docker Hub's own name, or one that looks like no host.
bool is_default_registry(std::string_view host) {
  return host == "docker.io" || host.find_first_of(".:") == std::string_view::npos;
}

// Whether an image's name can begin with a host that `pattern` matches: what has no glob, which may
// match anything, must be one.
bool may_begin_image(std::string_view pattern) {
  if (is_address_without_port(pattern)) return false;
  if (pattern.find_first_of("*[") != std::string_view::npos || pattern == filed_docker_hub)
    return true;
  if (pattern.ends_with(':')) pattern.remove_suffix(1);  // as no port
  try {
    return parse_image(fmt::format("{}/x", pattern)).registry_host == pattern;
  } catch (const Error&) {
    return false;
  }
}

std::string what_a_key_is(std::string_view key) {
  const auto filed = filed_key(key);
  return filed && is_address_without_port(split_key(*filed).authority)
             ? std::string(address_needs_port)
             : "a key is HOST[:PORT][/PATH]; a * stands for a label of the host only";
}

// What people put around a key, and after it: white space, an image's tag or digest.
std::string without_ornaments(std::string_view key) {
  key = trim(key);
  const std::size_t slash = key.rfind('/');
  if (slash == std::string_view::npos) return std::string(key);
  return std::string(key.substr(0, key.find_first_of(":@", slash)));
}

}  // namespace

bool is_address_without_port(std::string_view host) {
  return host.starts_with('[') && host.ends_with(']') &&
         host.find_first_not_of("abcdefABCDEF0123456789:.[]") == std::string_view::npos &&
         std::count(host.begin(), host.end(), ':') > 1;
}

std::optional<std::string> filed_key(std::string_view key) {
  for (const std::string_view scheme : {"https://", "http://"})
    if (key.starts_with(scheme)) {
      key.remove_prefix(scheme.size());
      break;
    }
  const auto url = parse_url(key);
  if (!url) return std::nullopt;
  std::string_view path = url->path;
  if (path.starts_with("/v1/") || path.starts_with("/v2/")) path.remove_prefix(3);
  return path == "/" ? url->host : url->host + std::string(path);
}

Keyring::Keyring(std::vector<KeyringEntry> entries) : entries_(std::move(entries)) {
  filed_.reserve(entries_.size());
  for (const KeyringEntry& entry : entries_)
    file(entry);
  sort();
}

Keyring::Keyring(const Found& entries) {
  filed_.reserve(entries.size());
  for (const KeyringEntry* entry : entries)
    file(*entry);
  sort();
}

void Keyring::file(const KeyringEntry& entry) {
  auto name = filed_key(entry.key);
  if (!name) return;
  // The kubelet reads as a URL again what it filed, and so decodes paths twice.
  const auto url = parse_url(*name);
  filed_.push_back({std::move(*name), url ? std::optional(parts_of(*url)) : std::nullopt, &entry});
}

void Keyring::sort() {
  // Keys that are filed under one name stay in the order given; the kubelet leaves it to chance.
  std::stable_sort(filed_.begin(), filed_.end(),
                   [](const Filed& a, const Filed& b) { return a.name > b.name; });
}

Keyring::Lookup Keyring::lookup(const Image& image) const {
  const auto url = parse_url(image.repository);
  const auto target = url ? std::optional(parts_of(*url)) : std::nullopt;
  const bool has_fallback = is_default_registry(image.registry_host);
  Lookup found;
  for (const Filed& key : filed_) {
    if (target && key.pattern && parts_match(*key.pattern, *target))
      found.matching.push_back(key.entry);
    if (has_fallback && key.name == filed_docker_hub) found.fallback.push_back(key.entry);
  }
  return found;
}

Keyring::Found Keyring::offered(const Image& image) const {
  auto [matching, fallback] = lookup(image);
  return matching.empty() ? std::move(fallback) : std::move(matching);
}

Keyring::Found Keyring::serving(const Image& image) const {
  auto [found, fallback] = lookup(image);
  found.insert(found.end(), fallback.begin(), fallback.end());
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

Keyring keyring_of(const std::vector<std::string>& keys) {
  std::vector<KeyringEntry> entries;
  entries.reserve(keys.size());
  for (const std::string& key : keys)
    entries.push_back({.key = key});
  return Keyring(std::move(entries));
}

bool serves_image(std::string_view key, const Image& image) {
  return !keyring_of({std::string(key)}).offered(image).empty();
}

std::optional<std::string> served_images(std::string_view key) {
  constexpr std::string_view path_characters = "abcdefghijklmnopqrstuvwxyz0123456789-_./";
  const auto filed = filed_key(key);
  const auto pattern = filed ? parse_url(*filed) : std::nullopt;
  if (!pattern || !may_begin_image(pattern->host) ||
      pattern->path.find_first_not_of(path_characters) != std::string::npos)
    return std::nullopt;
  if (*filed == filed_docker_hub) return "docker.io/*";
  return pattern->host + pattern->path + (pattern->path.empty() ? "/*" : "*");
}

std::optional<Error> why_serves_nothing(std::string_view key) {
  if (served_images(kubelet_registry_key(key))) return std::nullopt;
  const std::string nearest = kubelet_registry_key(without_ornaments(key));
  return Error("", "this key serves no image",
               served_images(nearest) ? fmt::format("the key must be {}", key_in_words(nearest))
                                      : what_a_key_is(key));
}

NotServed why_not_served(std::string_view key, const Image& image) {
  const auto filed = filed_key(key);
  const auto pattern = filed ? parse_url(*filed) : std::nullopt;
  const auto target = parse_url(image.repository);
  if (!pattern || !target) return {"is no URL"};
  const std::string mended = kubelet_registry_key(key);
  if (mended != key && serves_image(mended, image))
    return {
        fmt::format("is not how the kubelet spells it; {} would serve it", key_in_words(mended))};
  const auto [pattern_host, pattern_port] = split_port(pattern->host);
  const auto [target_host, target_port] = split_port(target->host);
  if (url_matches({std::string(pattern_host), ""}, {std::string(target_host), ""}))
    return {pattern_port == target_port ? "has a path that the image's name does not begin with"
                                        : "has another port"};
  if (pattern_host.find('*') != std::string_view::npos && glob_matches(pattern_host, target_host))
    return {"has another number of labels; each * stands for one"};
  return {"is another registry", true};
}

std::string kubelet_registry_key(std::string_view key) {
  const KeyParts parts = split_key(key);
  // Docker puts the brackets around an IPv6 address with a port, which the kubelet needs.
  const bool lacks_brackets = !parts.scheme.empty() && !parts.authority.starts_with('[') &&
                              std::count(parts.authority.begin(), parts.authority.end(), ':') > 1;
  const std::string host = lower_case(lacks_brackets ? registry_host(key) : parts.authority);
  std::string path(parts.path);
  if (is_docker_hub_host(host)) {
    if (is_api_root(path)) return std::string(docker_hub_key);
    if (path.starts_with("/v1/") || path.starts_with("/v2/")) path.erase(0, 3);
    return "docker.io" + path;
  }
  // Without its last slash an API root is a repository's name to the kubelet.
  if (path == "/v1" || path == "/v2") path += '/';
  const std::string scheme = lower_case(parts.scheme);
  // Any other scheme is a host named `oci:` to the kubelet.
  return (scheme == "https://" || scheme == "http://" ? scheme : "") + host + path;
}

std::vector<std::string> kubelet_registry_keys(std::string_view key) {
  std::vector<std::string> keys{kubelet_registry_key(key)};
  if (registry_host(key).ends_with(https_port) && !is_about_path(key))
    keys.push_back(docker_server_url(key));
  return keys;
}

}  // namespace pullsecret
