#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "credential/expiry.h"
#include "kubernetes/inspect_secrets.h"
#include "operations/image_pulls.h"

namespace pullsecret {

/// Throws Error if there is an image that neither an entry nor a login of the node's file serves,
/// or that is none, with what keeps the nearest entries of its Secrets from it.
void require_entries(const std::vector<ImagePull>& images);

/// Throws Error if one of the entries ends sooner than `min_validity` after `now`: in all
/// `secrets`, or of those that serve one of `images`. One that does not say when it ends is no
/// failure.
void require_validity(const std::vector<InspectedSecret>& secrets,
                      std::chrono::seconds min_validity, Time now);
void require_validity(const std::vector<ImagePull>& images, std::chrono::seconds min_validity,
                      Time now);

}  // namespace pullsecret
