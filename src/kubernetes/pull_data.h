#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "credential/credential.h"
#include "kubernetes/secret.h"
#include "system/error.h"

namespace pullsecret {

/// The most entries that are read of a pull secret. The API server's limit would allow 100,000.
inline constexpr std::size_t max_pull_entries = 10'000;

/// One registry in a pull secret. Username and password are those the kubelet takes: all their
/// NULs are in them. It ignores the tokens.
struct PullEntry {
  std::string key;  ///< as spelled in the data
  Credential credential = {};
  /// Where that is of its `auth`: what else the entry says, which does not count.
  std::optional<Credential> beside_auth = std::nullopt;
  std::optional<Error> defect = std::nullopt;  ///< why the kubelet refuses it, and so all of them
};

/// What a pull secret's decoded data holds.
struct PullData {
  std::vector<PullEntry> entries;          ///< in order of first appearance, each key once
  std::vector<std::string> repeated_keys;  ///< whose last entry counts, each key once
  bool names_store = false;                ///< `credsStore` or `credHelpers`, which it ignores
  bool has_other_format = false;  ///< that of the other type's data, as far as one can tell
  std::optional<Error> refusal;   ///< why the kubelet refuses all: the first of its reasons
};

/// The type of Secret whose data this is, as far as one can tell: a config.json with `auths`, or
/// the map of entries that a .dockercfg is. Nothing if it is neither.
std::optional<SecretType> type_of_data(const std::string& data);

/// Reads `data` as the kubelet does (Kubernetes 1.26, pkg/credentialprovider: DockerConfigJSON,
/// DockerConfigEntry.UnmarshalJSON): JSON as Go reads it, and nothing behind it; `auth` counts
/// before `username` and `password`, is base64 with or without padding, and has a colon. One entry
/// against these rules makes it refuse all. The place of such an Error is that in `data`. Throws
/// Error, without a place, for more than max_pull_entries.
PullData read_pull_data(SecretType type, const std::string& data);

}  // namespace pullsecret
