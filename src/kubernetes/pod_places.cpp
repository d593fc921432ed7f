#include "kubernetes/pod_places.h"

#include <algorithm>

#include "system/text.h"

namespace pullsecret {
namespace {

const PodShape& pod_spec() {
  static const PodShape shape{{"initContainers[].image", "containers[].image",
                               "ephemeralContainers[].image", "volumes[].image.reference"},
                              {"imagePullSecrets"},
                              {"serviceAccountName", "serviceAccount"}};
  return shape;
}

// Argo Workflows: all Pods of a workflow have its Secrets, and its ServiceAccount if their template
// has none.
const PodShape& workflow() {
  static const PodShape shape{{"templates[].initContainers[].image", "templates[].container.image",
                               "templates[].containerSet.containers[].image",
                               "templates[].script.image", "templates[].sidecars[].image"},
                              {"imagePullSecrets"},
                              {"templateDefaults.serviceAccountName", "serviceAccountName"},
                              {},
                              {"templates[]"},
                              "serviceAccountName"};
  return shape;
}

// Tekton: who runs a Task or a Pipeline gives its Pods Secrets and a ServiceAccount.
const PodShape& task() {
  static const PodShape shape{{"stepTemplate.image", "steps[].image", "sidecars[].image"},
                              {},
                              {},
                              "spec.podTemplate.imagePullSecrets of the TaskRun"};
  return shape;
}

const PodShape& task_run() {
  static const PodShape shape{
      {"taskSpec.stepTemplate.image", "taskSpec.steps[].image", "taskSpec.sidecars[].image"},
      {"podTemplate.imagePullSecrets"},
      {"serviceAccountName"}};
  return shape;
}

const PodShape& pipeline() {
  static const PodShape shape{
      {"tasks[].taskSpec.steps[].image", "tasks[].taskSpec.sidecars[].image",
       "finally[].taskSpec.steps[].image"},
      {},
      {},
      "spec.taskRunTemplate.podTemplate.imagePullSecrets of the PipelineRun"};
  return shape;
}

std::vector<std::string_view> images_of_pipeline_run() {
  return {"pipelineSpec.tasks[].taskSpec.steps[].image",
          "pipelineSpec.tasks[].taskSpec.sidecars[].image",
          "pipelineSpec.finally[].taskSpec.steps[].image"};
}

const PodShape& pipeline_run() {
  static const PodShape shape{images_of_pipeline_run(),
                              {"taskRunTemplate.podTemplate.imagePullSecrets"},
                              {"taskRunTemplate.serviceAccountName"},
                              {},
                              {"pipelineSpec.tasks[]", "pipelineSpec.finally[]"},
                              {},
                              PartSettings{"taskRunSpecs[]", "pipelineTaskName",
                                           "podTemplate.imagePullSecrets", "serviceAccountName"}};
  return shape;
}

// Of v1beta1 and before.
const PodShape& old_pipeline_run() {
  static const PodShape shape{
      images_of_pipeline_run(),
      {"podTemplate.imagePullSecrets"},
      {"serviceAccountName"},
      {},
      {"pipelineSpec.tasks[]", "pipelineSpec.finally[]"},
      {},
      PartSettings{"taskRunSpecs[]", "pipelineTaskName", "taskPodTemplate.imagePullSecrets",
                   "taskServiceAccountName"}};
  return shape;
}

const std::vector<PodPlace>& others_places() {
  static const std::vector<PodPlace> places{
      {"argoproj.io", "Rollout", "spec.template.spec", &pod_spec()},
      {"argoproj.io", "Workflow", "spec", &workflow()},
      {"argoproj.io", "WorkflowTemplate", "spec", &workflow()},
      {"argoproj.io", "ClusterWorkflowTemplate", "spec", &workflow()},
      {"argoproj.io", "CronWorkflow", "spec.workflowSpec", &workflow()},
      {"serving.knative.dev", "Service", "spec.template.spec", &pod_spec()},
      {"serving.knative.dev", "Configuration", "spec.template.spec", &pod_spec()},
      {"serving.knative.dev", "Revision", "spec", &pod_spec()},
      {"apps.openshift.io", "DeploymentConfig", "spec.template.spec", &pod_spec()},
      {"tekton.dev", "Task", "spec", &task()},
      {"tekton.dev", "ClusterTask", "spec", &task()},
      {"tekton.dev", "TaskRun", "spec", &task_run()},
      {"tekton.dev", "Pipeline", "spec", &pipeline()},
      {"tekton.dev", "PipelineRun", "spec", &pipeline_run(), "v1"},
      {"tekton.dev", "PipelineRun", "spec", &old_pipeline_run()},
      {"batch.volcano.sh", "Job", "spec.tasks[].template.spec", &pod_spec()},
      {"jobset.x-k8s.io", "JobSet", "spec.replicatedJobs[].template.spec.template.spec",
       &pod_spec()},
      {"apps.kruise.io", "CloneSet", "spec.template.spec", &pod_spec()},
      {"apps.kruise.io", "StatefulSet", "spec.template.spec", &pod_spec()},
      {"apps.kruise.io", "DaemonSet", "spec.template.spec", &pod_spec()},
  };
  return places;
}

const std::vector<PodPlace>& own_places() {
  static const std::vector<PodPlace> places{
      {"", "Pod", "spec", &pod_spec()},
      {"", "PodTemplate", "template.spec", &pod_spec()},
      {"", "Deployment", "spec.template.spec", &pod_spec()},
      {"", "ReplicaSet", "spec.template.spec", &pod_spec()},
      {"", "ReplicationController", "spec.template.spec", &pod_spec()},
      {"", "StatefulSet", "spec.template.spec", &pod_spec()},
      {"", "DaemonSet", "spec.template.spec", &pod_spec()},
      {"", "Job", "spec.template.spec", &pod_spec()},
      {"", "CronJob", "spec.jobTemplate.spec.template.spec", &pod_spec()},
      {"", "DeploymentConfig", "spec.template.spec", &pod_spec()},  // OpenShift's, of before 3.7
  };
  return places;
}

// A SealedSecret's Secret has its name, whatever the template says (sealed-secrets,
// sealedsecret_expansion.go: Unseal).
const std::vector<SecretMaker>& secret_makers() {
  static const std::vector<SecretMaker> makers{
      {"external-secrets.io", "ExternalSecret", "spec.target.name"},
      {"external-secrets.io", "ClusterExternalSecret", "spec.externalSecretSpec.target.name"},
      {"bitnami.com", "SealedSecret"},
      {"secrets-store.csi.x-k8s.io", "SecretProviderClass", "spec.secretObjects[].secretName"},
      {"secrets.hashicorp.com", "VaultStaticSecret", "spec.destination.name"},
      {"secrets.hashicorp.com", "VaultDynamicSecret", "spec.destination.name"},
      {"onepassword.com", "OnePasswordItem"},
      {"isindir.github.com", "SopsSecret", "spec.secretTemplates[].name"},
      {"secrets.doppler.com", "DopplerSecret", "spec.managedSecret.name"},
      {"secrets.infisical.com", "InfisicalSecret", "spec.managedSecretReference.secretName"},
      {"k8s.bitwarden.com", "BitwardenSecret", "spec.secretName"},
      {"ricoberger.de", "VaultSecret"},
  };
  return makers;
}

}  // namespace

bool is_own_group(std::string_view group) {
  return is_one_of(group, {"", "apps", "batch", "extensions"});
}

const PodPlace* pod_place(std::string_view group, std::string_view version, std::string_view kind) {
  const bool is_own = is_own_group(group);
  const auto& places = is_own ? own_places() : others_places();
  const auto place = std::find_if(places.begin(), places.end(), [&](const PodPlace& known) {
    return known.kind == kind && (is_own || known.group == group) &&
           (known.version.empty() || known.version == version);
  });
  return place == places.end() ? nullptr : &*place;
}

const SecretMaker* secret_maker(std::string_view group, std::string_view kind) {
  const auto& makers = secret_makers();
  const auto maker = std::find_if(makers.begin(), makers.end(), [&](const SecretMaker& known) {
    return known.group == group && known.kind == kind;
  });
  return maker == makers.end() ? nullptr : &*maker;
}

bool is_own_kind(std::string_view group, std::string_view kind) {
  return is_own_group(group) &&
         (pod_place(group, "", kind) != nullptr || is_one_of(kind, {"Binding",
                                                                    "ComponentStatus",
                                                                    "ConfigMap",
                                                                    "ControllerRevision",
                                                                    "Endpoints",
                                                                    "Event",
                                                                    "Ingress",
                                                                    "LimitRange",
                                                                    "Namespace",
                                                                    "NetworkPolicy",
                                                                    "Node",
                                                                    "PersistentVolume",
                                                                    "PersistentVolumeClaim",
                                                                    "PodSecurityPolicy",
                                                                    "ResourceQuota",
                                                                    "Scale",
                                                                    "Secret",
                                                                    "Service",
                                                                    "ServiceAccount",
                                                                    "Status"}));
}

bool may_have_pods(std::string_view group, std::string_view kind) {
  if (is_own_group(group)) return !is_own_kind(group, kind);
  constexpr std::string_view suffix = ".k8s.io";
  if (!group.ends_with(suffix)) return !is_one_of(group, {"policy", "autoscaling"});
  group.remove_suffix(suffix.size());
  return !is_one_of(group, {"admissionregistration",
                            "apiextensions",
                            "apiregistration",
                            "authentication",
                            "authorization",
                            "certificates",
                            "coordination",
                            "discovery",
                            "events",
                            "flowcontrol.apiserver",
                            "gateway.networking",
                            "imagepolicy",
                            "metrics",
                            "networking",
                            "node",
                            "rbac.authorization",
                            "resource",
                            "scheduling",
                            "snapshot.storage",
                            "storage"});
}

}  // namespace pullsecret
