#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "credential/token.h"
#include "kubernetes/image.h"
#include "kubernetes/pull_data.h"
#include "kubernetes/secret_manifest.h"

namespace pullsecret {

// A pull secret as a person wants to see it: what the kubelet makes of each entry, and what is
// wrong with it. Only the entries hold secrets, never a remark.

/// What there is to say of a Secret or an entry. The names are listed in man/pullsecret.1, and
/// scripts rely on them.
struct Remark {
  /// A problem is something that does not do what people mean; a warning may be one.
  enum class Severity { note, warning, problem };

  std::string_view name;  ///< such as "trailing-nul"
  Severity severity = Severity::problem;
  std::string message;  ///< as Error's
  std::string hint;
};

/// The severity's name: "problem".
std::string_view in_words(Remark::Severity severity);

struct InspectedEntry {
  PullEntry entry;
  std::vector<Remark> remarks;
};

struct InspectedSecret {
  std::string name;  ///< empty for a Docker config file
  std::string name_space;
  std::string type;
  std::size_t data_size = 0;  ///< bytes, decoded
  bool is_read = false;       ///< whether the kubelet takes entries from it
  std::vector<InspectedEntry> entries = {};
  std::vector<Remark> remarks = {};
};

/// Whether it is a pull secret, or was meant to be one: of such a type, or with such a data key.
bool is_pull_secret(const SecretManifest& manifest);

/// Inspects those of `manifests` that are pull secrets. `now` tells which tokens have ended.
/// Secrets of one namespace are compared with each other, as a Pod may name them together. Throws
/// Error if they have more than max_pull_entries in all.
std::vector<InspectedSecret> inspect_secrets(const std::vector<SecretManifest>& manifests,
                                             Time now);

/// An entry and the Secret it is in.
struct OfferedEntry {
  const InspectedSecret* secret;
  const InspectedEntry* inspected;
};

/// The entries that the kubelet tries for `image`, in its order, where a Pod names all `secrets`,
/// in theirs. They point into `secrets`.
std::vector<OfferedEntry> entries_for_image(const std::vector<InspectedSecret>& secrets,
                                            const Image& image);

}  // namespace pullsecret
