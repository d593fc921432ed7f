#pragma once

#include <optional>
#include <string>
#include <vector>

#include "credential/expiry.h"
#include "credential/json_syntax.h"
#include "docker/config_file.h"
#include "kubernetes/inspect_secrets.h"
#include "kubernetes/workloads.h"
#include "operations/notices.h"

namespace pullsecret {

// What commands are given, with notices of what they do not take of it.

/// As load_config(). Notices say if it is not Docker's own, and if DOCKER_AUTH_CONFIG does not take
/// part.
WithNotices<LoadedConfig> config_to_use(const std::optional<std::string>& named);

/// The pull Secrets in `source`: of what read_manifests() takes. A notice says what was skipped.
/// Throws Error if there is none.
WithNotices<std::vector<InspectedSecret>> pull_secrets_in(const JsonText& source, Time now);

/// What is to be pulled: the images that are `named`, then those of `manifests`, each once, and the
/// pull Secrets that these name. A notice says what was passed over. Throws Error if the manifests
/// cannot be read or name no image.
WithNotices<Workloads> wanted_images(std::vector<WorkloadImage> named,
                                     const std::optional<JsonText>& manifests);

}  // namespace pullsecret
