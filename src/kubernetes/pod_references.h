#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "kubernetes/workloads.h"

namespace pullsecret {

// Argo and Tekton have kinds of which an object only names another, whose images are then pulled by
// its Pods: a TaskRun a Task, a Workflow a WorkflowTemplate.

/// What an object names.
struct PodReference {
  std::string kind;  ///< of its own group
  std::string name;  ///< empty where it is in no cluster: a resolver or a bundle has it
  /// Whether its Secrets and ServiceAccount count, too, where the object has none.
  bool gives_secrets = false;
};

/// An object of these groups.
struct ReferringObject {
  std::string kind;
  std::string name;
  PassedOver passed_over;                  ///< what it is where something that it names is not here
  std::size_t first_pod = 0, end_pod = 0;  ///< its Pods among those of the Workloads
  std::vector<PodReference> references;
};

/// Whether objects of this API group may name others.
bool may_refer(std::string_view group);

/// Those in `object`, at any depth.
std::vector<PodReference> references_in(const nlohmann::json& object);

/// Gives the Pods of those that run the images of what they name, which are then no Pods of their
/// own any more. Of what is not here, the object stands among what is passed over.
void join_references(const std::vector<ReferringObject>& objects, Workloads& workloads);

}  // namespace pullsecret
