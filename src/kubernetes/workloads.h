#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kubernetes/documents.h"
#include "kubernetes/image.h"
#include "system/error.h"

namespace pullsecret {

/// The most images of one source. A cluster has some hundreds; each is compared with each registry
/// key, and may be asked for.
inline constexpr std::size_t max_workload_images = 2'000;

/// An image that a manifest names.
struct WorkloadImage {
  std::string name;  ///< as spelled there
  Image image;
};

/// The images themselves, in their order.
std::vector<Image> images_of(const std::vector<WorkloadImage>& named);

/// What a Pod names where the kubelet would say InvalidImageName.
struct InvalidImage {
  std::string name;
  Error reason;  ///< its place is who names it
};

/// What stands at the place of `imagePullSecrets`, or of one of its items, and has another form.
struct Malformed {
  std::string path;   ///< `spec.imagePullSecrets[0]`
  std::string found;  ///< what is there, printable: "the text regcred"; or a field, `secretName`
  bool is_dropped = false;  ///< an item with that field and no name; else the API server refuses it
  std::string hint = {};    ///< of a template
};

/// A Pod that manifests make, or that is there.
struct Pod {
  std::string kind = {};        ///< of the object that makes it: `Deployment`
  std::string name_space = {};  ///< empty where the manifest has none
  std::string name = {};        ///< of that object, or `generateName`
  std::string spec_place = {};  ///< where in it the Pod is: `spec.template.spec`
  /// Where it has its pull Secrets: `spec.template.spec.imagePullSecrets`. Where who runs it has
  /// them, that says whose place it is.
  std::string secrets_place = {};
  bool is_made = false;      ///< it is a cluster's: its ServiceAccount adds nothing any more
  std::string account = {};  ///< the ServiceAccount that it names; empty: `default`
  std::vector<std::string> pull_secrets = {};  ///< that it names itself; empty ones count, too
  /// Where else the object has `imagePullSecrets`, or what is meant to be it, which nobody reads:
  /// `spec.template.imagePullSecrets`, `spec.containers[0].imagePullSecrets`.
  std::vector<std::string> misplaced = {};
  std::vector<Malformed> malformed = {};
  std::vector<std::string> images = {};  ///< each name once
  /// Of these the ones that the kubelet never pulls: each of its containers says so.
  std::vector<std::string> never_pulled = {};
  /// Nothing is pulled for it any more: `Succeeded`, `Failed`; `Complete` of a Job.
  std::string end = {};
  /// Why the API server takes no such object, with the Pod as its place; it then has no images.
  std::optional<Error> refusal = std::nullopt;

  /// `Deployment team/web`, printable.
  std::string in_words() const;
};

/// Whether the kubelet pulls `image`, one of the Pod's.
bool is_pulled(const Pod& pod, const std::string& image);

/// Whether it pulls one of its images.
bool is_any_pulled(const Pod& pod);

struct ServiceAccount {
  std::string name_space;
  std::string name;
  std::vector<std::string> pull_secrets;    ///< those of its `imagePullSecrets`
  std::vector<std::string> misplaced = {};  ///< as Pod has it
  std::vector<Malformed> malformed = {};
  std::vector<std::string> mounted = {};  ///< those of its `secrets`, which pull nothing
};

/// A Secret of any type.
struct SecretName {
  std::string name_space;
  std::string name;
  bool is_made = false;  ///< a cluster has it
};

/// A Secret that something in the cluster makes of an object, such as an ExternalSecret.
struct SecretToCome {
  std::string name_space;
  std::string name;
  std::string maker;  ///< `ExternalSecret team/regcred`, printable
};

/// An object of a kind that makes no Pod, as far as is known, or of which a part is not known.
struct PassedOver {
  std::string kind = {};  ///< with its group, as kubectl has it: `Job.batch.volcano.sh`
  std::string name_space = {};
  std::string in_words = {};  ///< `Job.batch.volcano.sh team/train`, printable
  bool has_images = false;    ///< which are not known
  bool is_part = false;       ///< others of its images are
  std::string why = {};       ///< whose the images are, or what else is odd; may be empty
};

/// What manifests say of Pods and of what these need to be pulled. An empty namespace is left open.
struct Workloads {
  std::vector<WorkloadImage> images;         ///< each name once, in the order of the manifests
  std::vector<InvalidImage> invalid_images;  ///< the same
  std::vector<Pod> pods;
  std::vector<ServiceAccount> accounts;
  std::vector<SecretName> secrets;
  std::vector<SecretToCome> to_come;
  std::vector<PassedOver> passed_over;  ///< every other object
  /// Namespaces that are templates, each once, and ServiceAccounts that the API server refuses,
  /// which are not there; the place is who has it.
  std::vector<Error> warnings;
};

/// Reads Pod, PodTemplate, Deployment, ReplicaSet, ReplicationController, StatefulSet, DaemonSet,
/// Job, CronJob of Kubernetes' own API groups, the kinds of others that have Pods at known places
/// (such as Argo's, Knative's, OpenShift's and Tekton's), ServiceAccounts, and Lists of them, as
/// JSON or YAML with one document or several: the images of containers, initContainers,
/// ephemeralContainers and image volumes (`volumes[].image.reference`), and the names of Secrets.
///
/// An image with a parameter of Argo or Tekton in it, `$(params.image)`, and one that OpenShift
/// puts there (image_triggers.h), is known to nobody yet: its object stands among what is passed
/// over, too. So does one with images at other places. Images that are never pulled are not among
/// `images`.
///
/// A Run of Tekton's or a Workflow that names others has their images (pod_references.h).
///
/// Where what makes a Pod has a field of another type than Kubernetes has for it, a name or a label
/// that is none, no container, or a container of Kubernetes' own groups has no image, that is the
/// Pod's refusal. Throws Error for such a field
/// elsewhere, for more than max_workload_images, and for what is no Kubernetes object. `name_space`
/// is that of objects that leave it open. Plain scalars of YAML should be typed.
Workloads read_workloads(const Documents& documents, const std::string& name_space = {});

/// Whether a pull Secret's name is a map as a template prints it, `map[name:regcred]`: no Secret
/// can have it.
bool is_printed_map(std::string_view name);

/// A hint about one.
inline constexpr std::string_view way_to_print_list =
    "print the list with toYaml, or the .name of its items";

}  // namespace pullsecret
