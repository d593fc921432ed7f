#include "kubernetes/keyring.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "credential/registry.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// What Go's net/url takes in a host and in the user before it. In a host it also takes bytes past
// ASCII, plain and percent-encoded, but no image's host has such.
constexpr std::string_view url_host_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~!$&'()*+,;=:[]<>\"";
constexpr std::string_view url_user_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~!$&'()*+,;=:%@";

// What Docker Hub's own key is filed as.
constexpr std::string_view filed_docker_hub = "index.docker.io";

// A key or a repository as the kubelet compares them.
struct Url {
  std::string host;  // with port
  std::string path;  // percent-decoded
};

struct HostAndPort {
  std::string_view host;
  std::string_view port;
};

bool consists_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

std::optional<unsigned> hexadecimal_value(char c) {
  constexpr std::string_view values = "0123456789abcdef";
  const std::size_t value = values.find(lower_case({&c, 1}));
  if (value == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(value);
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%')) {
    if (text.size() - at < 3) return std::nullopt;
    const auto high = hexadecimal_value(text[at + 1]), low = hexadecimal_value(text[at + 2]);
    if (!high || !low) return std::nullopt;
    decoded += text.substr(0, at);
    decoded += static_cast<char>(*high * 16 + *low);
    text.remove_prefix(at + 3);
  }
  return decoded += text;
}

bool is_url_user(std::string_view user) {
  return consists_of(user, url_user_characters) && percent_decode(user);
}

bool is_url_host(std::string_view host) {
  const bool bracketed = host.starts_with('[');
  const std::size_t name_end = host.rfind(bracketed ? ']' : ':');
  if (name_end == std::string_view::npos)
    return !bracketed && consists_of(host, url_host_characters);
  const std::string_view port = host.substr(bracketed ? name_end + 1 : name_end);
  return consists_of(host, url_host_characters) &&
         (port.empty() || (port.front() == ':' && consists_of(port.substr(1), "0123456789")));
}

// Reads what follows a scheme as Go's net/url does; nullopt where that refuses it.
std::optional<Url> parse_url(std::string_view text) {
  const std::size_t fragment = std::min(text.find('#'), text.size());
  if (has_control_character(text.substr(0, fragment)) || !percent_decode(text.substr(fragment)))
    return std::nullopt;
  text = text.substr(0, std::min(text.find('?'), fragment));

  const std::size_t slash = std::min(text.find('/'), text.size());
  auto path = percent_decode(text.substr(slash));
  std::string_view authority = text.substr(0, slash);
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    if (!is_url_user(authority.substr(0, at))) return std::nullopt;
    authority.remove_prefix(at + 1);
  }
  if (!path || !is_url_host(authority)) return std::nullopt;
  return Url{std::string(authority), std::move(*path)};
}

// Go's net.SplitHostPort. Where that fails, as without a port, the whole is the host.
HostAndPort split_port(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos) return {authority, {}};
  const bool bracketed = authority.starts_with('[');
  if (bracketed && (colon < 2 || authority[colon - 1] != ']')) return {authority, {}};
  const std::string_view host =
      bracketed ? authority.substr(1, colon - 2) : authority.substr(0, colon);
  if (host.find_first_of(bracketed ? "[]" : "[]:") != std::string_view::npos)
    return {authority, {}};
  return {host, authority.substr(colon + 1)};
}

// The length of the class that `pattern` starts with (`[a-z_]`) if `c` is in it; 0 if it is not,
// or if there is no such class.
std::size_t matching_class(std::string_view pattern, char c) {
  bool matches = false;
  std::size_t at = 1;
  do {
    const std::string_view range = pattern.substr(at, 3);
    const bool spans = range.size() > 1 && range[1] == '-';
    if (range.size() < (spans ? 3 : 1) || range.front() == ']' || range.front() == '-' ||
        (spans && (range.back() == ']' || range.back() == '-')))
      return 0;
    matches |= range.front() <= c && c <= range[spans ? 2 : 0];
    at += spans ? 3 : 1;
  } while (at < pattern.size() && pattern[at] != ']');
  return matches && at < pattern.size() ? at + 1 : 0;
}

// How much of `pattern` stands for the one character `c`; 0 if its start does not match `c`.
std::size_t matching_element(std::string_view pattern, char c) {
  if (pattern.empty()) return 0;
  if (pattern.front() == '[') return matching_class(pattern, c);
  return pattern.front() == c ? 1 : 0;
}

// Go's filepath.Match, for patterns of host characters: no `?`, `\` or `[^`. Only the last star is
// ever tried again, so the time is at most the product of both lengths.
bool glob_matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0;
  std::size_t after_star = std::string_view::npos, star_ends = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      star_ends = t;
    } else if (const std::size_t length = matching_element(pattern.substr(p), text[t])) {
      p += length;
      ++t;
    } else if (after_star != std::string_view::npos) {
      p = after_star;
      t = ++star_ends;
    } else {
      return false;
    }
  }
  return consists_of(pattern.substr(p), "*");
}

// A Url taken apart for comparing.
struct Place {
  std::vector<std::string> labels;
  std::string port;
  std::string path;
};

Place place_of(const Url& url) {
  const auto [host, port] = split_port(url.host);
  const auto labels = split(host, '.');
  return {{labels.begin(), labels.end()}, std::string(port), url.path};
}

bool matches(const Place& pattern, const Place& target) {
  return pattern.port == target.port && target.path.starts_with(pattern.path) &&
         std::equal(pattern.labels.begin(), pattern.labels.end(), target.labels.begin(),
                    target.labels.end(), glob_matches);
}

// isDefaultRegistryMatch: Docker Hub's own name, or one that looks like no host.
bool is_default_registry(std::string_view host) {
  return host == "docker.io" || host.find_first_of(".:") == std::string_view::npos;
}

struct FiledKey {
  std::string name;
  std::optional<Place> pattern;  // absent: what is filed is no URL
  std::size_t position = 0;      // among those given
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
        {std::move(*name), url ? std::optional(place_of(*url)) : std::nullopt, position});
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
  const auto target = url ? std::optional(place_of(*url)) : std::nullopt;
  const bool has_fallback = is_default_registry(image.registry_host);
  Found found;
  for (const FiledKey& key : keys) {
    if (target && key.pattern && matches(*key.pattern, *target))
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
  if (!pattern || !is_image_host(pattern->host) || !consists_of(pattern->path, path_characters))
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
  if (matches(place_of({std::string(pattern_host), ""}), place_of({std::string(target_host), ""})))
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
