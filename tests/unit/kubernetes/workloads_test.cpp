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
  return read_workloads(read_documents({"m.yaml", text}, PlainScalars::typed));
}

Texts images_in(const std::string& text) {
  Texts names;
  for (const WorkloadImage& image : workloads_in(text).images)
    names.push_back(image.name);
  return names;
}

// "PLACE: MESSAGE" of each Pod that the API server refuses.
Texts refusals_in(const std::string& text) {
  Texts refusals;
  for (const Pod& pod : workloads_in(text).pods)
    if (pod.refusal) refusals.emplace_back(pod.refusal->what());
  return refusals;
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
  containers: [{image: app}, {image: app}]
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
apiVersion: batch.example.com/v1alpha1
kind: Job
metadata: {name: train, namespace: team}
spec: {template: {spec: {containers: [{image: not-me}]}}}
---
kind: ServiceList
items: [{}, {kind: Secret}]
)");
  CHECK(found.images.empty());
  Texts kinds, with_images;
  for (const PassedOver& object : found.passed_over)
    (object.has_images ? with_images : kinds)
        .push_back(object.has_images ? object.in_words : object.kind);
  CHECK(kinds == Texts{"Service", "ConfigMap", "IPAllowList", "IPAllowList", "Service"});
  CHECK(with_images == Texts{"Job.batch.example.com team/train"});
  CHECK(found.secrets.size() == 1);
}

TEST_CASE("a kind that Kubernetes does not have is passed over, and said") {
  const Workloads found = workloads_in(R"(
apiVersion: apps/v1
kind: Deploymnt
metadata: {name: web, namespace: team}
spec: {template: {spec: {containers: [{image: not-me}]}}}
---
kind: PersistentVolume
spec: {rbd: {image: not-me}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
spec: {image: not-me}
)");
  CHECK(found.passed_over.at(0).in_words == "Deploymnt.apps team/web");
  CHECK(found.passed_over.at(0).why == "Kubernetes has no such kind");
  CHECK_FALSE(found.passed_over.at(1).has_images);
  CHECK_FALSE(found.passed_over.at(2).has_images);
}

TEST_CASE("what OpenShift's triggers put there is not known, unless it has been put there") {
  const auto [object, why] = GENERATE(table<std::string, std::string>({
      {R"(apiVersion: apps.openshift.io/v1
kind: DeploymentConfig
spec:
  triggers: [{type: ImageChange, imageChangeParams: {containerNames: [b], from: {kind: ImageStreamTag, name: "b:1"}}}, {type: ConfigChange}, 5])",
       "the image of containers[1] is what its trigger puts there, from ImageStreamTag b:1"},
      {R"(kind: DeploymentConfig
spec:
  triggers: [{type: ImageChange, imageChangeParams: {containerNames: [b]}}])",
       "the image of containers[1] is what its trigger puts there, from  "},
      {R"(kind: Deployment
metadata: {annotations: {image.openshift.io/triggers: '[{"from": {"kind": "ImageStreamTag", "name": "b:1", "namespace": "n"}, "fieldPath": "spec.template.spec.containers[?(@.name==\"b\")].image"}]'}}
spec:)",
       "the image of containers[1] is what its trigger puts there, from ImageStreamTag n/b:1"},
      {R"(kind: Deployment
metadata: {annotations: {image.openshift.io/triggers: '[{"fieldPath": "spec.template.spec.containers[1].image"}, {"fieldPath": "x"}, 5]'}}
spec:)",
       "the image of containers[1] is what its trigger puts there, from  "},
  }));
  CAPTURE(object);
  const std::string pods =
      "\n  template: {spec: {containers: [{name: a, image: a}, {name: b, image: ";
  const Workloads found = workloads_in(object + pods + "' '}]}}\n");
  CHECK(found.pods.at(0).images == Texts{"a"});
  CHECK(found.invalid_images.empty());
  CHECK(found.passed_over.at(0).is_part);
  CHECK(found.passed_over.at(0).why == why);
  const std::string digest(64, 'a');
  const Workloads put = workloads_in(object + pods + "'r.io/b@sha256:" + digest + "'}]}}\n");
  CHECK(put.pods.at(0).images == Texts{"a", "r.io/b@sha256:" + digest});
  CHECK(put.passed_over.empty());
}

TEST_CASE("triggers of another form are none") {
  const auto triggers = GENERATE(as<std::string>{}, "'{'", "'{}'", "'5'", "'[]'",
                                 R"('[{"fieldPath": "containers["}]')",
                                 R"('[{"fieldPath": "spec.template.spec.containers[x].image"}]')",
                                 R"('[{"fieldPath": "spec.template.spec.containers[1].image"}]')",
                                 fmt::format("'{}'", std::string(300'000, '[')));
  const Workloads found = workloads_in(fmt::format(
      "kind: Deployment\nmetadata: {{annotations: {{image.openshift.io/triggers: {}}}}}\n"
      "spec: {{template: {{spec: {{initContainers: [{{image: a}}, {{image: b}}], containers: "
      "[{{image: a}}]}}}}}}",
      triggers));
  CHECK(found.pods.at(0).images == Texts{"a", "b"});
}

TEST_CASE("what the kubelet never pulls, and for whom it pulls nothing any more") {
  const Workloads found = workloads_in(R"(
kind: Pod
spec:
  initContainers: [{image: a, imagePullPolicy: Never}]
  containers: [{image: a, imagePullPolicy: Never}, {image: b}, {image: b, imagePullPolicy: Never}, {image: Wrong, imagePullPolicy: Never}]
  volumes: [{image: {reference: c, pullPolicy: Never}}]
---
kind: Pod
metadata: {uid: x}
spec: {containers: [{image: d}]}
status: {phase: Failed}
---
kind: Pod
spec: {containers: [{image: e}]}
status: {phase: Succeeded}
---
kind: Job
metadata: {uid: x}
spec: {template: {spec: {containers: [{image: f}]}}}
status: {conditions: [{type: Complete, status: "False"}, 5, {type: Failed, status: "True"}]}
---
kind: Job
metadata: {uid: x}
spec: {template: {spec: {containers: [{image: g}]}}}
status: {phase: Failed, conditions: 5}
)");
  Texts images;
  for (const WorkloadImage& image : found.images)
    images.push_back(image.name);
  CHECK(images == Texts{"b", "e", "g"});
  CHECK(found.invalid_images.at(0).name == "Wrong");
  CHECK(found.pods.at(0).never_pulled == Texts{"a", "Wrong", "c"});
  Texts ends;
  for (const Pod& pod : found.pods)
    ends.push_back(pod.end);
  CHECK(ends == Texts{"", "Failed", "", "Failed", ""});
}

TEST_CASE("a namespace that is a template is said once") {
  const Workloads found = workloads_in(R"(
kind: Pod
metadata: {namespace: "${NS}"}
---
kind: ServiceAccount
metadata: {namespace: "${NS}"}
---
kind: Secret
metadata: {namespace: todo}
)");
  REQUIRE(found.warnings.size() == 1);
  CHECK_THAT(found.warnings.at(0).what(),
             Catch::StartsWith("m.yaml: the namespace ${NS} has ${…} in it"));
}

TEST_CASE("null and nothing are alike, as in Kubernetes: there are no containers") {
  for (const char* pod : {"kind: Pod", "kind: Pod\nspec:", "kind: Pod\nspec: {containers: }",
                          "kind: Pod\nmetadata:\nspec: {containers: [], volumes: }"}) {
    CHECK(images_in(pod).empty());
    CHECK(refusals_in(pod) == Texts{"Pod: it has no containers, and a Pod has to have one"});
  }
  for (const char* nothing : {"", "---\n---\n"})
    CHECK(refusals_in(nothing).empty());
}

TEST_CASE("what the API server refuses is a Pod's own affair") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {"kind: Pod\nmetadata: {name: web}\nspec: {containers: {}}",
       R"(Pod web: "containers" must be an array, and is an object)"},
      {"kind: Pod\nmetadata: {name: web, namespace: team}\nspec: []",
       R"(Pod team/web: "spec" must be an object, and is an array)"},
      {"kind: Pod\nmetadata: {generateName: web-}\nspec: {containers: [{image: 5}]}",
       R"(Pod web-: "image" must be a string, and is a number)"},
      {"kind: Pod\nspec: {containers: [{image: yes}]}",
       R"(Pod: "image" must be a string, and is true or false)"},
      {"kind: Pod\nspec: {containers: [{image: a}, {image: ''}]}",
       R"(Pod: containers[1] has no "image")"},
      {"kind: Pod\nspec: {containers: [~]}", R"(Pod: containers[0] has no "image")"},
      {"kind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {initContainers: [{}]}}}}}",
       R"(CronJob: initContainers[0] has no "image")"},
      {"kind: Pod\nspec: {containers: [a]}",
       R"(Pod: what should have "image" is a string, and no object)"},
      {"kind: Pod\nspec: {volumes: [{image: a}]}",
       R"(Pod: "image" must be an object, and is a string)"},
      {"kind: Pod\nmetadata: {name: 5}", "Pod 5: metadata.name must be a string, and is a number"},
      {"kind: Pod\nmetadata: {name: a, namespace: 5}",
       "Pod 5/a: metadata.namespace must be a string, and is a number"},
      {"kind: Pod\nmetadata: {name: My_App}",
       "Pod My_App: \"My_App\" is not an object's name: at most 253 of a-z, 0-9, '-' and '.', with "
       "a letter or digit at both ends and beside each dot"},
      {"kind: Deployment\nmetadata: {name: a, annotations: {b: yes}}",
       "Deployment a: b in metadata.annotations must be a string, and is true or false"},
      {"kind: Job\nmetadata: {name: a}\nspec: {template: {metadata: {labels: {version: 1.0}}}}",
       "Job a: version in metadata.labels must be a string, and is a number"},
      {"kind: Pod\nspec: {containers: [{image: a, env: [{name: A, value: 5}]}]}",
       R"(Pod: "env[].value" must be a string, and is a number)"},
      {"kind: Pod\nspec: {containers: [{image: a, args: [--port, 80]}]}",
       R"(Pod: "args[]" must be a string, and is a number)"},
      {"kind: Pod\nspec: {serviceAccountName: My_Account}",
       "Pod: \"My_Account\" is not an object's name: at most 253 of a-z, 0-9, '-' and '.', with a "
       "letter or digit at both ends and beside each dot"},
      {"kind: Pod\nspec: {serviceAccountName: 5}",
       R"(Pod: "serviceAccountName" must be a string, and is a number)"},
  }));
  CAPTURE(text);
  CHECK(refusals_in(text + "\n---\nkind: Pod\nspec: {containers: [{image: b}]}") == Texts{message});
  CHECK(images_in(text + "\n---\nkind: Pod\nspec: {containers: [{image: b}]}") == Texts{"b"});
  // Whoever makes a Pod of another's kind may put an image there.
  CHECK(refusals_in("apiVersion: argoproj.io/v1alpha1\nkind: Rollout\n"
                    "spec: {template: {spec: {containers: [{}]}}}")
            .empty());
}

TEST_CASE("a ServiceAccount that the API server refuses is not there") {
  const Workloads found =
      workloads_in("kind: ServiceAccount\nmetadata: {name: builder, labels: {a: 5}}");
  CHECK(found.accounts.empty());
  CHECK_THAT(found.warnings.at(0).what(),
             Contains("ServiceAccount builder: the API server refuses it: a in metadata.labels"));
}

TEST_CASE("what is to be filled in is no fault") {
  CHECK(refusals_in("kind: Pod\nmetadata: {name: '${APP}', namespace: '{{ .Values.x }}', labels: "
                    "{app: '${APP}'}}\nspec: {containers: [{image: a}]}")
            .empty());
}

TEST_CASE("who names an object that has the images runs them, with his own Secrets") {
  const auto [of_run, images, secrets] = GENERATE(table<std::string, Texts, Texts>({
      {"kind: TaskRun\napiVersion: tekton.dev/v1\nmetadata: {name: run, namespace: team}\n"
       "spec: {taskRef: {name: build}, podTemplate: {imagePullSecrets: [{name: own}]}}",
       {"step"},
       {"own"}},
      {"kind: PipelineRun\napiVersion: tekton.dev/v1\nmetadata: {name: run, namespace: team}\n"
       "spec: {pipelineRef: {name: all}, taskRunTemplate: {podTemplate: {imagePullSecrets: [{name: "
       "own}]}}}",
       {"step"},
       {"own"}},
      {"kind: Workflow\napiVersion: argoproj.io/v1alpha1\nmetadata: {name: run, namespace: team}\n"
       "spec: {workflowTemplateRef: {name: flow}}",
       {"main"},
       {"given"}},
      {"kind: CronWorkflow\napiVersion: argoproj.io/v1alpha1\nmetadata: {name: run, namespace: "
       "team}\nspec: {workflowSpec: {imagePullSecrets: [{name: own}], workflowTemplateRef: {name: "
       "everywhere, clusterScope: true}}}",
       {"everywhere"},
       {"own"}},
  }));
  const std::string definitions = R"(
---
apiVersion: tekton.dev/v1
kind: Task
metadata: {name: build, namespace: team}
spec: {steps: [{image: step}]}
---
apiVersion: tekton.dev/v1
kind: Task
metadata: {name: build, namespace: other}
spec: {steps: [{image: of-other}]}
---
apiVersion: tekton.dev/v1
kind: Pipeline
metadata: {name: all, namespace: team}
spec: {tasks: [{name: a, taskRef: {name: build}}]}
---
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: flow, namespace: team}
spec: {imagePullSecrets: [{name: given}], templates: [{container: {image: main}}]}
---
apiVersion: argoproj.io/v1alpha1
kind: ClusterWorkflowTemplate
metadata: {name: everywhere}
spec: {imagePullSecrets: [{name: given}], templates: [{container: {image: everywhere}}]}
)";
  CAPTURE(of_run);
  const Workloads found = workloads_in(of_run + definitions);
  CHECK(found.pods.at(0).images == images);
  CHECK(found.pods.at(0).pull_secrets == secrets);
  CHECK(found.passed_over.empty());
  for (std::size_t i = 1; i < found.pods.size(); ++i)
    CHECK(found.pods.at(i).images != images);
  // Alone it says where they are.
  const Workloads alone = workloads_in(of_run);
  REQUIRE(alone.passed_over.size() == 1);
  CHECK(alone.passed_over.at(0).has_images);
  CHECK_THAT(alone.passed_over.at(0).why,
             Catch::StartsWith("they are those of ") && Catch::EndsWith(", which is not here"));
}

TEST_CASE("what is no object of Kubernetes is an error") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {"kind: [Pod]", R"(m.yaml: "kind" must be a string, and is an array)"},
      {"kind: Pod\napiVersion: {}", R"(m.yaml: "apiVersion" must be a string, and is an object)"},
      {"a: b", "m.yaml: an object without a kind, which is none of Kubernetes'"},
      {"kind: ''", "m.yaml: an object without a kind, which is none of Kubernetes'"},
      {"- kind: Pod", "m.yaml: a value that is no Kubernetes object"},
      {"{\"kind\":\"List\",\"items\":[1]}", "m.yaml: a value that is no Kubernetes object"},
      {"{\"kind\":\"List\",\"items\":{}}", R"(m.yaml: "items" must be an array, and is an object)"},
      {"text", "m.yaml: a value that is no Kubernetes object"},
  }));
  CAPTURE(text);
  CHECK(workload_refusal(text) == message);
}

TEST_CASE("an image that the kubelet refuses is kept apart, with who names it") {
  const Workloads found = workloads_in(
      "kind: Deployment\nmetadata: {name: web}\n"
      "spec: {template: {spec: {containers: [{image: \"Acme App\\n\"}, {image: b}]}}}");
  CHECK(found.images.size() == 1);
  CHECK(found.pods.at(0).images.size() == 2);
  const std::string words = found.invalid_images.at(0).reason.what();
  CHECK_THAT(words, Catch::StartsWith(R"(Deployment web: "Acme App\n" is not an image name)"));
  CHECK(printable(words, 10'000) == words);
}

TEST_CASE("an image that is a template is said to be one") {
  const Workloads found = workloads_in(
      "kind: Pod\nspec: {containers: [{image: '{{ .Values.image }}'}, {image: '${REPO}/a:1'}]}");
  CHECK_THAT(found.invalid_images.at(0).reason.what(),
             Contains("the image's name has {{ … }} in it"));
  CHECK_THAT(found.invalid_images.at(1).reason.what(), Contains("the image's name has ${…} in it"));
}

TEST_CASE("Pods have the Secrets and the ServiceAccount that they name") {
  const auto pods = workloads_in(R"(
kind: Deployment
metadata: {name: web, namespace: team}
spec: {template: {spec: {imagePullSecrets: [{name: a}, {name: b}, {name: ""}, {}], serviceAccountName: builder}}}
---
kind: Pod
metadata: {generateName: job-, uid: x}
spec: {imagePullSecrets: [{name: a}], serviceAccount: old}
)")
                        .pods;
  CHECK(pods.at(0).in_words() == "Deployment team/web");
  CHECK(pods.at(0).pull_secrets == Texts{"a", "b", "", ""});
  CHECK(pods.at(0).account == "builder");
  CHECK_FALSE(pods.at(0).is_made);
  CHECK(pods.at(1).in_words() == "Pod job-");
  CHECK(pods.at(1).account == "old");
  CHECK(pods.at(1).is_made);
}

TEST_CASE("ServiceAccounts and Secrets are read, too") {
  const Workloads found = workloads_in(R"(
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: team}, imagePullSecrets: [{name: a}]}
- {apiVersion: v1, kind: Secret, metadata: {name: a, namespace: team, uid: x}}
)");
  CHECK(found.accounts.at(0).name_space == "team");
  CHECK(found.accounts.at(0).pull_secrets == Texts{"a"});
  CHECK(found.secrets.at(0).is_made);
  CHECK(found.passed_over.empty());
}

TEST_CASE("imagePullSecrets where nobody reads it") {
  const auto [text, place] = GENERATE(table<std::string, std::string>({
      {"kind: Pod\nspec: {containers: [{image: a}, {image: b, imagePullSecrets: [{name: a}]}]}",
       "spec.containers[1].imagePullSecrets"},
      {"kind: Pod\nimagePullSecrets: [{name: a}]", "imagePullSecrets"},
      {"kind: Pod\nspec: {imagePullSecret: a}", "spec.imagePullSecret"},
      {"kind: Pod\nspec: {imagepullsecrets: [a]}", "spec.imagepullsecrets"},
      {"kind: Deployment\nspec: {imagePullSecrets: [{name: a}]}", "spec.imagePullSecrets"},
      {"kind: Deployment\nspec: {template: {imagePullSecrets: [{name: a}]}}",
       "spec.template.imagePullSecrets"},
      {"kind: CronJob\nspec: {jobTemplate: {spec: {imagePullSecrets: regcred}}}",
       "spec.jobTemplate.spec.imagePullSecrets"},
      {"apiVersion: tekton.dev/v1\nkind: TaskRun\nspec: {imagePullSecrets: [{name: a}]}",
       "spec.imagePullSecrets"},
      {"apiVersion: tekton.dev/v1\nkind: Task\nspec: {podTemplate: {imagePullSecrets: [{name: "
       "a}]}}",
       "spec.podTemplate.imagePullSecrets"},
      {"apiVersion: tekton.dev/v1\nkind: PipelineRun\nspec: {podTemplate: {imagePullSecrets: []}}",
       "spec.podTemplate.imagePullSecrets"},
  }));
  CAPTURE(text);
  const Pod pod = workloads_in(text).pods.at(0);
  CHECK(pod.pull_secrets.empty());
  CHECK(pod.misplaced == Texts{place});
}

TEST_CASE("imagePullSecrets in another form") {
  const auto [list, path, found] = GENERATE(table<std::string, std::string, std::string>({
      {"[a]", "spec.imagePullSecrets[0]", "the text a"},
      {"[{name: 5}]", "spec.imagePullSecrets[0]", "an object whose name is a number"},
      {"{name: a}", "spec.imagePullSecrets", "an object"},
  }));
  CAPTURE(list);
  const Pod pod = workloads_in("kind: Pod\nspec: {imagePullSecrets: " + list + "}").pods.at(0);
  CHECK(pod.pull_secrets.empty());
  REQUIRE(pod.malformed.size() == 1);
  CHECK(pod.malformed.front().path == path);
  CHECK(pod.malformed.front().found == found);
}

TEST_CASE("of several Pods of one object each has its own place, and what is misplaced in it") {
  const auto pods = workloads_in(
                        "apiVersion: batch.volcano.sh/v1alpha1\nkind: Job\nspec: {tasks: ["
                        "{template: {spec: {}}}, {template: {imagePullSecrets: [{name: a}]}}]}")
                        .pods;
  CHECK(pods.at(0).misplaced.empty());
  CHECK(pods.at(1).misplaced == Texts{"spec.tasks[1].template.imagePullSecrets"});
  CHECK(pods.at(1).secrets_place == "spec.tasks[1].template.spec.imagePullSecrets");
}

TEST_CASE("others' kinds have Pods at known places") {
  const auto [version, kind, body] = GENERATE(table<std::string, std::string, std::string>({
      {"argoproj.io/v1alpha1", "Rollout",
       "{template: {spec: {imagePullSecrets: [{name: s}], containers: [{image: a}]}}}"},
      {"serving.knative.dev/v1", "Service",
       "{template: {spec: {imagePullSecrets: [{name: s}], containers: [{image: a}]}}}"},
      {"apps.openshift.io/v1", "DeploymentConfig",
       "{template: {spec: {imagePullSecrets: [{name: s}], containers: [{image: a}]}}}"},
      {"argoproj.io/v1alpha1", "Workflow",
       "{imagePullSecrets: [{name: s}], templates: [{container: {image: a}}, {steps: []}]}"},
      {"argoproj.io/v1alpha1", "CronWorkflow",
       "{workflowSpec: {imagePullSecrets: [{name: s}], templates: [{script: {image: a}}]}}"},
      {"tekton.dev/v1", "TaskRun",
       "{podTemplate: {imagePullSecrets: [{name: s}]}, taskSpec: {steps: [{image: a}]}}"},
      {"tekton.dev/v1", "PipelineRun",
       "{taskRunTemplate: {podTemplate: {imagePullSecrets: [{name: s}]}}, pipelineSpec: {tasks: "
       "[{taskSpec: {steps: [{image: a}]}}]}}"},
      {"tekton.dev/v1beta1", "PipelineRun",
       "{podTemplate: {imagePullSecrets: [{name: s}]}, pipelineSpec: {tasks: [{taskSpec: {steps: "
       "[{image: a}]}}]}}"},
      {"batch.volcano.sh/v1alpha1", "Job",
       "{tasks: [{template: {spec: {imagePullSecrets: [{name: s}], containers: [{image: a}]}}}]}"},
  }));
  CAPTURE(version, kind);
  const Workloads found =
      workloads_in(fmt::format("apiVersion: {}\nkind: {}\nspec: {}\n", version, kind, body));
  CHECK(found.passed_over.empty());
  CHECK(found.pods.at(0).images == Texts{"a"});
  CHECK(found.pods.at(0).pull_secrets == Texts{"s"});
  CHECK(found.pods.at(0).misplaced.empty());
}

TEST_CASE("an image with a parameter is known to nobody") {
  const Workloads found = workloads_in(
      "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: build}\n"
      "spec: {steps: [{image: $(params.builder)}, {image: a}]}");
  CHECK(found.images.size() == 1);
  CHECK(found.passed_over.at(0).in_words == "Task.tekton.dev build");
  CHECK(found.passed_over.at(0).has_images);
}

TEST_CASE("images of others' kinds at places that are not known are no secret") {
  const auto passed = [](const std::string& spec) {
    return workloads_in("apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec: " + spec)
        .passed_over.size();
  };
  CHECK(passed("{templates: [{container: {image: a}}, {script: {image: a}}]}") == 0);
  CHECK(passed("{templates: [{dag: {tasks: [{inline: {container: {image: a}}}]}}]}") == 1);
  CHECK(
      passed("{templateDefaults: {container: {image: b}}, templates: [{container: {image: a}}]}") ==
      1);
  CHECK(passed("{templates: [{container: {image: '{{inputs.parameters.image}}'}}]}") == 1);
  CHECK(passed("{templates: {}}") == 0);
}

TEST_CASE("manifests are bounded") {
  std::string pods = "kind: Pod\nspec: {containers: [";
  for (std::size_t i = 0; i < max_workload_images; ++i)
    pods += fmt::format("{{image: a{}}},", i);
  CHECK(workloads_in(pods + "{image: a0}]}").images.size() == max_workload_images);
  CHECK_THAT(workload_refusal(pods + "{image: b}]}"), Contains("more than 2000 images"));
  CHECK_FALSE(workload_refusal(repeated(R"({"kind":"List","items":[)", 100)).empty());
  CHECK_FALSE(workload_refusal("kind: Pod\nx: " + repeated("[", 100)).empty());
}

TEST_CASE("Secrets that something in the cluster makes of other objects") {
  const auto [version, kind, spec,
              names] = GENERATE(table<std::string, std::string, std::string, Texts>({
      {"external-secrets.io/v1", "ExternalSecret", "{target: {name: pull}}", {"pull"}},
      {"external-secrets.io/v1beta1", "ExternalSecret", "{}", {"own"}},
      {"external-secrets.io/v1", "ExternalSecret", "{target: 5}", {"own"}},
      {"bitnami.com/v1alpha1", "SealedSecret", "{template: {metadata: {name: other}}}", {"own"}},
      {"isindir.github.com/v1alpha3",
       "SopsSecret",
       "{secretTemplates: [{name: a}, {name: b}]}",
       {"a", "b"}},
      {"example.com/v1", "ExternalSecret", "{}", {}},
  }));
  CAPTURE(version, kind, spec);
  const Workloads found =
      workloads_in(fmt::format("apiVersion: {}\nkind: {}\nmetadata: {{name: own, namespace: team}}"
                               "\nspec: {}",
                               version, kind, spec));
  Texts to_come;
  for (const SecretToCome& secret : found.to_come) {
    CHECK(secret.name_space == "team");
    CHECK(secret.maker == kind + " team/own");
    to_come.push_back(secret.name);
  }
  CHECK(to_come == names);
  CHECK(found.passed_over.size() == 1);
}

TEST_CASE("parts of an object that have a ServiceAccount or Secrets of their own are Pods apart") {
  const auto [version, kind, spec,
              pods] = GENERATE(table<std::string, std::string, std::string, Texts>({
      {"argoproj.io/v1alpha1",
       "Workflow",
       "{serviceAccountName: all, imagePullSecrets: [{name: s}], templates: ["
       "{container: {image: a}}, {script: {image: b}, serviceAccountName: own}, "
       "{container: {image: c}}, {dag: {}}, {sidecars: [{image: b}], serviceAccountName: own}]}",
       {"all s: a c", "own s: b"}},
      {"argoproj.io/v1alpha1",
       "WorkflowTemplate",
       "{serviceAccountName: all, templateDefaults: {serviceAccountName: each}, templates: ["
       "{container: {image: a}}]}",
       {"each: a"}},
      {"argoproj.io/v1alpha1", "Workflow", "{serviceAccountName: all}", {"all:"}},
      {"tekton.dev/v1",
       "PipelineRun",
       "{taskRunTemplate: {serviceAccountName: all, podTemplate: {imagePullSecrets: [{name: "
       "s}]}}, taskRunSpecs: [{pipelineTaskName: two, serviceAccountName: own, podTemplate: "
       "{imagePullSecrets: [{name: t}]}}], pipelineSpec: {tasks: [{name: one, taskSpec: "
       "{steps: [{image: a}]}}, {name: two, taskSpec: {steps: [{image: b}]}}], finally: "
       "[{name: three, taskSpec: {steps: [{image: c}]}}]}}",
       {"all s: a c", "own t: b"}},
      {"tekton.dev/v1beta1",
       "PipelineRun",
       "{serviceAccountName: all, taskRunSpecs: [{pipelineTaskName: two, "
       "taskServiceAccountName: own, taskPodTemplate: {imagePullSecrets: [{name: t}]}}], "
       "pipelineSpec: {tasks: [{name: one, taskSpec: {steps: [{image: a}]}}, {name: two, "
       "taskSpec: {steps: [{image: b}]}}]}}",
       {"all: a", "own t: b"}},
  }));
  CAPTURE(version, kind);
  Texts found;
  for (const Pod& pod :
       workloads_in(fmt::format("apiVersion: {}\nkind: {}\nspec: {}", version, kind, spec)).pods) {
    CHECK(pod.misplaced.empty());
    std::string text = pod.account;
    for (const std::string& name : pod.pull_secrets)
      text += " " + name;
    text += ":";
    for (const std::string& image : pod.images)
      text += " " + image;
    found.push_back(text);
  }
  CHECK(found == pods);
}
