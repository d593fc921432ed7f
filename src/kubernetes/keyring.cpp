#include "kubernetes/keyring.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "credential/registry.h"
#include "kubernetes/url_pattern.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// What Docker Hub's own key is filed as.
constexpr std::string_view filed_docker_hub = "index.docker.io";

// isDefaultRegistryMatch: Docker Hub's own name, or one that looks like no host.
bool is_default_registry(std::string_view host) {
  return host == "docker.io" || host.find_first_of(".:") == std::string_view::npos;
}

struct FiledKey {
  std::string name;
  std::optional<UrlParts> pattern;  // absent: what is filed is no URL
  std::size_t position = 0;         // among those given
};

// In the order given.
std::vector<FiledKey> file_keys(const std::vector<std::string>& keys) {
  std::vector<FiledKey> filed;
  filed.reserve(keys.size());
  for (std::size_t position = 0; position < keys.size(); ++position) {
    auto name = filed_key(keys[position]);
    if (!name) continue;
    // The kubelet reads as a URL again what it filed, and so decodes paths twice.
    const auto url = parse_url(*name);
    filed.push_back(
        {std::move(*name), url ? std::optional(parts_of(*url)) : std::nullopt, position});
  }
  return filed;
}

struct Found {
  std::vector<std::size_t> matching;
  std::vector<std::size_t> fallback;  // what serves the image where nothing else does
};

// Positions in the order of `keys`.
Found lookup(const std::vector<FiledKey>& keys, const Image& image) {
  const auto url = parse_url(image.repository);
  const auto target = url ? std::optional(parts_of(*url)) : std::nullopt;
  const bool has_fallback = is_default_registry(image.registry_host);
  Found found;
  for (const FiledKey& key : keys) {
    if (target && key.pattern && parts_match(*key.pattern, *target))
      found.matching.push_back(key.position);
    if (has_fallback && key.name == filed_docker_hub) found.fallback.push_back(key.position);
  }
  return found;
}

// Whether an image's name can begin with a host that `pattern` matches: what has no glob, which may
// match anything, must be one. An IPv6 address is one to later kubelets.
bool is_image_host(std::string_view pattern) {
  if (pattern.find_first_of("*[") != std::string_view::npos || pattern == filed_docker_hub)
    return true;
  if (pattern.ends_with(':')) pattern.remove_suffix(1);  // as no port
  try {
    return parse_image(fmt::format("{}/x", pattern)).registry_host == pattern;
  } catch (const Error&) {
    return false;
  }
}

// What people put around a key, and after it: white space, an image's tag or digest.
std::string without_ornaments(std::string_view key) {
  key = trim(key);
  const std::size_t slash = key.rfind('/');
  if (slash == std::string_view::npos) return std::string(key);
  return std::string(key.substr(0, key.find_first_of(":@", slash)));
}

}  // namespace

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

std::vector<std::vector<std::size_t>> positions_for_images(const std::vector<std::string>& keys,
                                                           const std::vector<Image>& images) {
  std::vector<FiledKey> filed = file_keys(keys);
  // Keys that are filed under one name stay in the order given; the kubelet leaves it to chance.
  std::stable_sort(filed.begin(), filed.end(),
                   [](const FiledKey& a, const FiledKey& b) { return a.name > b.name; });
  std::vector<std::vector<std::size_t>> found;
  found.reserve(images.size());
  for (const Image& image : images) {
    const auto [matching, fallback] = lookup(filed, image);
    found.push_back(matching.empty() ? fallback : matching);
  }
  return found;
}

std::vector<std::vector<std::size_t>> positions_serving(const std::vector<std::string>& keys,
                                                        const std::vector<Image>& images) {
  const std::vector<FiledKey> filed = file_keys(keys);
  std::vector<std::vector<std::size_t>> found;
  found.reserve(images.size());
  for (const Image& image : images) {
    const auto [matching, fallback] = lookup(filed, image);
    auto& serving = found.emplace_back();
    std::set_union(matching.begin(), matching.end(), fallback.begin(), fallback.end(),
                   std::back_inserter(serving));
  }
  return found;
}

std::vector<std::string> keys_for_image(const std::vector<std::string>& keys, const Image& image) {
  const auto positions = positions_for_images(keys, {image});
  std::vector<std::string> offered;
  for (const std::size_t position : positions.front())
    offered.push_back(keys[position]);
  return offered;
}

bool serves_image(std::string_view key, const Image& image) {
  return !keys_for_image({std::string(key)}, image).empty();
}

std::optional<std::string> served_images(std::string_view key) {
  constexpr std::string_view path_characters = "abcdefghijklmnopqrstuvwxyz0123456789-_./";
  const auto filed = filed_key(key);
  const auto pattern = filed ? parse_url(*filed) : std::nullopt;
  if (!pattern || !is_image_host(pattern->host) ||
      pattern->path.find_first_not_of(path_characters) != std::string::npos)
    return std::nullopt;
  if (*filed == filed_docker_hub) return "docker.io/*";
  return pattern->host + pattern->path + (pattern->path.empty() ? "/*" : "*");
}

std::optional<Error> why_serves_nothing(std::string_view key) {
  if (served_images(kubelet_registry_key(key))) return std::nullopt;
  const std::string nearest = kubelet_registry_key(without_ornaments(key));
  return Error("", "this key serves no image",
               served_images(nearest)
                   ? fmt::format("the key must be {}", key_in_words(nearest))
                   : "a key is HOST[:PORT][/PATH]; a * stands for a label of the host only");
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
  const std::string authority = registry_host(key);
  const std::string host = lower_case(authority.substr(authority.rfind('@') + 1));
  std::string path = registry_path(key);
  if (is_docker_hub_host(host)) {
    if (is_api_root(path)) return std::string(docker_hub_key);
    if (path.starts_with("/v1/") || path.starts_with("/v2/")) path.erase(0, 3);
    return "docker.io" + path;
  }
  // Without its last slash an API root is a repository's name to the kubelet.
  if (path == "/v1" || path == "/v2") path += '/';
  const std::string scheme =
      lower_case(key.substr(0, key.size() - authority.size() - registry_path(key).size()));
  // Any other scheme is a host named `oci:` to the kubelet.
  return (scheme == "https://" || scheme == "http://" ? scheme : "") + host + path;
}

}  // namespace pullsecret
