#include "kubernetes/workloads.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "kubernetes/documents.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using Tree = nlohmann::json;

/// Where a kind of object has the Pod that it makes, member by member.
struct PodPlace {
  std::string_view kind;
  std::vector<const char*> path;
};

const std::vector<PodPlace>& pod_places() {
  static const std::vector<PodPlace> places{
      {"Pod", {"spec"}},
      {"PodTemplate", {"template", "spec"}},
      {"Deployment", {"spec", "template", "spec"}},
      {"ReplicaSet", {"spec", "template", "spec"}},
      {"ReplicationController", {"spec", "template", "spec"}},
      {"StatefulSet", {"spec", "template", "spec"}},
      {"DaemonSet", {"spec", "template", "spec"}},
      {"Job", {"spec", "template", "spec"}},
      {"CronJob", {"spec", "jobTemplate", "spec", "template", "spec"}},
  };
  return places;
}

// `apps` of `apps/v1`; none of `v1`.
std::string_view group_in(std::string_view api_version) {
  const std::size_t slash = api_version.find('/');
  return slash == std::string_view::npos ? "" : api_version.substr(0, slash);
}

// nullptr where Kubernetes makes no Pod. Others call their kinds Job and Deployment, too, in groups
// of their own.
const PodPlace* place_in(std::string_view kind, std::string_view group) {
  static constexpr std::array<std::string_view, 4> groups{"", "apps", "batch", "extensions"};
  if (std::find(groups.begin(), groups.end(), group) == groups.end()) return nullptr;
  const auto& places = pod_places();
  const auto place = std::find_if(places.begin(), places.end(),
                                  [&](const PodPlace& known) { return known.kind == kind; });
  return place == places.end() ? nullptr : &*place;
}

// As kubectl does, by the items, for a custom kind may end in List, too.
bool is_list(const Tree& object, std::string_view kind) {
  const auto items = object.find("items");
  if (!kind.ends_with("List") || items == object.end()) return false;
  return kind == "List" || items->is_null() ||
         (items->is_array() && std::all_of(items->begin(), items->end(),
                                           [](const Tree& item) { return item.is_object(); }));
}

/// Reads the members of one object; `place` is that object, for errors.
class WorkloadReader {
 public:
  explicit WorkloadReader(std::string file) : file_(std::move(file)) {}

  Workloads take_workloads() { return std::move(workloads_); }

  // An item of a typed List may leave its kind to the List.
  void read_object(const Tree& object, const std::string& default_kind = {}) {
    if (!object.is_object()) throw Error(file_, "a value that is no Kubernetes object");
    place_ = file_;
    const std::string kind = object.contains("kind") ? text_in(object, "kind") : default_kind;
    if (kind.empty()) throw Error(file_, "an object without a kind, which is none of Kubernetes'");
    if (is_list(object, kind)) return read_list(object, kind.substr(0, kind.size() - 4));
    const PodPlace* place = place_in(kind, group_in(text_in(object, "apiVersion")));
    if (place == nullptr)
      workloads_.passed_over.push_back(kind);
    else
      read_workload(object, kind, place->path);
  }

 private:
  void read_list(const Tree& list, const std::string& kind) {
    for (const Tree& item : array_in(list, "items"))
      read_object(item, kind);
  }

  void read_workload(const Tree& object, const std::string& kind,
                     const std::vector<const char*>& path) {
    const Tree& metadata = object_in(object, "metadata");
    const std::string name_space = text_in(metadata, "namespace");
    std::string name = text_in(metadata, "name");
    if (name.empty()) name = text_in(metadata, "generateName");
    const std::string named =
        fmt::format("{} {}{}{}", kind, name_space, name_space.empty() ? "" : "/", name);
    place_ = printable(trim(named), 300);
    const Tree* pod = &object;
    for (const char* step : path)
      pod = &object_in(*pod, step);
    read_pod(*pod, name_space);
  }

  void read_pod(const Tree& pod, const std::string& name_space) {
    for (const char* list : {"initContainers", "containers", "ephemeralContainers"})
      for (const Tree& container : array_in(pod, list))
        add_image(text_in(container, "image"));
    for (const Tree& volume : array_in(pod, "volumes"))
      add_image(text_in(object_in(volume, "image"), "reference"));
    for (const Tree& secret : array_in(pod, "imagePullSecrets"))
      add_pull_secret({text_in(secret, "name"), name_space, place_});
  }

  // Whoever makes the Pod may put an image where none is: Kubernetes lets it be empty.
  void add_image(const std::string& name) {
    if (name.empty() || !known_images_.insert(name).second) return;
    if (known_images_.size() > max_workload_images)
      throw Error(file_, fmt::format("more than {} images", max_workload_images),
                  "give the manifests in parts");
    workloads_.images.push_back({name, with_place(place_, [&] { return parse_image(name); })});
  }

  void add_pull_secret(PullSecretName secret) {
    const std::string identity = join({secret.place, secret.name_space, secret.name}, "\n");
    if (!secret.name.empty() && known_secrets_.insert(identity).second)
      workloads_.pull_secrets.push_back(std::move(secret));
  }

  // ---- Members, absent or null being empty

  const Tree& member(const Tree& object, const char* name) const {
    static const Tree absent;
    if (!object.is_object() && !object.is_null())
      throw Error(place_, fmt::format("what should have \"{}\" is no object", name));
    const auto found = object.find(name);
    return found == object.end() ? absent : *found;
  }

  const Tree& object_in(const Tree& object, const char* name) const {
    const Tree& value = member(object, name);
    if (!value.is_object() && !value.is_null())
      throw Error(place_, fmt::format("\"{}\" must be an object", name));
    return value;
  }

  const Tree& array_in(const Tree& object, const char* name) const {
    static const Tree none = Tree::array();
    const Tree& value = member(object, name);
    if (value.is_null()) return none;
    if (!value.is_array()) throw Error(place_, fmt::format("\"{}\" must be an array", name));
    return value;
  }

  std::string text_in(const Tree& object, const char* name) const {
    const Tree& value = member(object, name);
    if (value.is_null()) return {};
    if (!value.is_string()) throw Error(place_, fmt::format("\"{}\" must be a string", name));
    return value.get<std::string>();
  }

  std::string file_, place_;
  std::unordered_set<std::string> known_images_, known_secrets_;
  Workloads workloads_;
};

}  // namespace

std::vector<Image> images_of(const std::vector<WorkloadImage>& named) {
  std::vector<Image> images;
  images.reserve(named.size());
  for (const WorkloadImage& image : named)
    images.push_back(image.image);
  return images;
}

Workloads read_workloads(const JsonText& source) {
  WorkloadReader reader(source.file);
  for (const Document& document : read_documents(source))
    if (!document.tree.is_null()) reader.read_object(document.tree);
  return reader.take_workloads();
}

}  // namespace pullsecret
