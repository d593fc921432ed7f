#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "credential/expiry.h"
#include "credential/remark.h"
#include "kubernetes/keyring.h"
#include "kubernetes/pull_data.h"
#include "kubernetes/secret_manifest.h"

namespace pullsecret {

// A pull secret as a person wants to see it: what the kubelet makes of each entry, and what is
// wrong with it. Only the entries hold secrets, never a remark.

struct InspectedSecret {
  EntryOrigin origin;  ///< of its entries: a Secret or a Docker config file
  std::string type;
  std::optional<std::size_t> data_size = std::nullopt;  ///< bytes, decoded; absent if not known
  bool is_read = false;     ///< whether the kubelet takes entries from it
  bool is_refused = false;  ///< whether the kubelet refuses it, and so pulls nothing for its Pods
  std::vector<KeyringEntry> entries = {};
  std::vector<Remark> remarks = {};
};

/// What messages call it: its namespace and name, or what it is where it has none.
std::string name_in_words(const EntryOrigin& origin);

/// The first of them that is a problem; nullptr if none is.
const Remark* problem_in(const std::vector<Remark>& remarks);

/// What an entry lacks of a login that is sent: all of it, the username or the password.
std::optional<Remark> remark_on_missing(const PullEntry& entry);

/// Inspects those of `manifests` that are pull secrets. `now` tells which tokens have ended.
/// Secrets of one namespace are compared with each other, as a Pod may name them together. Throws
/// Error if they have more than max_pull_entries in all; a Secret without an entry counts as one.
std::vector<InspectedSecret> inspect_secrets(const std::vector<SecretManifest>& manifests,
                                             Time now);

/// What the kubelet has for a Pod that names all `secrets`, in this order. Nothing if it refuses
/// one of them: it then fails the pull (Kubernetes 1.26, pkg/credentialprovider/secrets:
/// MakeDockerKeyring). One of another type or without its data key it skips.
Keyring keyring_of(const std::vector<InspectedSecret>& secrets);

}  // namespace pullsecret
