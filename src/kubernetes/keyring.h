#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kubernetes/image.h"
#include "system/error.h"

namespace pullsecret {

/// For each of `images` the positions in `keys` of those that the kubelet offers for it, in the
/// order it tries them (Kubernetes 1.26, pkg/credentialprovider/keyring.go:
/// BasicDockerKeyring.Lookup). `keys` are spelled as in a Secret; those of several Secrets follow
/// each other.
///
/// A key loses its scheme and a leading /v1/ or /v2/ path; host labels are glob patterns one by
/// one; ports must be equal; the path is a plain prefix. All that match are tried in descending
/// order of their string, those that differ only in what they lost in the order given. When none
/// matches an image of Docker Hub, or of a host without dot and port, `index.docker.io` serves it.
/// Keys that are no URL are never offered.
std::vector<std::vector<std::size_t>> positions_for_images(const std::vector<std::string>& keys,
                                                           const std::vector<Image>& images);

/// For each of `images` the positions in `keys` of those that the kubelet would offer for it if
/// they stood alone, in ascending order.
std::vector<std::vector<std::size_t>> positions_serving(const std::vector<std::string>& keys,
                                                        const std::vector<Image>& images);

/// The keys that positions_for_images() finds for one image.
std::vector<std::string> keys_for_image(const std::vector<std::string>& keys, const Image& image);

/// Whether `keys_for_image({key}, image)` is not empty.
bool serves_image(std::string_view key, const Image& image);

/// What the kubelet files `key` as and matches with images, HOST or HOST/PATH; nothing if it drops
/// the key because it is no URL.
std::optional<std::string> filed_key(std::string_view key);

/// The images that `key` serves, as a pattern whose last `*` stands for any text: `ghcr.io/acme*`,
/// `docker.io/*`. Nothing if no image's name can match: one that begins with `registry/` is Docker
/// Hub's.
std::optional<std::string> served_images(std::string_view key);

/// Why `key` serves no image, and what a key is, with the nearest that does serve some; nothing if
/// it serves some as kubelet_registry_key() spells it.
std::optional<Error> why_serves_nothing(std::string_view key);

/// Why a key does not serve an image.
struct NotServed {
  std::string reason;              ///< in words that follow the key: "has another port"
  bool is_other_registry = false;  ///< the two have nothing to do with each other
};
NotServed why_not_served(std::string_view key, const Image& image);

/// The spelling of a config file's registry key that the kubelet matches with the images people
/// mean: a Docker Hub alias without a path becomes `https://index.docker.io/v1/`, with a path
/// `docker.io/PATH`; scheme and host become lower case; a scheme other than http and https goes;
/// a login (`user:password@`) goes, too, which the kubelet does not read; the path `/v1` or `/v2`
/// gets the slash that makes it an API root. Any other key stays as it is.
std::string kubelet_registry_key(std::string_view key);

}  // namespace pullsecret
