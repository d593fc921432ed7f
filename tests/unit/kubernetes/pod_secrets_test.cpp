#include "kubernetes/pod_secrets.h"

#include <fmt/format.h>

#include "catch.h"

using namespace pullsecret;
using Catch::Contains;
using Texts = std::vector<std::string>;
using State = KnownSecret::State;

namespace {

Pod pod_of(const std::string& spec, const std::string& name_space = "team") {
  const JsonText text{"m.yaml",
                      fmt::format("kind: Deployment\nmetadata: {{name: app}}\nspec: {}", spec)};
  Documents documents = read_documents(text);
  auto& containers = documents.values.at(0).tree["spec"]["template"]["spec"]["containers"];
  if (containers.is_null()) containers = {{{"image", "a"}}};
  return read_workloads(documents, name_space).pods.at(0);
}

Pod naming(const std::string& secrets, const std::string& name_space = "team") {
  return pod_of("{template: {spec: {imagePullSecrets: " + secrets + "}}}", name_space);
}

// `NAMESPACE/NAME` of what counts for the Pod, then the names of its findings.
Texts join_of(const Pod& pod, const PodSurroundings& around) {
  const PodSecrets found = PodJoin(around, {pod}).secrets_of(pod).at(0);
  Texts texts;
  for (const std::size_t i : found.secrets)
    texts.push_back(around.secrets.at(i).name_space + "/" + around.secrets.at(i).name);
  for (const Remark& finding : found.findings)
    texts.push_back(finding.name);
  return texts;
}

const std::vector<KnownSecret> two_regcreds{{"team", "regcred"}, {"other", "regcred"}};

}  // namespace

TEST_CASE("a Pod has the Secrets of its namespace that it names, in its order") {
  const std::vector<KnownSecret> secrets{
      {"team", "a"}, {"other", "a"}, {"team", "b"}, {"other", "c"}};
  CHECK(join_of(naming("[{name: b}, {name: a}, {name: b}]"), {secrets}) ==
        Texts{"team/b", "team/a"});
  CHECK(join_of(naming("[{name: a}]", "other"), {secrets}) == Texts{"other/a"});
  CHECK(join_of(naming("[{name: a}, {name: c}]"), {secrets}) == Texts{"team/a", "other-namespace"});
}

TEST_CASE("what names no Secret that counts has words of its own") {
  const auto [spec, finding, words] = GENERATE(table<std::string, std::string, std::string>({
      {"{}", "account-not-here",
       "Deployment team/app names no pull secret; its ServiceAccount team/default"},
      {"{template: {spec: {containers: [{image: a, imagePullSecrets: [{name: regcred}]}]}}}",
       "secrets-at-container",
       "Deployment team/app names no pull secret: `imagePullSecrets` stands at containers[0], "
       "where "
       "nobody reads it"},
      {"{template: {imagePullSecrets: [{name: regcred}]}}", "secrets-beside-spec",
       "stands at spec.template, where"},
      {"{imagePullSecrets: [{name: regcred}]}", "secrets-in-outer-spec", "stands at spec, where"},
      {"{template: {spec: {imagePullSecret: [{name: regcred}]}}}", "secrets-misspelled",
       "`imagePullSecret` is no field"},
      {"{template: {spec: {imagePullSecrets: [regcred]}}}", "secrets-malformed",
       "`imagePullSecrets[0]` is no {name: NAME} but the text regcred, and the API server refuses "
       "it"},
      {"{template: {spec: {imagePullSecrets: regcred}}}", "secrets-malformed",
       "`imagePullSecrets` is no list but the text regcred, and the API server refuses it"},
      {"{template: {spec: {imagePullSecrets: '<no value>'}}}", "secrets-malformed",
       "no list but the text <no value>"},
      {"{template: {spec: {imagePullSecrets: [{secretName: regcred}]}}}", "empty-name",
       "names no pull secret: `imagePullSecrets[0]` has `secretName` and no `name`"},
      {"{template: {spec: {imagePullSecrets: [{regcred: null}]}}}", "empty-name",
       "`imagePullSecrets[0]` has `regcred` and no `name`"},
      {"{template: {spec: {pullSecrets: [{name: regcred}]}}}", "secrets-misspelled",
       "`pullSecrets` is no field: kubectl refuses it, or else the API server drops it"},
      {"{template: {spec: {image-pull-secerts: [{name: regcred}]}}}", "secrets-misspelled",
       "`image-pull-secerts` is no field"},
      {"{template: {spec: {imagePullSecrets: [{name: '%!s(<nil>)'}]}}}", "unfilled-template",
       "names the pull Secret %!s(<nil>), which has %!s(…) in it: nobody has put the value there"},
      {"{template: {spec: {imagePullSecrets: [{name: '${SECRET}'}]}}}", "unfilled-template",
       "names the pull Secret ${SECRET}, which has ${…} in it"},
      {"{template: {spec: {serviceAccountName: '{{ .Values.x }}'}}}", "unfilled-template",
       "its ServiceAccount {{ .Values.x }} has {{ … }} in it: nobody has put the value there"},
      {"{template: {spec: {imagePullSecrets: [{name: Reg_Cred}]}}}", "not-a-name",
       "Reg_Cred, which no Secret can have as its name"},
      {"{template: {spec: {imagePullSecrets: [{name: reg-cred}]}}}", "other-name",
       "names the pull Secret reg-cred, which is not here; here is regcred"},
      {"{template: {spec: {imagePullSecrets: [{name: elsewhere}]}}}", "other-namespace",
       "which is in namespace other, and not in its own, team"},
      {"{template: {spec: {imagePullSecrets: [{name: 'map[name:regcred]'}]}}}", "printed-map",
       "map[name:regcred], which is a map as a template prints it"},
      {"{template: {spec: {imagePullSecrets: [{}]}}}", "empty-name", "without a name"},
      {"{template: {spec: {imagePullSecrets: [{name: app-key}]}}}", "not-a-pull-secret",
       "it is no pull secret"},
  }));
  CAPTURE(spec);
  const PodJoin join({.secrets = {{"team", "regcred"},
                                  {"other", "elsewhere"},
                                  {"team", "app-key", State::unread}}},
                     {});
  const auto findings = join.secrets_of(pod_of(spec)).at(0).findings;
  REQUIRE(findings.size() == 1);
  CHECK(findings.at(0).name == finding);
  CHECK_THAT(findings.at(0).message, Contains(words));
}

TEST_CASE("a ServiceAccount gives its Secrets to Pods that name none") {
  const PodSurroundings around{.secrets = two_regcreds,
                               .accounts = {{"team", "default", {"regcred"}},
                                            {"team", "builder", {"gone"}},
                                            {"team", "bare", {}},
                                            {"other", "default", {"regcred"}}}};
  CHECK(join_of(naming("[]"), around) == Texts{"team/regcred"});
  CHECK(join_of(naming("[]", "other"), around) == Texts{"other/regcred"});
  CHECK(join_of(naming("[{name: gone}]"), around) == Texts{"other-name"});
  const auto with_account = [](const std::string& name) {
    return pod_of("{template: {spec: {serviceAccountName: " + name + "}}}");
  };
  CHECK(join_of(with_account("builder"), around) == Texts{"account-secret-not-here"});
  CHECK(join_of(with_account("bare"), around) == Texts{"names-none"});
  CHECK(join_of(with_account("unknown"), around) == Texts{"account-not-here"});
  Pod made = naming("[]");
  made.is_made = true;
  CHECK(join_of(made, around) == Texts{"made-before"});
}

TEST_CASE("a namespace that is left open") {
  const std::vector<KnownSecret> open{{"", "regcred"}};
  const Pod regcred = naming("[{name: regcred}]"), anywhere = naming("[{name: regcred}]", "");
  CHECK(join_of(anywhere, {open}) == Texts{"/regcred"});
  CHECK(join_of(regcred, {open}) == Texts{"/regcred", "open-namespace"});
  CHECK(join_of(anywhere, {.secrets = {{"team", "regcred"}}}) ==
        Texts{"team/regcred", "open-namespace"});
  CHECK(join_of(anywhere, {two_regcreds}) == Texts{"other/regcred", "ambiguous-namespace"});
  const Pod bare = naming("[]", "");
  const ServiceAccount of_team{"team", "default", {"regcred"}}, of_other{"other", "default", {}};
  CHECK(join_of(bare, {.secrets = two_regcreds, .accounts = {of_team}}) ==
        Texts{"team/regcred", "open-namespace"});
  CHECK(join_of(bare, {.secrets = two_regcreds, .accounts = {of_team, of_other}}) ==
        Texts{"ambiguous-account", "names-none"});
}

TEST_CASE("Pods that leave their namespace open are in one together") {
  const Pod a = naming("[{name: a}]", ""), b = naming("[{name: b}]", "");
  const auto places_of = [&](const std::vector<KnownSecret>& secrets) {
    Texts places;
    const PodJoin join({secrets}, {a, b});
    for (const Pod& pod : {a, b})
      for (const PodSecrets& found : join.secrets_of(pod))
        places.push_back(found.secrets.empty() ? "none"
                                               : secrets.at(found.secrets.front()).name_space);
    return places;
  };
  CHECK(places_of({{"team", "a"}, {"other", "b"}}) == Texts{"none", "team", "other", "none"});
  CHECK(places_of({{"team", "a"}, {"other", "a"}, {"team", "b"}}) == Texts{"team", "team"});
  CHECK(places_of({{"", "a"}, {"team", "b"}}) == Texts{"", "team"});
}

TEST_CASE("a namespace that is a template is one that is left open") {
  const Pod pod = naming("[{name: regcred}]", "${NS}");
  CHECK(join_of(pod, {{{"team", "regcred"}}}) == Texts{"team/regcred", "open-namespace"});
  CHECK(join_of(pod, {{{"{{ .Values.x }}", "regcred"}}}) == Texts{"{{ .Values.x }}/regcred"});
}

TEST_CASE("a name that no Secret can have is none, though one has it here") {
  CHECK(join_of(naming("[{name: '${SECRET}'}]"), {{{"team", "${SECRET}"}}}) ==
        Texts{"unfilled-template"});
}

TEST_CASE("a Pod that leaves its namespace open is in one, whichever that is") {
  const Pod pod = naming("[{name: a}, {name: b}]", "");
  const auto places_of = [](const Pod& of, const PodSurroundings& around) {
    std::vector<Texts> places;
    for (const PodSecrets& found : PodJoin(around, {of}).secrets_of(of)) {
      Texts& names = places.emplace_back();
      for (const std::size_t i : found.secrets)
        names.push_back(around.secrets.at(i).name_space + "/" + around.secrets.at(i).name);
    }
    return places;
  };
  CHECK(places_of(pod, {.secrets = {{"team", "a"}, {"other", "b"}}}) ==
        std::vector<Texts>{{"other/b"}, {"team/a"}});
  CHECK(places_of(pod, {.secrets = {{"team", "a"}, {"team", "b"}, {"other", "a"}}}) ==
        std::vector<Texts>{{"other/a"}, {"team/a", "team/b"}});
  CHECK(places_of(pod, {.secrets = {{"", "a"}, {"", "b"}, {"team", "a"}}}) ==
        std::vector<Texts>{{"/a", "/b"}});
  CHECK(places_of(pod, {.secrets = {{"", "a"}, {"team", "b"}}}) ==
        std::vector<Texts>{{"/a", "team/b"}});
  const std::vector<ServiceAccount> open{{"", "default", {"b"}}};
  CHECK(
      places_of(naming("[]", ""), {.secrets = {{"team", "b"}, {"other", "b"}}, .accounts = open}) ==
      std::vector<Texts>{{"other/b"}, {"team/b"}});
  // Where the API server takes no such Pod, that is all.
  CHECK(places_of(naming("[a]", ""), {.accounts = {{"team", "default"}, {"other", "default"}}})
            .size() == 1);
}

TEST_CASE("what is here is told, whoever leaves the namespace open") {
  const auto said = [](const Pod& pod, const std::vector<KnownSecret>& secrets) {
    const Remark finding = PodJoin({secrets}, {}).secrets_of(pod).at(0).findings.back();
    return finding.name + ": " + finding.message + "; " + finding.hint;
  };
  const std::string list = "[{name: reg-cred}]";
  CHECK_THAT(said(naming(list), {{"", "regcred"}}),
             Contains("other-name") && Contains("is regcred"));
  CHECK_THAT(said(naming(list, ""), {{"team", "regcred"}}), Contains("here is team/regcred"));
  CHECK_THAT(said(naming("[]"), {{"", "regcred"}}), Contains("[{name: regcred}]"));
  CHECK_THAT(said(naming("[]", ""), {{"team", "regcred"}}), Contains("[{name: regcred}]"));
  CHECK_THAT(said(naming("[]", ""), {{"team", "a"}, {"other", "b"}}), Contains("[{name: NAME}]"));
}

TEST_CASE("a Secret that is here and serves the image mends the Pod") {
  Pod pod = naming("[]");
  pod.images = {"r.io/acme/app:1", "No image"};
  KnownSecret regcred{"team", "regcred"};
  regcred.keys = {"ghcr.io", "r.io/acme"};
  const PodSecrets found = PodJoin({.secrets = {{"team", "a"}, regcred}}, {}).secrets_of(pod).at(0);
  CHECK(found.has_way);
  CHECK_THAT(found.findings.at(0).message, Contains("Secret regcred here has an entry for its"));
  CHECK_THAT(found.findings.at(0).hint, Contains("[{name: regcred}]"));
  regcred.keys = {"ghcr.io"};
  CHECK_FALSE(PodJoin({.secrets = {regcred}}, {}).secrets_of(pod).at(0).has_way);
}

TEST_CASE("beside a Secret that counts, one that does not is a note") {
  const auto said = [](const std::vector<KnownSecret>& secrets) {
    const Remark finding =
        PodJoin({secrets}, {}).secrets_of(naming("[{name: a}, {name: b}]")).at(0).findings.at(0);
    return fmt::format("{} {} {}", in_words(finding.severity), finding.name, finding.hint);
  };
  CHECK(said({{"team", "a"}}) == "note secret-not-here ");
  CHECK(said({{"team", "b"}, {"other", "a"}}).starts_with("note other-namespace"));
  CHECK(said({{"team", "b"}, {"team", "a", State::unread}}) == "note not-a-pull-secret ");
  CHECK(said({{"team", "b"}, {"team", "a", State::refused}}).starts_with("problem secret-refused"));
  CHECK(said({{"team", "b", State::unread}}).starts_with("problem secret-not-here"));
}

TEST_CASE("a Secret that something in the cluster makes is not known here") {
  const auto said = [](const Pod& pod, const std::vector<KnownSecret>& secrets,
                       const SecretToCome& coming) {
    const auto findings =
        PodJoin({.secrets = secrets, .to_come = {coming}}, {}).secrets_of(pod).at(0).findings;
    return findings.empty() ? "" : findings.at(0).name + ": " + findings.at(0).hint;
  };
  const Pod pod = naming("[{name: pull}]"), open = naming("[{name: pull}]", "");
  const std::string of_team =
      "secret-to-come: give it, too, where it is made: `kubectl get secret pull -n team -o yaml`";
  CHECK(said(pod, {{"team", "x"}}, {"team", "pull", "ExternalSecret"}) == of_team);
  CHECK(said(pod, {}, {"", "pull", "ExternalSecret"}) == of_team);
  CHECK(said(open, {}, {"team", "pull", "ExternalSecret"}) == of_team);
  CHECK(said(pod, {}, {"other", "pull", "ExternalSecret"}) == "secret-not-here: ");
  CHECK(
      said(pod, {{"", "pull"}}, {"team", "pull", "ExternalSecret"}).starts_with("open-namespace"));
}

TEST_CASE("a ServiceAccount has its own words where its Secrets are misplaced") {
  const auto [text, words] = GENERATE(table<std::string, std::string>({
      {"metadata: {name: default, imagePullSecrets: [{name: regcred}]}",
       "names no pull secret, and neither does its ServiceAccount team/default: "
       "`imagePullSecrets` stands at metadata, where nobody reads it"},
      {"metadata: {name: default}\nspec: {imagePullSecrets: [{name: regcred}]}", "stands at spec,"},
      {"metadata: {name: default}\nsecrets: [{name: a, imagePullSecrets: []}]",
       "stands at secrets[0],"},
      {"metadata: {name: default}\nimagePullSecret: [{name: regcred}]",
       "`imagePullSecret` is no field"},
      {"metadata: {name: default}\nimagePullSecrets: [regcred]",
       "`imagePullSecrets[0]` is no {name: NAME}"},
      {"metadata: {name: default}\nsecrets: [{name: []}, a, {name: regcred}]",
       "its ServiceAccount team/default has regcred among its `secrets`, which pull nothing"},
  }));
  CAPTURE(text);
  const JsonText source{"m.yaml", "kind: ServiceAccount\n" + text};
  const PodJoin join({.secrets = {{"team", "regcred"}},
                      .accounts = read_workloads(read_documents(source), "team").accounts},
                     {});
  const auto findings = join.secrets_of(naming("[]")).at(0).findings;
  REQUIRE(findings.size() == 1);
  CHECK(findings.at(0).name == "account-secrets-misplaced");
  CHECK_THAT(findings.at(0).message, Contains(words));
  CHECK_THAT(findings.at(0).hint, Contains("imagePullSecrets"));
}

TEST_CASE("hints have the place of the kind") {
  const auto [version, kind, place] = GENERATE(table<std::string, std::string, std::string>({
      {"v1", "Pod", "spec.imagePullSecrets"},
      {"batch/v1", "CronJob", "spec.jobTemplate.spec.template.spec.imagePullSecrets"},
      {"serving.knative.dev/v1", "Service", "spec.template.spec.imagePullSecrets"},
      {"argoproj.io/v1alpha1", "Workflow", "spec.imagePullSecrets"},
      {"argoproj.io/v1alpha1", "CronWorkflow", "spec.workflowSpec.imagePullSecrets"},
      {"tekton.dev/v1", "Task", "spec.podTemplate.imagePullSecrets of the TaskRun"},
      {"tekton.dev/v1", "TaskRun", "spec.podTemplate.imagePullSecrets"},
      {"tekton.dev/v1", "PipelineRun", "spec.taskRunTemplate.podTemplate.imagePullSecrets"},
      {"tekton.dev/v1beta1", "PipelineRun", "spec.podTemplate.imagePullSecrets"},
  }));
  CAPTURE(version, kind);
  const JsonText text{"m.yaml", fmt::format("apiVersion: {}\nkind: {}", version, kind)};
  Pod pod = read_workloads(read_documents(text)).pods.at(0);
  pod.refusal.reset();  // for it has no containers
  const PodJoin join({.secrets = {}, .accounts = {{"", "default", {}}}}, {});
  CHECK(join.secrets_of(pod).at(0).findings.at(0).hint ==
        place +
            ": [{name: NAME}]; or for all Pods of the ServiceAccount that are made from now on: "
            "`kubectl patch serviceaccount default -p "
            "'{\"imagePullSecrets\": [{\"name\": \"NAME\"}]}'`");
}

TEST_CASE("who names no Secret is told the only one there is, and how it gets there") {
  const PodJoin join({.secrets = {{"team", "regcred"}, {"team", "tls", State::unread}},
                      .accounts = {{"team", "default", {}}}},
                     {});
  CHECK(
      join.secrets_of(naming("[]")).at(0).findings.at(0).hint ==
      "spec.template.spec.imagePullSecrets: [{name: regcred}]; or for all Pods of the "
      "ServiceAccount that are made from now on: `kubectl patch serviceaccount default -n team -p "
      "'{\"imagePullSecrets\": [{\"name\": \"regcred\"}]}'`");
  Pod made = naming("[]", "other");
  made.is_made = true;
  CHECK(join.secrets_of(made).at(0).findings.at(0).hint ==
        "spec.template.spec.imagePullSecrets: [{name: NAME}], in what makes the Pod");
}

TEST_CASE("what the API server refuses has nothing") {
  Pod pod = naming("[{name: regcred}]");
  CHECK_FALSE(PodJoin({two_regcreds}, {}).secrets_of(pod).at(0).refusal);
  CHECK(PodJoin({two_regcreds}, {}).secrets_of(naming("regcred")).at(0).refusal);
  CHECK(PodJoin({two_regcreds}, {}).secrets_of(naming("[regcred]")).at(0).refusal);
  pod.refusal = Error("", "containers[0] has no \"image\"");
  CHECK(join_of(pod, {two_regcreds}) == Texts{"refused-by-api-server"});
}

TEST_CASE("of a Secret that is given twice the last counts") {
  const PodJoin join({.secrets = {{"team", "regcred"}, {"team", "regcred"}}}, {});
  CHECK(join.secrets_of(naming("[{name: regcred}]")).at(0).secrets == std::vector<std::size_t>{1});
}

TEST_CASE("where the credentials are a Docker config's, a name alone is no finding") {
  CHECK(join_of(naming("[{name: a}]"), {.has_secrets = false}).empty());
  CHECK(join_of(naming("[{name: a}]"),
                {.secrets = {{"team", "a", State::unread}}, .has_secrets = false}) ==
        Texts{"team/a", "not-a-pull-secret"});
  CHECK(join_of(pod_of("{imagePullSecrets: [{name: a}]}"), {.has_secrets = false}) ==
        Texts{"secrets-in-outer-spec"});
}
