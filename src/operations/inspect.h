#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "credential/expiry.h"
#include "kubernetes/inspect_secrets.h"
#include "kubernetes/workloads.h"
#include "operations/notices.h"

namespace pullsecret {

/// An image, and what the kubelet tries for it: entries of a keyring, which outlives it.
struct ImageEntries {
  std::string name;  ///< as asked for
  Image image;
  Keyring::Found offered;
};

/// For each of `images` the entries of `keyring`, which is that of `secrets`, in the kubelet's
/// order. Throws Error if there is an image that none serves, with what keeps the nearest from it.
std::vector<ImageEntries> entries_serving(const std::vector<WorkloadImage>& images,
                                          const Keyring& keyring,
                                          const std::vector<InspectedSecret>& secrets);

/// Throws Error if one of the entries ends sooner than `min_validity` after `now`: in all
/// `secrets`, or of those that serve one of `images`. One that does not say when it ends is no
/// failure.
void require_validity(const std::vector<InspectedSecret>& secrets,
                      std::chrono::seconds min_validity, Time now);
void require_validity(const std::vector<ImageEntries>& images, std::chrono::seconds min_validity,
                      Time now);

/// A warning for each of the Secrets that manifests name and that is not among `secrets`.
Notices absent_secrets(const std::vector<PullSecretName>& named,
                       const std::vector<InspectedSecret>& secrets);

}  // namespace pullsecret
