#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "credential/credential.h"

namespace pullsecret {

/// The most bytes of decoded data that the API server takes in a Secret (core/v1 MaxSecretSize).
inline constexpr std::size_t max_secret_data = 1'048'576;

/// The most bytes of all annotations of an object (TotalAnnotationSizeLimitB). Client-side `kubectl
/// apply` keeps the whole manifest in one of them.
inline constexpr std::size_t max_annotations = 262'144;

/// That one.
inline constexpr const char* applied_annotation =
    "kubectl.kubernetes.io/last-applied-configuration";

enum class SecretType { dockerconfigjson, dockercfg };

/// How a manifest spells a type, and the key of `data` that Secrets of the type have.
struct SecretTypeNames {
  std::string_view type;
  std::string_view data_key;
};
SecretTypeNames names_of(SecretType type);

/// A pull secret, before it is written out.
struct Secret {
  SecretType type = SecretType::dockerconfigjson;
  std::string name;
  std::optional<std::string> name_space;  ///< absent: kubectl's current namespace decides
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  bool immutable = false;
  std::string data;  ///< the decoded data: JSON from pull_secret_data()
};

/// Throws Error if a Secret cannot hold that much.
void check_secret_size(const std::string& data);

/// An entry of such a Secret: ENTRY below.
std::string pull_secret_entry(std::string_view key, const Credential& credential);

/// The JSON that a pull secret of `type` holds: `{"auths":{KEY:ENTRY}}`, or the inner map alone for
/// `dockercfg`; byte for byte what `kubectl create secret docker-registry` makes of one entry: no
/// white space, keys sorted, `<`, `>`, `&`, U+2028 and U+2029 escaped as Go's encoding/json does.
///
/// ENTRY is `{"username","password","email","auth"}`, each left out where empty; where username or
/// password is not valid UTF-8, `auth` (and a valid email) alone. Every credential must satisfy
/// has_password(). A username with a colon would be cut at it by the kubelet: throws Error naming
/// the key. Throws Error if the result exceeds max_secret_data.
std::string pull_secret_data(SecretType type, const std::map<std::string, Credential>& credentials);

/// `-` and the ten characters that kubectl's --append-hash adds to the name of `secret`
/// (k8s.io/kubectl, pkg/util/hash): from the SHA-256 of its data, immutable, kind, name and type.
std::string hash_suffix(const Secret& secret);

/// The manifest as one YAML document, starting without `---` and ending in a line break. Strings
/// that YAML 1.1 or 1.2 would read as something else (`yes`, `0123`, `1e3`, `null`…) are quoted.
/// In annotations, bytes that are not UTF-8 become U+FFFD, as do Unicode's noncharacters.
std::string to_yaml(const Secret& secret);

/// The manifest as one JSON document, indented by four as kubectl does, ending in a line break.
/// In annotations, bytes that are not UTF-8 become U+FFFD.
std::string to_json(const Secret& secret);

}  // namespace pullsecret
