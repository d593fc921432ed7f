#pragma once

#include <string>
#include <string_view>

namespace pullsecret {

/// An image name as the kubelet expands it before it looks for credentials.
struct Image {
  std::string registry_host;  ///< with port, such as `docker.io` or `localhost:5000`
  std::string repository;     ///< `registry_host` and path: `docker.io/library/nginx`
  std::string reference;      ///< the digest, else the tag, else `latest`
};

/// Reads `[HOST[:PORT]/]PATH[:TAG][@DIGEST]`: `nginx` is `docker.io/library/nginx`, and
/// `index.docker.io/x` is `docker.io/x` (github.com/distribution/reference 0.6:
/// ParseNormalizedNamed, which docker and Kubernetes since 1.29 have; before, an IPv6 address in
/// its brackets was no host). What precedes the first slash is a host if it is `localhost` or has a
/// dot, a colon or a capital. Throws Error where that refuses: an upper-case path, a 64-digit
/// hexadecimal name, a path of more than 255 bytes, a bad tag or digest; and for a host of more
/// than 255 bytes.
Image parse_image(std::string_view name);

}  // namespace pullsecret
