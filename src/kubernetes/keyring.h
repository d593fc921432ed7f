#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credential/credential.h"
#include "credential/remark.h"
#include "credential/url_pattern.h"
#include "kubernetes/image.h"
#include "system/error.h"

namespace pullsecret {

/// Where a credential comes from.
struct EntryOrigin {
  enum class Kind { docker_config, secret, provider };
  Kind kind = Kind::docker_config;
  std::string name = {};  ///< the Secret's or the provider's; the key as the Docker config has it
  std::string name_space = {};
  bool is_made = false;  ///< a cluster has the Secret
};

/// A credential under a key as it is spelled in a Secret.
struct KeyringEntry {
  std::string key;
  Credential credential = {};
  EntryOrigin origin = {};
  std::vector<Remark> remarks = {};  ///< what is to be said of it, without its secrets
  bool is_refused = false;           ///< the kubelet cannot read it: nobody knows the credential
};

/// What the kubelet looks for credentials in (Kubernetes 1.26, pkg/credentialprovider/keyring.go:
/// BasicDockerKeyring). The entries that are found point into it, and stay where it moves.
///
/// A key loses its scheme and a leading /v1/ or /v2/ path; host labels are glob patterns one by
/// one; ports must be equal; the path is a plain prefix. When none matches an image of Docker Hub,
/// or of a host without dot and port, `index.docker.io` serves it. Keys that are no URL are never
/// offered.
class Keyring {
 public:
  using Found = std::vector<const KeyringEntry*>;

  /// Those of several Secrets follow each other in `entries`.
  explicit Keyring(std::vector<KeyringEntry> entries = {});
  /// Of entries that are others', and outlive it; entries() is empty.
  explicit Keyring(const Found& entries);
  Keyring(const Keyring&) = delete;
  Keyring& operator=(const Keyring&) = delete;
  Keyring(Keyring&&) = default;
  Keyring& operator=(Keyring&&) = default;
  ~Keyring() = default;

  const std::vector<KeyringEntry>& entries() const { return entries_; }

  /// The entries that the kubelet tries for `image`, in its order: a descending one of the keys,
  /// where those that differ only in what they lost stay in the order given.
  Found offered(const Image& image) const;

  /// The entries that it would try for `image` if they stood alone, in the order given.
  Found serving(const Image& image) const;

 private:
  struct Filed {
    std::string name;
    std::optional<UrlParts> pattern;  // absent: what is filed is no URL
    const KeyringEntry* entry;
  };
  struct Lookup {
    Found matching;
    Found fallback;  // what serves the image where nothing else does
  };
  void file(const KeyringEntry& entry);
  void sort();
  Lookup lookup(const Image& image) const;

  std::vector<KeyringEntry> entries_;
  std::vector<Filed> filed_;  // in the kubelet's order
};

/// A keyring of mere keys.
Keyring keyring_of(const std::vector<std::string>& keys);

/// Whether `key` serves `image` where it stands alone.
bool serves_image(std::string_view key, const Image& image);

/// What the kubelet files `key` as and matches with images, HOST or HOST/PATH; nothing if it drops
/// the key because it is no URL.
std::optional<std::string> filed_key(std::string_view key);

/// The images that `key` serves, as a pattern whose last `*` stands for any text: `ghcr.io/acme*`,
/// `docker.io/*`. Nothing if no image's name can match: one that begins with `registry/` is Docker
/// Hub's.
std::optional<std::string> served_images(std::string_view key);

/// Whether it is an IPv6 address with no port behind it. The kubelet takes the brackets away only
/// where one follows; elsewhere they are a pattern of one character, which matches no address.
bool is_address_without_port(std::string_view host);

/// What to do where it is one.
inline constexpr std::string_view address_needs_port =
    "name a port, in the image, too: without one the brackets of an IPv6 address are a pattern to "
    "the kubelet";

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

/// That key, and for nerdctl's `HOST:443` also the one without this port, under which the kubelet
/// looks for the images that do not name it.
std::vector<std::string> kubelet_registry_keys(std::string_view key);

}  // namespace pullsecret
