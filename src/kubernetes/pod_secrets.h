#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "credential/remark.h"
#include "kubernetes/workloads.h"
#include "system/error.h"

namespace pullsecret {

/// A Secret that is there, and what the kubelet makes of it.
struct KnownSecret {
  enum class State {
    read,
    refused,  ///< it then pulls nothing for the Pod
    unread    ///< of another type, or without the data key of its type
  };
  std::string name_space;
  std::string name;
  State state = State::read;
  std::optional<Remark> why = std::nullopt;  ///< what is wrong with it, and what to do about it
};

/// What else there is, besides Pods.
struct PodSurroundings {
  std::vector<KnownSecret> secrets;
  std::vector<ServiceAccount> accounts;
  /// Whether all Secrets are given. Where the credentials are a Docker config's, nobody knows.
  bool has_secrets = true;
};

/// What the kubelet has for a Pod.
struct PodSecrets {
  std::vector<std::string> names;    ///< of its Secrets, by itself or its ServiceAccount
  std::vector<std::size_t> secrets;  ///< positions of those that are there, in its order
  std::vector<Remark> findings;      ///< whole sentences, which begin with the Pod
  bool has_none = false;  ///< neither it nor who else may names a Secret that could count
  std::optional<Error> refusal = std::nullopt;  ///< why the API server takes no such Pod
};

/// Joins Pods with the Secrets that count for them: those of the Pod's own namespace that it names,
/// else, at admission, those that its ServiceAccount names (Kubernetes 1.36,
/// plugin/pkg/admission/serviceaccount). A Pod that a cluster has is past admission.
///
/// A namespace that is left open is also matched with one that is named, where that is one alone; a
/// finding says so. Of a name that is given twice in a namespace the last counts, as for kubectl.
class PodJoin {
 public:
  explicit PodJoin(PodSurroundings around);

  PodSecrets secrets_of(const Pod& pod) const;

 private:
  using Index = std::unordered_map<std::string, std::vector<std::size_t>>;  // by name
  struct Named;

  template <typename Thing>
  Named find(const Index& index, const std::vector<Thing>& things, const std::string& name_space,
             const std::string& name) const;
  const ServiceAccount* account_of(const Pod& pod, std::vector<Remark>& findings) const;
  void add_no_names(const Pod& pod, const ServiceAccount* account,
                    std::vector<Remark>& findings) const;
  Remark no_names(const Pod& pod, const ServiceAccount* account) const;
  bool may_count(const Pod& pod, const ServiceAccount* account, const std::string& name) const;
  void add_secret(const Pod& pod, const ServiceAccount* account, const std::string& name,
                  PodSecrets& found) const;
  Remark absent(const Pod& pod, const ServiceAccount* account, const std::string& name) const;

  PodSurroundings around_;
  Index secrets_, accounts_;
  std::unordered_map<std::string, std::vector<std::string>> pull_secrets_in_;  // by namespace
};

/// Whether a finding says that the Pod has no pull secret, as it may well be meant where its images
/// are public.
bool is_about_none(const Remark& finding);

}  // namespace pullsecret
