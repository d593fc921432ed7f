#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
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
  std::vector<std::string> keys = {};        ///< of the entries that the kubelet reads
};

/// What else there is, besides Pods.
struct PodSurroundings {
  std::vector<KnownSecret> secrets;
  std::vector<ServiceAccount> accounts;
  std::vector<SecretToCome> to_come = {};
  /// Whether all Secrets are given. Where the credentials are a Docker config's, nobody knows.
  bool has_secrets = true;
};

/// What the kubelet has for a Pod.
struct PodSecrets {
  std::vector<std::string> names;    ///< of its Secrets, by itself or its ServiceAccount
  std::vector<std::size_t> secrets;  ///< positions of those that are there, in its order
  std::vector<Remark> findings;      ///< whole sentences, which begin with the Pod
  bool has_none = false;     ///< neither it nor its ServiceAccount names a Secret that could count
  bool has_way = false;      ///< the findings say what gives it a Secret
  std::string missing = {};  ///< one that it names, and is not here, nor is any in its place
  std::optional<Error> refusal = std::nullopt;  ///< why the API server takes no such Pod
};

/// Joins Pods with the Secrets that count for them: those of the Pod's own namespace that it names,
/// else, at admission, those that its ServiceAccount names (Kubernetes 1.36,
/// plugin/pkg/admission/serviceaccount). A Pod that a cluster has is past admission.
///
/// What leaves its namespace open, or has a template for it, is also matched with what names one; a
/// finding says so. All Pods that leave it open are in one namespace together, whichever that is:
/// that of those who leave it open, too, if these have all that the Pods name, else one that has
/// what each of them names, or, if there is none, any of those that have the rest. Of a name that
/// is given twice in a namespace the last counts, as for kubectl.
class PodJoin {
 public:
  /// `pods` are all that there are.
  PodJoin(PodSurroundings around, const std::vector<Pod>& pods);

  /// Of one of these, for each namespace that it may be in: mostly one.
  std::vector<PodSecrets> secrets_of(const Pod& pod) const;

 private:
  using Index = std::unordered_map<std::string, std::vector<std::size_t>>;  // by name
  struct Named;
  /// Where a Pod may be, and because of which thing, of this kind and name.
  struct Places {
    std::vector<std::string> name_spaces = {};
    std::string_view kind = {};
    std::string name = {};
  };
  struct Placed;
  struct Beside;

  template <typename Thing>
  Named find(const Index& index, const std::vector<Thing>& things, const std::string& name_space,
             const std::string& name) const;
  static bool is_open(const Pod& pod);
  void find_open_places(const std::vector<Pod>& pods);
  Places places_named_by(const Pod& pod) const;
  PodSecrets secrets_of(const Placed& placed) const;
  const ServiceAccount* account_of(const Placed& placed, PodSecrets& found) const;
  void add_no_names(const Placed& pod, const ServiceAccount* account, PodSecrets& found) const;
  static Remark no_names(const Placed& placed, const ServiceAccount* account, const Beside& beside);
  /// Whether one that it names counts.
  bool has_secret(const Placed& pod, const PodSecrets& found) const;
  bool may_count(const Placed& pod, const std::string& name) const;
  void add_secret(const Placed& pod, const ServiceAccount* account, const std::string& name,
                  PodSecrets& found) const;
  Remark absent(const Placed& placed, const ServiceAccount* account, const std::string& name,
                PodSecrets& found) const;
  const SecretToCome* to_come(const Placed& pod, const std::string& name) const;
  Beside beside(const Placed& pod, const std::vector<std::string>& named) const;

  PodSurroundings around_;
  Index secrets_, accounts_, to_come_;
  std::vector<std::size_t> pull_secrets_;                                      // each once
  std::unordered_map<std::string, std::vector<std::size_t>> pull_secrets_in_;  // by namespace
  Places open_places_;  // of the Pods that leave their namespace open
};

/// No Secret of a Pod has an entry for an image; a Docker config has one, where no Secret is given.
inline constexpr std::string_view no_entry_for_image = "no-entry-for-image",
                                  config_not_read = "config-not-read";

/// Whether a finding says that nothing is there to log in with, as it may well be meant where
/// images are public.
bool is_about_none(const Remark& finding);

}  // namespace pullsecret
