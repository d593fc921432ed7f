#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "credential/json_syntax.h"
#include "kubernetes/image.h"

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

/// A Secret that a Pod of the manifests names in `imagePullSecrets`.
struct PullSecretName {
  std::string name;
  std::string name_space;  ///< empty where the manifest has none
  std::string place;       ///< who names it, such as `Deployment team/web`, printable

  bool operator==(const PullSecretName&) const = default;
};

/// What the Pods that manifests make need to be pulled.
struct Workloads {
  std::vector<WorkloadImage> images;         ///< each name once, in the order of the manifests
  std::vector<PullSecretName> pull_secrets;  ///< each once for who names it
  std::vector<std::string> passed_over;      ///< the kinds of what makes no Pod, in their order
};

/// Reads Pod, PodTemplate, Deployment, ReplicaSet, ReplicationController, StatefulSet, DaemonSet,
/// Job, CronJob of Kubernetes' own API groups, and Lists of them, as JSON or YAML with one document
/// or several: the images of containers, initContainers, ephemeralContainers and image volumes
/// (`volumes[].image.reference`).
///
/// Throws Error for what read_documents() refuses, for more than max_workload_images, for what is
/// no Kubernetes object, and, with who names it as its place, for an image that the kubelet refuses
/// and for a field of another type than Kubernetes has for it.
Workloads read_workloads(const JsonText& source);

}  // namespace pullsecret
