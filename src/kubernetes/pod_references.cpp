#include "kubernetes/pod_references.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "kubernetes/object_faults.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using Tree = nlohmann::json;

/// A member that names another object.
struct ReferringMember {
  std::string_view member, kind;
  bool gives_secrets = false;
};

constexpr std::array referring_members{
    ReferringMember{"taskRef", "Task"}, ReferringMember{"pipelineRef", "Pipeline"},
    ReferringMember{"workflowTemplateRef", "WorkflowTemplate", true},
    ReferringMember{"templateRef", "WorkflowTemplate"}};

// Nothing runs those by themselves.
bool is_definition(std::string_view kind) {
  constexpr std::string_view in_cluster = "Cluster";
  if (kind.starts_with(in_cluster)) kind.remove_prefix(in_cluster.size());
  return std::any_of(referring_members.begin(), referring_members.end(),
                     [&](const ReferringMember& known) { return known.kind == kind; });
}

PodReference reference(const ReferringMember& known, const Tree& value) {
  PodReference found{std::string(known.kind), loose_text(value, "name"), known.gives_secrets};
  const auto scope = value.find("clusterScope");
  if (scope != value.end() && *scope == true) found.kind = "Cluster" + found.kind;
  if (std::string kind = loose_text(value, "kind"); !kind.empty()) found.kind = std::move(kind);
  if (value.contains("resolver") || value.contains("bundle")) found.name.clear();
  return found;
}

const ReferringMember* referring_member(const std::string& name) {
  const auto* const known =
      std::find_if(referring_members.begin(), referring_members.end(),
                   [&](const ReferringMember& one) { return one.member == name; });
  return known == referring_members.end() ? nullptr : known;
}

void find_references(const Tree& value, std::vector<PodReference>& found) {
  for (const auto& [name, member] : value.items()) {
    const ReferringMember* const known =
        value.is_object() && member.is_object() ? referring_member(name) : nullptr;
    if (known != nullptr)
      found.push_back(reference(*known, member));
    else if (member.is_structured())
      find_references(member, found);
  }
}

std::string why_not_here(const PodReference& reference) {
  if (reference.name.empty())
    return fmt::format("they are those of a {} that is in no cluster", reference.kind);
  return fmt::format("they are those of {} {}, which is not here", reference.kind,
                     printable(reference.name, 100));
}

/// Follows what objects name.
class ReferenceJoin {
 public:
  ReferenceJoin(const std::vector<ReferringObject>& objects, Workloads& workloads)
      : objects_(objects), workloads_(workloads) {
    for (const ReferringObject& object : objects)
      if (is_definition(object.kind))
        definitions_.emplace(std::pair(object.kind, object.name), &object);
  }

  void join() {
    for (const ReferringObject& object : objects_)
      if (!is_definition(object.kind)) join(object);
    for (const ReferringObject& object : objects_)
      if (is_definition(object.kind) && !run_.contains(&object)) join(object);
    drop_what_is_run();
  }

 private:
  void join(const ReferringObject& object) {
    std::set<const ReferringObject*> seen;
    std::vector<std::string> missing;
    const bool is_run = !is_definition(object.kind) && object.first_pod < object.end_pod;
    follow(object, is_run ? &workloads_.pods[object.first_pod] : nullptr, seen, missing);
    if (is_run) run_.insert(seen.begin(), seen.end());
    if (!missing.empty()) pass_over(object, missing.front());
  }

  // One that leaves its namespace open is taken for one of the other's.
  const ReferringObject* find(const PodReference& reference, const std::string& name_space) const {
    const auto [first, last] = definitions_.equal_range(std::pair(reference.kind, reference.name));
    const auto found = std::find_if(first, last, [&](const auto& known) {
      const std::string& its = known.second->passed_over.name_space;
      return known.first.first.starts_with("Cluster") || its.empty() || name_space.empty() ||
             its == name_space;
    });
    return found == last ? nullptr : found->second;
  }

  void follow(const ReferringObject& object, Pod* pod, std::set<const ReferringObject*>& seen,
              std::vector<std::string>& missing) const {
    for (const PodReference& reference : object.references) {
      const ReferringObject* named = find(reference, object.passed_over.name_space);
      if (named == nullptr)
        missing.push_back(why_not_here(reference));
      else if (seen.insert(named).second) {
        if (pod != nullptr) add_images(*named, reference.gives_secrets, *pod);
        follow(*named, pod, seen, missing);
      }
    }
  }

  void add_images(const ReferringObject& named, bool gives_secrets, Pod& pod) const {
    for (std::size_t i = named.first_pod; i < named.end_pod; ++i) {
      const Pod& from = workloads_.pods[i];
      pod.images.insert(pod.images.end(), from.images.begin(), from.images.end());
      if (gives_secrets && pod.pull_secrets.empty()) pod.pull_secrets = from.pull_secrets;
      if (gives_secrets && pod.account.empty()) pod.account = from.account;
    }
    pod.images = without_repeats(std::move(pod.images));
  }

  void pass_over(const ReferringObject& object, const std::string& why) {
    PassedOver passed = object.passed_over;
    passed.has_images = true;
    passed.is_part =
        std::any_of(workloads_.pods.begin() + static_cast<std::ptrdiff_t>(object.first_pod),
                    workloads_.pods.begin() + static_cast<std::ptrdiff_t>(object.end_pod),
                    [](const Pod& pod) { return !pod.images.empty(); });
    passed.why = why;
    workloads_.passed_over.push_back(std::move(passed));
  }

  void drop_what_is_run() {
    std::vector<bool> is_dropped(workloads_.pods.size());
    for (const ReferringObject* object : run_)
      for (std::size_t i = object->first_pod; i < object->end_pod; ++i)
        is_dropped[i] = !workloads_.pods[i].refusal;
    std::vector<Pod> kept;
    for (std::size_t i = 0; i < is_dropped.size(); ++i)
      if (!is_dropped[i]) kept.push_back(std::move(workloads_.pods[i]));
    workloads_.pods = std::move(kept);
  }

  const std::vector<ReferringObject>& objects_;
  Workloads& workloads_;
  std::multimap<std::pair<std::string, std::string>, const ReferringObject*> definitions_;
  std::set<const ReferringObject*> run_;
};

}  // namespace

bool may_refer(std::string_view group) {
  return is_one_of(group, {"tekton.dev", "argoproj.io"});
}

std::vector<PodReference> references_in(const Tree& object) {
  std::vector<PodReference> found;
  find_references(object, found);
  return found;
}

void join_references(const std::vector<ReferringObject>& objects, Workloads& workloads) {
  if (!objects.empty()) ReferenceJoin(objects, workloads).join();
}

}  // namespace pullsecret
