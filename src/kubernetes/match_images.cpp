#include "kubernetes/match_images.h"

#include <utility>

#include <fmt/format.h>

#include "credential/registry.h"
#include "credential/url_pattern.h"
#include "kubernetes/keyring.h"
#include "system/text.h"

namespace pullsecret {
namespace {

bool has_scheme(std::string_view pattern) {
  return pattern.find("://") != std::string_view::npos;
}

bool hosts_match(std::string_view pattern, std::string_view host) {
  return url_matches({std::string(pattern), ""}, {std::string(host), ""});
}

// What differs, where the host is the image's but for its port.
NotAsked other_port_or_path(const Url& pattern, const Url& target) {
  const auto [pattern_host, pattern_port] = split_port(pattern.host);
  const std::string_view port = split_port(target.host).port;
  if (pattern_port == port) return {"has a path that the image's name does not begin with", {}};
  const std::string mend =
      fmt::format("{}{}{}{}", pattern_host, port.empty() ? "" : ":", port, pattern.path);
  if (port.empty()) return {"names a port, and the image does not", mend};
  return {pattern_port.empty() ? "names no port, and the image does" : "names another port", mend};
}

}  // namespace

bool asks_for(std::string_view pattern, const Image& image) {
  const auto glob = parse_url(pattern), target = parse_url(image.repository);
  return glob && target && url_matches(*glob, *target);
}

bool is_match_pattern(std::string_view pattern) {
  return parse_url(pattern).has_value();
}

std::optional<std::string> match_pattern(std::string_view key) {
  const std::string kubelet_key = kubelet_registry_key(key);
  if (!served_images(kubelet_key)) return std::nullopt;
  if (kubelet_key == docker_hub_key) return "docker.io";
  return filed_key(kubelet_key);
}

std::optional<Error> why_matches_nothing(std::string_view pattern) {
  const auto mended = match_pattern(pattern);
  const std::string hint = mended ? fmt::format("the pattern must be {}", *mended)
                                  : "a pattern is HOST[:PORT][/PATH]; a * stands for one label of "
                                    "the host";
  const auto url = parse_url(pattern);
  if (!url) return Error("", "it is no pattern that the kubelet takes", hint);
  if (has_scheme(pattern)) return Error("", "a pattern has no scheme", hint);
  const std::string_view authority = pattern.substr(0, pattern.find('/'));
  if (pattern.find_first_of("?#") != std::string_view::npos ||
      authority.find('@') != std::string_view::npos)
    return Error("", "the kubelet leaves out what stands before @, and behind ? or #", hint);
  if (url->host == "*")
    return Error("", "it matches hosts of one label alone, such as localhost",
                 "*.* matches all hosts of two labels, such as ghcr.io, and *.*.* all of three");
  if (mended == "docker.io" && url->host != "docker.io")
    return Error("", "Docker Hub is docker.io to the kubelet", hint);
  if (lower_case(url->host) != url->host)
    return Error("", "letter case counts, and the names of registries are in lower case", hint);
  if (is_address_without_port(url->host))
    return Error("", "it matches no image", std::string(address_needs_port));
  if (!served_images(pattern)) return Error("", "no image has such a name", hint);
  return std::nullopt;
}

NotAsked why_not_asked(std::string_view pattern, const Image& image) {
  const auto glob = parse_url(pattern), target = parse_url(image.repository);
  if (!glob || !target) return {"is no pattern that the kubelet takes", {}};
  const auto mended = match_pattern(pattern);
  if (mended && *mended != pattern && asks_for(*mended, image)) {
    if (has_scheme(pattern)) return {"has a scheme", mended};
    return {image.registry_host == "docker.io" ? "is not how the kubelet names Docker Hub"
                                               : "is not how the kubelet spells the registry",
            mended};
  }
  const std::string_view pattern_host = split_port(glob->host).host;
  const std::string_view target_host = split_port(target->host).host;
  if (hosts_match(pattern_host, target_host)) return other_port_or_path(*glob, *target);
  if (pattern_host.find('*') != std::string_view::npos && glob_matches(pattern_host, target_host))
    return {"has another number of labels: each * stands for one", {}};
  return {"is another registry", {}, true};
}

}  // namespace pullsecret
