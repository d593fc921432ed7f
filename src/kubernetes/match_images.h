#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kubernetes/image.h"
#include "system/error.h"

namespace pullsecret {

// The patterns in `matchImages` of a credential provider, by which the kubelet decides whether it
// asks that provider for an image (Kubernetes 1.26, pkg/credentialprovider/plugin/plugin.go:
// isImageAllowed). They match as the keys of its keyring do (keyring.h), but nothing is mended: a
// scheme is a host named `https:`, and Docker Hub is `docker.io` alone.

/// Whether the kubelet asks a provider with this pattern for `image`. Its request then has the
/// image's repository.
bool asks_for(std::string_view pattern, const Image& image);

/// Whether the kubelet takes `pattern`; else it refuses the config, and does not start.
bool is_match_pattern(std::string_view pattern);

/// The pattern for the images that the registry key `key` of a Docker config serves; nothing if it
/// serves none (keyring.h: why_serves_nothing).
std::optional<std::string> match_pattern(std::string_view key);

/// Why no image that people mean matches `pattern`, or more than it says, and as the hint the
/// nearest pattern that some match, if there is one; nothing if some do. It has no place.
std::optional<Error> why_matches_nothing(std::string_view pattern);

/// Why a pattern does not match an image.
struct NotAsked {
  std::string reason;               ///< in words that follow the pattern: "names another port"
  std::optional<std::string> mend;  ///< a pattern that would match
  bool is_other_registry = false;   ///< the two have nothing to do with each other
};
NotAsked why_not_asked(std::string_view pattern, const Image& image);

}  // namespace pullsecret
