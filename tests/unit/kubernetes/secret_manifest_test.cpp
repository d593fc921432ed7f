#include "kubernetes/secret_manifest.h"

#include "catch.h"
#include "kubernetes/secret.h"
#include "support.h"

using namespace pullsecret;

namespace {

Manifests read_manifest(const std::string& text) {
  return read_manifests({"m", text});
}

std::string refusal_of_manifest(const std::string& text) {
  const auto error = error_of([&] { read_manifest(text); });
  return error ? error->what() : "";
}

std::vector<std::string> names(const Manifests& manifests) {
  std::vector<std::string> names;
  for (const SecretManifest& secret : manifests.secrets)
    names.push_back(secret.name);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a Secret is read as its manifest has it") {
  const Manifests manifests = read_manifest(
      "kind: Secret\nmetadata: {name: regcred, namespace: team}\n"
      "type: kubernetes.io/dockercfg\ndata: {.dockercfg: e30=, empty: }\nstringData: {a: b}\n");
  REQUIRE(manifests.secrets.size() == 1);
  const SecretManifest& secret = manifests.secrets.front();
  CHECK(secret.name == "regcred");
  CHECK(secret.name_space == "team");
  CHECK(secret.type == "kubernetes.io/dockercfg");
  CHECK(secret.data == std::map<std::string, std::string>{{".dockercfg", "e30="}, {"empty", ""}});
  CHECK(secret.string_data == std::map<std::string, std::string>{{"a", "b"}});
}

TEST_CASE("what this project writes is read back") {
  const Secret secret{.name = "regcred",
                      .name_space = "team",
                      .data = pull_secret_data(SecretType::dockerconfigjson,
                                               {{"ghcr.io", {.username = "u", .password = "p"}}})};
  const Manifests yaml = read_manifest(to_yaml(secret)), json = read_manifest(to_json(secret));
  for (const Manifests& manifests : {yaml, json}) {
    REQUIRE(manifests.secrets.size() == 1);
    CHECK(manifests.secrets[0].name == "regcred");
    CHECK(manifests.secrets[0].data.contains(".dockerconfigjson"));
  }
  CHECK(yaml.secrets[0].data == json.secrets[0].data);
  CHECK(yaml.secrets[0].size == json.secrets[0].size);
}

TEST_CASE("Lists and several documents are read in their order, other kinds are skipped") {
  const Manifests manifests = read_manifest(R"(
kind: List
items:
- {kind: Secret, metadata: {name: a}}
- {kind: ConfigMap}
- {kind: Secret, metadata: {name: b}}
---
kind: SecretList
items: [{metadata: {name: c}}]
---
---
kind: Deployment
---
apiVersion: example.com/v1
kind: Secret
---
kind: Secret
metadata: {generateName: d-}
)");
  CHECK(names(manifests) == Names{"a", "b", "c", ""});
  CHECK(manifests.skipped == Names{"ConfigMap", "Deployment", "Secret.example.com"});
  CHECK(names(read_manifest(
            R"({"kind":"Secret","metadata":{"name":"x"}} {"kind":"List","items":[]})")) ==
        Names{"x"});
}

TEST_CASE("a Docker config file is taken as the data of a Secret") {
  const auto [text, type, data_key] = GENERATE(table<std::string, std::string, std::string>({
      {R"({"auths":{"ghcr.io":{}}})", "kubernetes.io/dockerconfigjson", ".dockerconfigjson"},
      {R"({"Auths": {}})", "kubernetes.io/dockerconfigjson", ".dockerconfigjson"},
      {R"({"credsStore":"x"})", "kubernetes.io/dockerconfigjson", ".dockerconfigjson"},
      {"{}", "kubernetes.io/dockerconfigjson", ".dockerconfigjson"},
      {R"({"ghcr.io":{"auth":"x"},"ghcr.io":{}})", "kubernetes.io/dockercfg", ".dockercfg"},
  }));
  CAPTURE(text);
  const Manifests manifests = read_manifest("\n" + text + "\n");
  REQUIRE(manifests.secrets.size() == 1);
  CHECK(manifests.secrets[0].type == type);
  CHECK(manifests.secrets[0].string_data == std::map<std::string, std::string>{{data_key, text}});
}

TEST_CASE("what is no Kubernetes object is refused in words") {
  const auto [text, words] = GENERATE(table<std::string, std::string>({
      {"5", "m: no Kubernetes object"},
      {"[a]", "m: no Kubernetes object"},
      {"a: b", "m: no Kubernetes object: it has no \"kind\""},
      {R"({"a": 1})", "m: neither a Kubernetes object nor a Docker config file"},
      {R"({"apiVersion": "v1"})", "m: no Kubernetes object: it has no \"kind\""},
      {R"({"kind": 5})", "m: \"kind\" of an object must be a string"},
      {"kind: List\nitems: {}", "m: \"items\" of a List must be an array"},
      {"kind: List\nitems: [5]", "m: no Kubernetes object"},
      {"kind: Secret\nmetadata: []", "m: \"metadata\" of a Secret must be an object"},
      {"kind: Secret\ntype: {}", "m: \"type\" of a Secret must be a string"},
      {"kind: Secret\nmetadata: {name: x}\ndata: []",
       "m: \"data\" of Secret x must be an object of strings"},
      {"kind: Secret\nstringData: {a: [b]}",
       "m: \"stringData\" of a Secret must be an object of strings"},
  }));
  CAPTURE(text);
  CHECK(refusal_of_manifest(text) == words);
}

TEST_CASE("a value that is no string is kept in mind, and refused where the manifest is kept") {
  const std::string text = R"({"kind":"Secret","stringData":{"a":5,"b":true,"c":"x"}})";
  const SecretManifest secret = read_manifest(text).secrets.at(0);
  CHECK(secret.not_texts == Names{"a", "b"});
  CHECK(secret.string_data.at("a") == "5");
  CHECK(error_of([&] { read_manifests({"m", text}, KeepObjects::yes); }));
}

TEST_CASE("what apply would not keep does not count for the size") {
  const std::string plain = R"({"kind":"Secret","metadata":{"annotations":{},"name":"a"}})";
  const std::string dumped =
      R"({"kind":"Secret","metadata":{"annotations":)"
      R"({"kubectl.kubernetes.io/last-applied-configuration":"{}"},"managedFields":[{}],"name":"a"}})";
  CHECK(read_manifest(plain).secrets.at(0).size == plain.size());
  CHECK(read_manifest(dumped).secrets.at(0).size == plain.size());
}

TEST_CASE("a config file is known as one, and counts as base64") {
  const SecretManifest config = read_manifest(R"({"auths":{}})").secrets.at(0);
  CHECK(config.is_config_file);
  CHECK(config.size == 16);
  CHECK_FALSE(
      read_manifest("kind: Secret\nmetadata: {generateName: a-}").secrets.at(0).is_config_file);
}

TEST_CASE("null in the place of metadata, data or annotations is nothing") {
  const Manifests manifests = read_manifest(
      "kind: Secret\nmetadata:\ndata:\n---\n"
      "kind: Secret\nmetadata: {name: a, annotations: }\n");
  REQUIRE(manifests.secrets.size() == 2);
  CHECK(manifests.secrets[0].name.empty());
  CHECK(manifests.secrets[1].name == "a");
}
