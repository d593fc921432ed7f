#include "kubernetes/workloads.h"

#include <fmt/format.h>

#include "catch.h"
#include "support.h"
#include "system/text.h"

using namespace pullsecret;
using Catch::Contains;
using Texts = std::vector<std::string>;

namespace {

Workloads workloads_in(const std::string& text) {
  return read_workloads({"m.yaml", text});
}

Texts images_in(const std::string& text) {
  Texts names;
  for (const WorkloadImage& image : workloads_in(text).images)
    names.push_back(image.name);
  return names;
}

std::string workload_refusal(const std::string& text) {
  const auto error = error_of([&] { workloads_in(text); });
  return error ? error->what() : "";
}

constexpr const char* pod_spec = "{containers: [{image: a}]}";

}  // namespace

TEST_CASE("every kind that makes Pods has its images") {
  const auto [kind, version, spec] = GENERATE(table<std::string, std::string, std::string>({
      {"Pod", "v1", "spec: {}"},
      {"PodTemplate", "v1", "template: {{spec: {}}}"},
      {"ReplicationController", "v1", "spec: {{template: {{spec: {}}}}}"},
      {"Deployment", "apps/v1", "spec: {{template: {{spec: {}}}}}"},
      {"Deployment", "extensions/v1beta1", "spec: {{template: {{spec: {}}}}}"},
      {"ReplicaSet", "apps/v1", "spec: {{template: {{spec: {}}}}}"},
      {"StatefulSet", "apps/v1", "spec: {{template: {{spec: {}}}}}"},
      {"DaemonSet", "apps/v1", "spec: {{template: {{spec: {}}}}}"},
      {"Job", "batch/v1", "spec: {{template: {{spec: {}}}}}"},
      {"CronJob", "batch/v1", "spec: {{jobTemplate: {{spec: {{template: {{spec: {}}}}}}}}}"},
  }));
  CAPTURE(kind);
  const std::string body = fmt::format(fmt::runtime(spec), pod_spec);
  CHECK(images_in(fmt::format("apiVersion: {}\nkind: {}\n{}\n", version, kind, body)) ==
        Texts{"a"});
  CHECK(images_in(fmt::format("kind: {}\n{}\n", kind, body)) == Texts{"a"});
}

TEST_CASE("images are those of all containers and image volumes, each once") {
  CHECK(images_in(R"(
kind: Pod
spec:
  initContainers: [{name: x, image: init}, {image: app}]
  containers: [{image: app}, {image: app}, {name: without}]
  ephemeralContainers: [{image: debug}]
  volumes: [{name: v, image: {reference: volume, pullPolicy: Always}}, {emptyDir: {}}, {image: {}}]
---
kind: Pod
spec: {containers: [{image: init}, {image: "app:1"}]}
)") == Texts{"init", "app", "debug", "volume", "app:1"});
}

TEST_CASE("an image is read as the kubelet reads it") {
  const auto found = workloads_in("kind: Pod\nspec: {containers: [{image: acme/app}]}").images;
  CHECK(found.at(0).image.registry_host == "docker.io");
  CHECK(found.at(0).image.reference == "latest");
}

TEST_CASE("Lists, typed and not, within each other") {
  CHECK(images_in(R"({"kind":"List","items":[
    {"kind":"Pod","spec":{"containers":[{"image":"a"}]}},
    {"kind":"List","items":[{"kind":"PodList","items":[{"spec":{"containers":[{"image":"b"}]}}]}]},
    {"kind":"DeploymentList","items":null},
    {"kind":"List"}]})") == Texts{"a", "b"});
  CHECK(images_in(R"({"apiVersion":"apps/v1","kind":"DeploymentList","items":[
    {"spec":{"template":{"spec":{"containers":[{"image":"a"}]}}}}]})") == Texts{"a"});
}

TEST_CASE("what makes no Pod is passed over, and counted") {
  const Workloads found = workloads_in(R"(
kind: Service
---
kind: ConfigMap
data: {image: not-me}
---
# nothing
---
kind: IPAllowList
spec: {items: [1]}
---
kind: IPAllowList
items: [10.0.0.0/8]
---
apiVersion: batch.volcano.sh/v1alpha1
kind: Job
spec: {template: {spec: {containers: [{image: not-me}]}}}
---
kind: ServiceList
items: [{}, {kind: Secret}]
)");
  CHECK(found.images.empty());
  CHECK(found.passed_over ==
        Texts{"Service", "ConfigMap", "IPAllowList", "IPAllowList", "Job", "Service", "Secret"});
}

TEST_CASE("null and nothing are alike, as in Kubernetes") {
  for (const char* pod : {"kind: Pod", "kind: Pod\nspec:", "kind: Pod\nspec: {containers: }",
                          "kind: Pod\nmetadata:\nspec: {containers: [{image: }], volumes: }",
                          "kind: Pod\nspec: {containers: [{image: ''}]}",
                          "kind: Pod\nspec: {containers: [~]}", "", "---\n---\n"})
    CHECK(images_in(pod).empty());
}

TEST_CASE("a field of another type is an error that says whose") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {"kind: Pod\nmetadata: {name: web}\nspec: {containers: {image: a}}",
       R"(Pod web: "containers" must be an array)"},
      {"kind: Pod\nmetadata: {name: web, namespace: team}\nspec: []",
       R"(Pod team/web: "spec" must be an object)"},
      {"kind: Pod\nmetadata: {generateName: web-}\nspec: {containers: [{image: [a]}]}",
       R"(Pod web-: "image" must be a string)"},
      {"kind: Pod\nspec: {containers: [a]}", R"(Pod: what should have "image" is no object)"},
      {"kind: Pod\nspec: {volumes: [{image: a}]}", R"(Pod: "image" must be an object)"},
      {"kind: Pod\nspec: {imagePullSecrets: [a]}", R"(Pod: what should have "name" is no object)"},
      {"kind: Pod\nmetadata: {name: {}}", R"(m.yaml: "name" must be a string)"},
      {"kind: [Pod]", R"(m.yaml: "kind" must be a string)"},
      {"kind: Pod\napiVersion: {}", R"(m.yaml: "apiVersion" must be a string)"},
      {"a: b", "m.yaml: an object without a kind, which is none of Kubernetes'"},
      {"kind: ''", "m.yaml: an object without a kind, which is none of Kubernetes'"},
      {"- kind: Pod", "m.yaml: a value that is no Kubernetes object"},
      {"{\"kind\":\"List\",\"items\":[1]}", "m.yaml: a value that is no Kubernetes object"},
      {"{\"kind\":\"List\",\"items\":{}}", R"(m.yaml: "items" must be an array)"},
      {"text", "m.yaml: a value that is no Kubernetes object"},
  }));
  CAPTURE(text);
  CHECK(workload_refusal(text) == message);
}

TEST_CASE("an image that the kubelet refuses is an error that says whose") {
  const std::string words = workload_refusal(
      "kind: Deployment\nmetadata: {name: \"w\\eb\"}\n"
      "spec: {template: {spec: {containers: [{image: \"Acme App\\n\"}]}}}");
  CHECK_THAT(words, Catch::StartsWith(R"(Deployment w\x1bb: "Acme App\n" is not an image name)"));
  CHECK(printable(words, 10'000) == words);
}

TEST_CASE("the pull Secrets that Pods name, each once for who names it") {
  const auto found = workloads_in(R"(
kind: Deployment
metadata: {name: web, namespace: team}
spec: {template: {spec: {imagePullSecrets: [{name: a}, {name: b}, {name: a}, {name: ""}, {}]}}}
---
kind: Pod
metadata: {generateName: job-}
spec: {imagePullSecrets: [{name: a}]}
)");
  CHECK(found.pull_secrets == std::vector<PullSecretName>{{"a", "team", "Deployment team/web"},
                                                          {"b", "team", "Deployment team/web"},
                                                          {"a", "", "Pod job-"}});
}

TEST_CASE("manifests are bounded") {
  std::string pods = "kind: Pod\nspec: {containers: [";
  for (std::size_t i = 0; i < max_workload_images; ++i)
    pods += fmt::format("{{image: a{}}},", i);
  CHECK(workloads_in(pods + "{image: a0}]}").images.size() == max_workload_images);
  CHECK_THAT(workload_refusal(pods + "{image: b}]}"), Contains("more than 2000 images"));
  CHECK_FALSE(workload_refusal(repeated(R"({"kind":"List","items":[)", 100)).empty());
  CHECK_FALSE(workload_refusal("kind: Pod\nx: [" + repeated("a,", 300'000) + "]").empty());
}
