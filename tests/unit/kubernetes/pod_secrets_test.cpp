#include "kubernetes/pod_secrets.h"

#include <fmt/format.h>

#include "catch.h"

using namespace pullsecret;
using Catch::Contains;
using Texts = std::vector<std::string>;
using State = KnownSecret::State;

namespace {

Pod pod_of(const std::string& spec, const std::string& name_space = "team") {
  const auto found = read_workloads(
      {"m.yaml",
       fmt::format("kind: Deployment\nmetadata: {{name: app, namespace: \"{}\"}}\nspec: {}",
                   name_space, spec)});
  return found.pods.at(0);
}

Pod naming(const std::string& secrets, const std::string& name_space = "team") {
  return pod_of("{template: {spec: {imagePullSecrets: " + secrets + "}}}", name_space);
}

// `NAMESPACE/NAME` of what counts for the Pod, then the names of its findings.
Texts join_of(const Pod& pod, const PodSurroundings& around) {
  const PodSecrets found = PodJoin(around).secrets_of(pod);
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
      {"{template: {spec: {containers: [{imagePullSecrets: [{name: regcred}]}]}}}",
       "secrets-at-container",
       "Deployment team/app names no pull secret: `imagePullSecrets` stands at containers[0], "
       "where "
       "nobody reads it"},
      {"{template: {imagePullSecrets: [{name: regcred}]}}", "secrets-beside-spec",
       "stands at spec.template, where"},
      {"{imagePullSecrets: [{name: regcred}]}", "secrets-in-outer-spec", "stands at spec, where"},
      {"{template: {spec: {imagePullSecret: [{name: regcred}]}}}", "secrets-misspelled",
       "`imagePullSecret` is no field of a Pod"},
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
  const PodJoin join(
      {.secrets = {
           {"team", "regcred"}, {"other", "elsewhere"}, {"team", "app-key", State::unread}}});
  const auto findings = join.secrets_of(pod_of(spec)).findings;
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
  CHECK(join_of(anywhere, {two_regcreds}) == Texts{"ambiguous-namespace"});
  CHECK(join_of(anywhere, {.secrets = two_regcreds, .name_space = "other"}) ==
        Texts{"other/regcred"});
  CHECK(join_of(regcred, {.secrets = open, .name_space = "team"}) == Texts{"/regcred"});
  CHECK(join_of(regcred, {.secrets = open, .name_space = "other"}) == Texts{"other-namespace"});
}

TEST_CASE("of a Secret that is given twice the last counts") {
  const PodJoin join({.secrets = {{"team", "regcred"}, {"team", "regcred"}}});
  CHECK(join.secrets_of(naming("[{name: regcred}]")).secrets == std::vector<std::size_t>{1});
}

TEST_CASE("where the credentials are a Docker config's, a name alone is no finding") {
  CHECK(join_of(naming("[{name: a}]"), {.has_secrets = false}).empty());
  CHECK(join_of(pod_of("{imagePullSecrets: [{name: a}]}"), {.has_secrets = false}) ==
        Texts{"secrets-in-outer-spec"});
}
