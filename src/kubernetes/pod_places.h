#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace pullsecret {

// Where kinds of objects have the Pods that they make, and the names of Secrets. A path is
// `a.b[].c`: `[]` stands for each item of an array.

/// What an object has apart for one of its parts, where it does not stand at the part.
struct PartSettings {
  std::string_view list;          ///< where each item is for a part, as a path from the place
  std::string_view name;          ///< the member that has the part's name
  std::string_view pull_secrets;  ///< paths from there
  std::string_view account;
};

/// Where such a place has what counts, as paths from there.
struct PodShape {
  std::vector<std::string_view> images;
  // Of these the first that has something counts; the first is where people put it.
  std::vector<std::string_view> pull_secrets;  ///< each ends in `imagePullSecrets`
  std::vector<std::string_view> accounts;      ///< each names the ServiceAccount
  /// Where the kind has no such field: whose it is, of those that run such an object.
  std::string_view runner_has_pull_secrets = {};
  /// Lists of parts, each of which makes Pods of its own; paths of images begin with them.
  std::vector<std::string_view> parts = {};
  std::string_view part_account = {};  ///< in a part; it counts before that of all
  std::optional<PartSettings> part_settings = std::nullopt;
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

/// A kind of which something in the cluster makes Secrets.
struct SecretMaker {
  std::string_view group, kind;
  std::string_view names = {};  ///< where it names them; where that has nothing, they have its own
};

/// nullptr where none is known.
const SecretMaker* secret_maker(std::string_view group, std::string_view kind);

/// Whether Kubernetes itself has that kind in that group of its own.
bool is_own_kind(std::string_view group, std::string_view kind);

/// Whether an object of a kind without a PodPlace may have Pods: it is none of Kubernetes' own.
bool may_have_pods(std::string_view group, std::string_view kind);

}  // namespace pullsecret
