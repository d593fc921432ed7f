#include "kubernetes/workloads.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "credential/unfilled_template.h"
#include "kubernetes/image_triggers.h"
#include "kubernetes/name_rules.h"
#include "kubernetes/object_faults.h"
#include "kubernetes/pod_places.h"
#include "kubernetes/pod_references.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using Tree = nlohmann::json;

// `apps` and `v1` of `apps/v1`; of `v1` the group is empty.
std::pair<std::string_view, std::string_view> split_version(std::string_view api_version) {
  const std::size_t slash = api_version.find('/');
  if (slash == std::string_view::npos) return {"", api_version};
  return {api_version.substr(0, slash), api_version.substr(slash + 1)};
}

// As kubectl does, by the items, for a custom kind may end in List, too.
bool is_list(const Tree& object, std::string_view kind) {
  const auto items = object.find("items");
  if (!kind.ends_with("List") || items == object.end()) return false;
  return kind == "List" || items->is_null() ||
         (items->is_array() && std::all_of(items->begin(), items->end(),
                                           [](const Tree& item) { return item.is_object(); }));
}

// Whether an object of others' kinds names images, besides `known`: Kubernetes' own make no more
// Pods than are known.
bool holds_images(const Tree& value, const std::unordered_set<std::string>& known = {}) {
  if (value.is_object())
    if (const auto image = value.find("image"); image != value.end() && image->is_string())
      if (const auto& name = image->get_ref<const std::string&>();
          !name.empty() && !known.contains(name))
        return true;
  return value.is_structured() && std::any_of(value.begin(), value.end(), [&](const Tree& part) {
           return holds_images(part, known);
         });
}

// Argo and Tekton put a value there before a Pod is made.
bool has_parameter(std::string_view image) {
  return image.find("$(") != std::string_view::npos || image.find("{{") != std::string_view::npos;
}

// What is meant to be imagePullSecrets, in any spelling; letter case counts to who reads it.
bool is_like_pull_secrets(std::string_view member) {
  std::string name = lower_case(member);
  std::erase_if(name, [](char c) { return c == '_' || c == '-'; });
  return is_one_of(name, {"pullsecret", "pullsecrets", "imagesecret", "imagesecrets"}) ||
         edit_distance(name, "imagepullsecrets") <= 2;
}

std::string joined_place(const std::string& outer, std::string_view member) {
  return outer.empty() ? std::string(member) : fmt::format("{}.{}", outer, member);
}

// `containers[]` of `containers[].image`.
std::string_view holder_of(std::string_view path) {
  return path.substr(0, path.rfind('.'));
}

std::string_view last_member(std::string_view path) {
  return path.substr(path.rfind('.') + 1);
}

// A member that is a text; empty if it is none.
std::string_view text_or_none(const Tree& object, const char* name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return {};
  return found->get_ref<const std::string&>();
}

// Deployments keep those of older revisions.
bool is_empty_revision(const Tree& object, std::string_view kind) {
  using Path = Tree::json_pointer;
  return kind == "ReplicaSet" && object.contains(Path("/metadata/ownerReferences/0")) &&
         object.contains(Path("/spec/replicas")) && object.at(Path("/spec/replicas")) == 0;
}

// What a cluster says of the object once no Pod of it is to be.
std::string end_of(const Tree& object, std::string_view kind) {
  if (is_empty_revision(object, kind)) return "0 replicas";
  const auto status = object.find("status");
  if (status == object.end() || !status->is_object()) return {};
  const std::string_view phase = text_or_none(*status, "phase");
  if (kind == "Pod" && is_one_of(phase, {"Succeeded", "Failed"})) return std::string(phase);
  const auto conditions = status->find("conditions");
  if (kind != "Job" || conditions == status->end()) return {};
  for (const Tree& condition : *conditions)
    if (const std::string_view type = text_or_none(condition, "type");
        is_one_of(type, {"Complete", "Failed"}) && text_or_none(condition, "status") == "True")
      return std::string(type);
  return {};
}

/// Reads the members of one object; `place_` is that object, for errors.
class WorkloadReader {
 public:
  WorkloadReader(const std::string& file, const std::string& name_space)
      : file_(file), name_space_(name_space) {}

  Workloads take_workloads() {
    join_references(referring_, workloads_);
    return std::move(workloads_);
  }

  // An item of a typed List may leave its kind and version to the List.
  void read_object(const Tree& object, const std::string& default_kind = {},
                   const std::string& default_version = {}) {
    if (!object.is_object()) throw Error(file_, "a value that is no Kubernetes object");
    place_ = file_;
    const std::string kind = object.contains("kind") ? text_in(object, "kind") : default_kind;
    if (kind.empty()) throw Error(file_, "an object without a kind, which is none of Kubernetes'");
    const std::string version =
        object.contains("apiVersion") ? text_in(object, "apiVersion") : default_version;
    if (is_list(object, kind)) return read_list(object, kind.substr(0, kind.size() - 4), version);
    const auto [group, version_of_group] = split_version(version);
    if (const PodPlace* place = pod_place(group, version_of_group, kind))
      read_workload(object, kind, group, *place);
    else if (group.empty() && kind == "ServiceAccount")
      read_account(object);
    else if (group.empty() && kind == "Secret")
      read_secret(object);
    else
      read_other(object, kind, group);
  }

 private:
  struct Name {
    std::string name_space, name;
    bool is_made = false;
  };

  void read_list(const Tree& list, const std::string& kind, const std::string& version) {
    for (const Tree& item : array_in(list, "items"))
      read_object(item, kind, kind.empty() ? "" : version);
  }

  Name name_of(const Tree& object) {
    const Tree& metadata = object_in(object, "metadata");
    Name found{loose_text(metadata, "namespace"), loose_text(metadata, "name"),
               metadata.is_object() && metadata.contains("uid")};
    if (found.name_space.empty()) found.name_space = name_space_;
    if (found.name.empty()) found.name = loose_text(metadata, "generateName");
    note_unfilled(found.name_space);
    return found;
  }

  void note_unfilled(const std::string& name_space) {
    const TemplateMark* mark =
        is_namespace(name_space) ? nullptr : find_template_mark_in_name(name_space);
    if (mark == nullptr || !unfilled_namespaces_.insert(name_space).second) return;
    workloads_.warnings.emplace_back(file_,
                                     in_words("the namespace " + printable(name_space, 100), *mark),
                                     std::string(mark->way.images));
  }

  void pass_over_unknown(const Tree& object, std::string_view kind, std::string_view group) {
    const bool has_images = may_have_pods(group, kind) && holds_images(object);
    pass_over(object, kind, group,
              {.has_images = has_images,
               .why = has_images && is_own_group(group) ? "Kubernetes has no such kind" : ""});
  }

  void read_other(const Tree& object, const std::string& kind, std::string_view group) {
    if (const SecretMaker* maker = secret_maker(group, kind)) read_maker(object, *maker);
    pass_over_unknown(object, kind, group);
  }

  // What is not as it should be says nothing.
  void read_maker(const Tree& object, const SecretMaker& maker) {
    const Name own = name_of(object);
    std::vector<std::string> names;
    try {
      if (!maker.names.empty())
        each_at(object, maker.names,
                [&](const Tree& name) { names.push_back(text(name, last_member(maker.names))); });
    } catch (const Error&) {
      names.clear();
    }
    std::erase(names, "");
    if (names.empty()) names.push_back(own.name);
    const Pod named{
        .kind = std::string(maker.kind), .name_space = own.name_space, .name = own.name};
    for (std::string& name : names)
      workloads_.to_come.push_back({own.name_space, std::move(name), named.in_words()});
  }

  void pass_over(const Tree& object, std::string_view kind, std::string_view group,
                 PassedOver passed) {
    const Name name = passed.has_images ? name_of(object) : Name{};
    PassedOver named =
        passed_over_of({.name_space = name.name_space, .name = name.name}, kind, group);
    named.has_images = passed.has_images;
    named.is_part = passed.is_part;
    named.why = std::move(passed.why);
    workloads_.passed_over.push_back(std::move(named));
  }

  static PassedOver passed_over_of(Pod named, std::string_view kind, std::string_view group) {
    named.kind = fmt::format("{}{}{}", kind, group.empty() ? "" : ".", group);
    return {.kind = named.kind, .name_space = named.name_space, .in_words = named.in_words()};
  }

  void read_account(const Tree& object) {
    constexpr std::string_view pull_secrets = "imagePullSecrets";
    auto [name_space, name, is_made] = name_of(object);
    place_ = printable("ServiceAccount " + name, 300);
    if (const auto fault = metadata_fault(member(object, "metadata"))) {
      workloads_.warnings.emplace_back(place_ + ": the API server refuses it", fault->message(),
                                       fault->hint());
      return;
    }
    ServiceAccount account{std::move(name_space), std::move(name), {}};
    find_misplaced(object, {}, {pull_secrets}, account.misplaced);
    account.pull_secrets =
        secret_names(member(object, pull_secrets), std::string(pull_secrets), account.malformed);
    if (const Tree& mounted = member(object, "secrets"); mounted.is_array())
      for (const Tree& secret : mounted)
        if (secret.is_object() && member(secret, "name").is_string())
          account.mounted.push_back(text_in(secret, "name"));
    workloads_.accounts.push_back(std::move(account));
  }

  // Its data is for read_manifests().
  void read_secret(const Tree& object) {
    auto [name_space, name, is_made] = name_of(object);
    workloads_.secrets.push_back({std::move(name_space), std::move(name), is_made});
  }

  void read_workload(const Tree& object, const std::string& kind, std::string_view group,
                     const PodPlace& place) {
    Pod named{.kind = kind};
    place_ = named.in_words();
    unknown_images_.clear();
    std::vector<Pod> pods;
    try {
      pods = read_pods(object, group, place, named);
    } catch (const Error& error) {
      named.refusal = error;
      pods = {named};
    }
    const bool is_own = is_own_group(group), is_refused = !pods.empty() && pods.front().refusal;
    const std::size_t first_pod = workloads_.pods.size();
    std::unordered_set<std::string> known;
    for (Pod& pod : pods) {
      if (is_own && kind != "DeploymentConfig" && pod.images.empty() && !pod.refusal)
        pod.refusal = Error(pod.in_words(), "it has no containers, and a Pod has to have one");
      // Whoever runs what others make says what is put there.
      if (!is_own)
        for (const std::string& image : pod.images)
          if (has_parameter(image))
            unknown_images_.push_back(printable(image, 100) + " has a parameter in it");
      if (!is_own) std::erase_if(pod.images, has_parameter);
      for (const std::string& image : pod.images)
        if (pod.end.empty()) add_image(image, is_pulled(pod, image));
      known.insert(pod.images.begin(), pod.images.end());
      workloads_.pods.push_back(std::move(pod));
    }
    if (may_refer(group))
      referring_.push_back({.kind = kind,
                            .name = named.name,
                            .passed_over = passed_over_of(named, kind, group),
                            .first_pod = first_pod,
                            .end_pod = workloads_.pods.size(),
                            .references = references_in(object)});
    if (!unknown_images_.empty() || (!is_own && !is_refused && holds_images(object, known)))
      pass_over(object, kind, group,
                {.has_images = true,
                 .is_part = !known.empty(),
                 .why = unknown_images_.empty() ? "" : unknown_images_.front()});
  }

  // `named` gets the object's name first, for whoever it is that cannot be read.
  std::vector<Pod> read_pods(const Tree& object, std::string_view group, const PodPlace& place,
                             Pod& named) {
    auto [name_space, name, is_made] = name_of(object);
    named.name_space = std::move(name_space);
    named.name = std::move(name);
    named.is_made = is_made && named.kind == "Pod";
    if (is_made && is_own_group(group)) named.end = end_of(object, named.kind);
    place_ = named.in_words();
    if (!is_made) {
      refuse_if(metadata_fault(member(object, "metadata")));
      if (is_own_group(group)) check_template(object, place.path);
    }
    const std::vector<std::string> misplaced = misplaced_in(object, place);
    const std::vector<ImageTrigger> triggers = image_triggers(object, named.kind);
    std::vector<Pod> pods;
    std::size_t position = 0;
    each_at(object, place.path, [&](const Tree& spec) {
      if (!spec.is_object() && !spec.is_null()) throw must_be("spec", "an object", spec);
      Pod pod = named;
      put_at(place, position++, misplaced, pod);
      read_pod(spec, *place.shape, is_own_group(group), triggers, pod);
      add_parts(spec, *place.shape, std::move(pod), pods);
    });
    return pods;
  }

  void refuse_if(const std::optional<Error>& fault) const {
    if (fault) throw Error(place_, fault->message(), fault->hint());
  }

  // `metadata` beside the Pod's `spec`, as it has its labels.
  void check_template(const Tree& object, std::string_view spec_path) const {
    if (spec_path == "spec") return;
    each_at(object, fmt::format("{}.metadata", holder_of(spec_path)),
            [this](const Tree& metadata) { refuse_if(metadata_fault(metadata)); });
  }

  // What people write as another type than the API server takes.
  void check_container(const Tree& container) const {
    for (const std::string_view path : {"env[].name", "env[].value", "command[]", "args[]"})
      each_at(container, path, [&](const Tree& value) { text(value, path); });
  }

  // `all` is what the parts have in common, and has their images. Those that have the same Secrets
  // and ServiceAccount are one Pod.
  void add_parts(const Tree& spec, const PodShape& shape, Pod all, std::vector<Pod>& pods) const {
    if (shape.parts.empty()) return pods.push_back(std::move(all));
    std::vector<Pod> parts;
    for (const std::string_view list : shape.parts)
      each_at(spec, list, [&](const Tree& part) {
        Pod pod = all;
        pod.images.clear();
        for (const std::string_view path : shape.images)
          if (path.starts_with(list)) add_images(part, path.substr(list.size() + 1), pod.images);
        if (pod.images.empty()) return;
        read_part(spec, part, shape, pod);
        const auto same = std::find_if(parts.begin(), parts.end(), [&](const Pod& known) {
          return known.account == pod.account && known.pull_secrets == pod.pull_secrets;
        });
        if (same == parts.end()) return parts.push_back(std::move(pod));
        same->images.insert(same->images.end(), pod.images.begin(), pod.images.end());
      });
    if (parts.empty()) parts.push_back(std::move(all));
    for (Pod& pod : parts) {
      pod.images = without_repeats(std::move(pod.images));
      pods.push_back(std::move(pod));
    }
  }

  void add_images(const Tree& value, std::string_view path,
                  std::vector<std::string>& images) const {
    each_at(value, path, [&](const Tree& image) {
      if (std::string name = text(image, last_member(path)); !name.empty())
        images.push_back(std::move(name));
    });
  }

  void read_part(const Tree& spec, const Tree& part, const PodShape& shape, Pod& pod) const {
    if (!shape.part_account.empty())
      if (std::string own = text_in(part, shape.part_account); !own.empty())
        pod.account = std::move(own);
    if (!shape.part_settings) return;
    const PartSettings& settings = *shape.part_settings;
    std::size_t position = 0;
    each_at(spec, settings.list, [&](const Tree& item) {
      const std::string place =
          fmt::format("{}.{}[{}]", pod.spec_place, settings.list.substr(0, settings.list.find('[')),
                      position++);
      if (text_in(item, settings.name) != text_in(part, "name")) return;
      if (std::string own = text_in(item, settings.account); !own.empty())
        pod.account = std::move(own);
      each_at(item, settings.pull_secrets, [&](const Tree& names) {
        std::vector<std::string> own =
            secret_names(names, joined_place(place, settings.pull_secrets), pod.malformed);
        if (!own.empty()) pod.pull_secrets = std::move(own);
      });
    });
  }

  // Of several Pods of one object each has what is misplaced in its own item, or outside of all.
  static void put_at(const PodPlace& place, std::size_t position,
                     const std::vector<std::string>& misplaced, Pod& pod) {
    const std::size_t bracket = place.path.find("[]");
    const std::string_view items = place.path.substr(0, bracket);
    pod.spec_place = place.path;
    if (bracket != std::string_view::npos)
      pod.spec_place.replace(bracket, 2, fmt::format("[{}]", position));
    const PodShape& shape = *place.shape;
    pod.secrets_place = shape.pull_secrets.empty()
                            ? std::string(shape.runner_has_pull_secrets)
                            : joined_place(pod.spec_place, shape.pull_secrets.front());
    std::copy_if(misplaced.begin(), misplaced.end(), std::back_inserter(pod.misplaced),
                 [&](const std::string& path) {
                   return bracket == std::string_view::npos ||
                          !path.starts_with(fmt::format("{}[", items)) ||
                          path.starts_with(fmt::format("{}[{}]", items, position));
                 });
  }

  // Where another's kind has no image, OpenShift's included, whoever makes the Pod may put one
  // there.
  void read_pod(const Tree& spec, const PodShape& shape, bool is_own,
                const std::vector<ImageTrigger>& triggers, Pod& pod) {
    const bool needs_images = is_own && pod.kind != "DeploymentConfig";
    std::unordered_set<std::string> pulled;
    for (const std::string_view path : shape.images) {
      const std::string_view holder = holder_of(path), image = last_member(path);
      const std::string_view list = path.substr(0, path.find('['));
      std::size_t position = 0;
      each_at(spec, holder, [&](const Tree& container) {
        if (!holder.ends_with("[]") && !container.is_object() && !container.is_null())
          throw must_be(last_member(holder), "an object", container);
        std::string name = text_in(container, image);
        const std::size_t here = position++;
        if (const ImageTrigger* trigger =
                trigger_for(container, list == "containers" ? here : no_position, triggers);
            trigger != nullptr && name.find('@') == std::string::npos)
          return unknown_images_.push_back(
              fmt::format("the image of {}[{}] is what its trigger puts there, from {}", list, here,
                          printable(trigger->source, 100)));
        if (needs_images && list.ends_with("ontainers")) {
          if (name.empty()) throw Error(place_, fmt::format("{}[{}] has no \"image\"", list, here));
          check_container(container);
        }
        if (name.empty()) return;
        if (member(container, image == "image" ? "imagePullPolicy" : "pullPolicy") != "Never")
          pulled.insert(name);
        pod.images.push_back(std::move(name));
      });
    }
    pod.images = without_repeats(std::move(pod.images));
    std::copy_if(pod.images.begin(), pod.images.end(), std::back_inserter(pod.never_pulled),
                 [&](const std::string& name) { return !pulled.contains(name); });
    for (const std::string_view path : shape.pull_secrets)
      if (pod.pull_secrets.empty())
        each_at(spec, path, [&](const Tree& list) {
          pod.pull_secrets = secret_names(list, joined_place(pod.spec_place, path), pod.malformed);
        });
    for (const std::string_view path : shape.accounts)
      if (pod.account.empty())
        each_at(spec, path, [&](const Tree& name) { pod.account = text(name, last_member(path)); });
    if (!pod.account.empty() && find_template_mark_in_name(pod.account) == nullptr)
      with_place(place_, [&] { check_object_name(pod.account); });
  }

  // A trigger's position is one of `containers`.
  static constexpr std::size_t no_position = std::string::npos;

  const ImageTrigger* trigger_for(const Tree& container, std::size_t position,
                                  const std::vector<ImageTrigger>& triggers) const {
    if (triggers.empty() || !container.is_object()) return nullptr;
    const Tree& name = member(container, "name");
    return trigger_of(triggers, name.is_string() ? name.get_ref<const std::string&>() : "",
                      position);
  }

  // What looks like imagePullSecrets and stands where nobody reads it.
  static std::vector<std::string> misplaced_in(const Tree& object, const PodPlace& place) {
    std::vector<std::string> read, found;
    for (const std::string_view path : place.shape->pull_secrets)
      read.push_back(joined_place(std::string(place.path), path));
    if (const auto& apart = place.shape->part_settings)
      read.push_back(fmt::format("{}.{}.{}", place.path, apart->list, apart->pull_secrets));
    find_misplaced(object, {}, {read.begin(), read.end()}, found);
    return found;
  }

  struct Place {
    std::string path;     // `containers[0]`
    std::string pattern;  // `containers[]`
  };

  static void find_misplaced(const Tree& value, const Place& place,
                             const std::vector<std::string_view>& read,
                             std::vector<std::string>& found) {
    if (value.is_array())
      for (std::size_t i = 0; i < value.size(); ++i)
        find_misplaced(value[i], {fmt::format("{}[{}]", place.path, i), place.pattern + "[]"}, read,
                       found);
    if (!value.is_object()) return;
    for (const auto& [name, member] : value.items()) {
      const Place here{joined_place(place.path, name), joined_place(place.pattern, name)};
      if (!is_like_pull_secrets(name))
        find_misplaced(member, here, read, found);
      else if (!member.is_null() && std::find(read.begin(), read.end(), here.pattern) == read.end())
        found.push_back(here.path);
    }
  }

  static Malformed malformed(std::string path, const Tree& value) {
    if (!value.is_string()) return {std::move(path), std::string(type_in_words(value))};
    const auto& text = value.get_ref<const std::string&>();
    const TemplateMark* mark = find_template_mark_in_name(text);
    return {.path = std::move(path),
            .found = "the text " + printable(text, 100),
            .hint = is_printed_map(text) ? std::string(way_to_print_list)
                    : mark != nullptr    ? std::string(mark->way.images)
                                         : ""};
  }

  // Of a list that is at `path` the names, which may be empty.
  std::vector<std::string> secret_names(const Tree& list, const std::string& path,
                                        std::vector<Malformed>& others) const {
    std::vector<std::string> names;
    if (!list.is_array() && !list.is_null()) others.push_back(malformed(path, list));
    if (!list.is_array()) return {};
    for (std::size_t i = 0; i < list.size(); ++i) {
      const Tree& item = list[i];
      const std::string here = fmt::format("{}[{}]", path, i);
      if (!item.is_object() && !item.is_null()) {
        others.push_back(malformed(here, item));
      } else if (const Tree& name = member(item, "name"); !name.is_string() && !name.is_null()) {
        others.push_back({here, fmt::format("an object whose name is {}", type_in_words(name))});
      } else {
        names.push_back(text(name, "name"));
        if (name.is_null() && !item.empty())
          others.push_back({here, printable(item.begin().key(), 100), true});
      }
    }
    return names;
  }

  // The kubelet looks at its name before it looks whether to pull it.
  void add_image(const std::string& name, bool is_pulled) {
    if (known_images_.contains(name)) return;
    if (known_images_.size() >= max_workload_images)
      throw Error(file_, fmt::format("more than {} images", max_workload_images),
                  "give the manifests in parts");
    try {
      WorkloadImage image{name, with_place(place_, [&] { return parse_image(name); })};
      if (!is_pulled) return;
      workloads_.images.push_back(std::move(image));
    } catch (const Error& error) {
      const TemplateMark* mark = find_template_mark_in_name(name);
      workloads_.invalid_images.push_back(
          {name, mark == nullptr ? error
                                 : Error(place_, in_words("the image's name", *mark),
                                         std::string(mark->way.images))});
    }
    known_images_.insert(name);
  }

  // ---- Members, absent or null being empty

  Error must_be(std::string_view name, std::string_view what, const Tree& value) const {
    return {place_, fmt::format("\"{}\" must be {}, and is {}", name, what, type_in_words(value)),
            value.is_primitive() && what == "a string" ? "write it in quotes" : ""};
  }

  const Tree& member(const Tree& object, std::string_view name) const {
    static const Tree absent;
    if (!object.is_object() && !object.is_null())
      throw Error(place_, fmt::format("what should have \"{}\" is {}, and no object", name,
                                      type_in_words(object)));
    const auto found = object.find(name);
    return found == object.end() ? absent : *found;
  }

  const Tree& object_in(const Tree& object, std::string_view name) const {
    const Tree& value = member(object, name);
    if (!value.is_object() && !value.is_null()) throw must_be(name, "an object", value);
    return value;
  }

  const Tree& array_in(const Tree& object, std::string_view name) const {
    static const Tree none = Tree::array();
    const Tree& value = member(object, name);
    if (value.is_null()) return none;
    if (!value.is_array()) throw must_be(name, "an array", value);
    return value;
  }

  std::string text(const Tree& value, std::string_view name) const {
    if (value.is_null()) return {};
    if (!value.is_string()) throw must_be(name, "a string", value);
    return value.get<std::string>();
  }

  std::string text_in(const Tree& object, std::string_view name) const {
    return text(member(object, name), name);
  }

  // Each value at a path such as `containers[].image`.
  void each_at(const Tree& value, std::string_view path,
               const std::function<void(const Tree&)>& use) const {
    if (path.empty()) return use(value);
    const std::size_t dot = std::min(path.find('.'), path.size());
    std::string_view name = path.substr(0, dot);
    const std::string_view rest = path.substr(std::min(dot + 1, path.size()));
    if (name.ends_with("[]")) {
      name.remove_suffix(2);
      for (const Tree& item : array_in(value, name))
        each_at(item, rest, use);
    } else {
      each_at(rest.empty() ? member(value, name) : object_in(value, name), rest, use);
    }
  }

  const std::string &file_, &name_space_;
  std::string place_;
  std::unordered_set<std::string> known_images_, unfilled_namespaces_;
  std::vector<ReferringObject> referring_;
  std::vector<std::string> unknown_images_;  // of the object that is read: why they are not known
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

bool is_pulled(const Pod& pod, const std::string& image) {
  return pod.end.empty() && std::find(pod.never_pulled.begin(), pod.never_pulled.end(), image) ==
                                pod.never_pulled.end();
}

bool is_any_pulled(const Pod& pod) {
  return std::any_of(pod.images.begin(), pod.images.end(),
                     [&](const std::string& image) { return is_pulled(pod, image); });
}

std::string Pod::in_words() const {
  const std::string named =
      fmt::format("{} {}{}{}", kind, name_space, name_space.empty() ? "" : "/", name);
  return printable(trim(named), 300);
}

Workloads read_workloads(const Documents& documents, const std::string& name_space) {
  WorkloadReader reader(documents.file, name_space);
  for (const Document& document : documents.values)
    if (!document.tree.is_null()) reader.read_object(document.tree);
  return reader.take_workloads();
}

bool is_printed_map(std::string_view name) {
  return name.starts_with("map[");
}

}  // namespace pullsecret
