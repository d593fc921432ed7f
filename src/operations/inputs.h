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

/// What is to be pulled, and what there is to pull it with.
struct PullInputs {
  std::vector<WorkloadImage> named;  ///< by the user, and not by a Pod
  Workloads workloads;               ///< its Secrets are those of which the kubelet reads nothing
  std::vector<InspectedSecret> secrets;
  /// Whether what counts for a Pod are Secrets. Else it is a Docker config, for every Pod.
  bool has_secrets = false;
  std::string name_space = {};  ///< the one that is asked about; empty: any
};

/// What the manifests of --images-in say. A notice says what was passed over, always if it holds
/// images. Throws Error if they cannot be read or name no image.
WithNotices<Workloads> workloads_in(const JsonText& manifests);

/// The images that are `named`; the Pods, ServiceAccounts and Secrets of `manifests`; and the pull
/// Secrets and ServiceAccounts of `file`, with its Pods, too, where no other images are asked for.
/// A file that is a Docker config counts before Secrets of the manifests. `name_space` is that of
/// objects that leave it open; where it is empty, they still do.
///
/// Throws Error as workloads_in(), and where a file has neither a pull secret nor a Pod.
WithNotices<PullInputs> pull_inputs(std::vector<WorkloadImage> named,
                                    const std::optional<JsonText>& manifests,
                                    const std::optional<JsonText>& file,
                                    const std::string& name_space, Time now);

}  // namespace pullsecret
