#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kubernetes/inspect_secrets.h"
#include "kubernetes/keyring.h"
#include "kubernetes/pod_secrets.h"
#include "kubernetes/workloads.h"
#include "operations/inputs.h"
#include "registry/endpoint.h"

namespace pullsecret {

/// A Pod, and what is to be said of it: how it comes to its Secrets, or to none.
struct JoinedPod {
  const Pod* pod = nullptr;
  std::vector<Remark> findings = {};
  bool has_way = false;      ///< they say what gives it a Secret
  std::string missing = {};  ///< a Secret that it names, and is to be made
};

/// What stands in the place of a registry's answer where nobody is asked: the image is none, the
/// kubelet refuses a Secret or the API server the Pod, the node has nobody to ask, or the kubelet
/// has no need to.
inline constexpr std::array<std::string_view, 5> refusal_outcomes{
    "InvalidImageName", "Secret refused", "Pod refused", "no endpoint", "not pulled"};

/// Why the kubelet pulls nothing, and asks nobody.
struct PullRefusal {
  std::string outcome;  ///< as a table has it, one of refusal_outcomes
  Error reason;
  const InspectedSecret* secret = nullptr;  ///< of no Pod, and refused
  bool is_failure = true;                   ///< whether the Pod would need it
};

/// Of a Secret that the kubelet refuses, or has nothing to read in; in the words of inspect.
PullRefusal refusal_of(const InspectedSecret& secret);

/// An image, and what the kubelet has for it, which is the same for all `pods`.
struct ImagePull {
  std::string name;  ///< as asked for; empty: that of a Pod which the API server refuses
  std::optional<Image> image = std::nullopt;  ///< absent: it is none
  std::vector<JoinedPod> pods = {};           ///< none where the user names it
  std::vector<const InspectedSecret*> secrets = {};
  Keyring::Found offered = {};  ///< the entries, in the kubelet's order
  std::optional<PullRefusal> refusal = std::nullopt;
  /// Where the user names it: the Secrets that are refused. It is asked for with the others, and
  /// yet no Pod that names all of them pulls it.
  std::vector<PullRefusal> refused_secrets = {};
  bool is_by_config = false;  ///< the logins of a Docker config stand for the Secrets of its Pods
  std::vector<Remark> remarks = {};  ///< of the image itself
  /// Where it is asked for; nullptr: at its registry (node_endpoints.h has others).
  const RegistryEndpoints* endpoints = nullptr;
};

/// Whether the kubelet pulls it for none of its Pods, and need not.
bool is_unneeded(const ImagePull& pull);

/// What is to be said where the registry is at the node itself; nothing where it is not.
std::optional<Remark> remark_on_local(const std::string& registry_host);

/// The images of `inputs`: each that is named by the user, with all Secrets that were given, of the
/// namespace that is asked about, as if a Pod named these; then those of its Pods, with the Secrets
/// of each Pod alone, and once for each namespace that it may be in. Where a Docker config counts
/// in place of Secrets, `config` does for all Pods that name some. All have views of the two.
std::vector<ImagePull> image_pulls(const PullInputs& inputs, const Keyring& config);

/// The Pods of `inputs` of which there is something to be said.
std::vector<JoinedPod> pods_with_findings(const PullInputs& inputs);

/// The Secrets that are made.
struct SecretsToMake {
  std::string name;
  bool is_name_chosen = true;            ///< whether they could have any: a hash is not chosen
  std::vector<std::string> name_spaces;  ///< one in each; empty: one alone, in any
};

/// What these are to the Pods: a notice for each Pod that has other Secrets, or none, and one where
/// a single Secret cannot be in all of their namespaces.
Notices notices_of_pods(const Workloads& workloads, const SecretsToMake& made);

/// The one name under which Pods have a pull Secret, by themselves or their ServiceAccounts;
/// nothing if there is none, or there are several.
std::optional<std::string> common_secret_name(const Workloads& workloads);

}  // namespace pullsecret
