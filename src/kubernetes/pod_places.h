#pragma once

#include <string_view>
#include <vector>

namespace pullsecret {

// Where kinds of objects have the Pods that they make. A path is `a.b[].c`: `[]` stands for each
// item of an array.

/// Where such a place has what counts, as paths from there.
struct PodShape {
  std::vector<std::string_view> images;
  // Of these the first that has something counts; the first is where people put it.
  std::vector<std::string_view> pull_secrets;  ///< each ends in `imagePullSecrets`
  std::vector<std::string_view> accounts;      ///< each names the ServiceAccount
  /// Where the kind has no such field: whose it is, of those that run such an object.
  std::string_view runner_has_pull_secrets = {};
};

struct PodPlace {
  std::string_view group, kind;
  std::string_view path;  ///< from the object to the place
  const PodShape* shape;
  std::string_view version = {};  ///< the only one that has it there; empty: all others
};

/// Whether it is one of the API groups in which Kubernetes itself makes Pods.
bool is_own_group(std::string_view group);

/// nullptr where the kind makes no Pod, as far as is known. Others call their kinds Job and
/// Deployment, too, in groups of their own.
const PodPlace* pod_place(std::string_view group, std::string_view version, std::string_view kind);

/// Whether kinds of the group that are not known may have Pods: it is none of Kubernetes' own.
bool has_unknown_pods(std::string_view group);

}  // namespace pullsecret
