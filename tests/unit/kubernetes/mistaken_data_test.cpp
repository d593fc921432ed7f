#include "kubernetes/mistaken_data.h"

#include "catch.h"
#include "credential/base64.h"

using namespace pullsecret;
using Catch::Contains;

namespace {

const std::string docker_config = R"({"auths":{"a.io":{"auth":"dTpw"}}})";

std::string what_of(const std::optional<MistakenData>& mistaken) {
  return mistaken ? mistaken->what : "";
}

}  // namespace

TEST_CASE("what people put in the place of pull data is named") {
  const auto [text, what] = GENERATE(table<std::string, std::string>({
      {"-----BEGIN CERTIFICATE-----\nx\n", "certificate or key in PEM"},
      {"\n-----BEGIN RSA PRIVATE KEY-----\n", "certificate or key in PEM"},
      {"b'eyJhIjoxfQ=='", "what Python prints"},
      {"b\"eyJhIjoxfQ==\"", "what Python prints"},
      {R"("{\"auths\":{}}")", "JSON in a JSON string"},
      {R"('{"auths":{}}')", "JSON in a JSON string"},
      {"\"eyJhIjoxfQ==\"", "a text in quotes"},
      {R"({"auths":{"gcr.io":{"username":"_json_key","password":"{ "type": "x" }"}}})",
       "service account's key in it that is not escaped"},
      {"{\"auths\":{\"gcr.io\":{\"password\":\"{\n  \"type\": \"x\"\n}\"}}}", "not escaped"},
      {"${DOCKER_CONFIG_JSON}", "${…}"},
      {"<path:secret/data/reg#config>", "<path:…>"},
      {"{{ .Values.dockerconfigjson | b64enc }}", "{{ … }}"},
      {"ENC[AES256_GCM,data:x,type:str]", "SOPS's ENC[…]"},
      {R"({"auths": {"a.io": {"auth": {{ .auth }}}}})", "{{ … }}"},
  }));
  CAPTURE(text);
  CHECK_THAT(what_of(mistaken_data(text)), Contains(what));
  CHECK_FALSE(mistaken_data(text)->hint.empty());
}

TEST_CASE("of what is pull data, or nothing known, nothing is said") {
  for (const std::string& text :
       {docker_config, std::string(), std::string("{}"), std::string("{\"auths\":"),
        std::string(R"({"auths":{"a.io":{"password":"\"{\""}}})"),
        std::string(R"({"auths":{"a.io":{"username":"{","password":""}}})")}) {
    CAPTURE(text);
    CHECK_FALSE(mistaken_data(text));
    CHECK_FALSE(wrapped_data(text));
  }
}

TEST_CASE("plain text belongs in stringData only where it is JSON") {
  const auto [value, hint] = GENERATE(table<std::string, std::string>({
      {docker_config, "stringData"},
      {" {\n}", "stringData"},
      {"e3 0=", "spaces in it"},
      {"{{ x }}", "helm template"},
      {"ENC[x]", "sops -d FILE"},
      {"$(CONFIG)", "envsubst"},
      {"b'e30='", "leave out the b"},
      {"\"e30=\"", "leave out the quotes"},
      {"-----BEGIN CERTIFICATE-----", "certs.d"},
      {"e30", "multiple of four"},
      {"e30==", "multiple of four"},
      {"-_-_", "+ and /"},
      {"auths:", "base64 -w 0 config.json"},
  }));
  CAPTURE(value);
  CHECK_THAT(mistaken_base64(value).hint, Contains(hint));
  CHECK((hint == "stringData") ==
        (mistaken_base64(value).hint.find("stringData") != std::string::npos));
}

TEST_CASE("a config.json in a member of another object, as text, object or base64") {
  const std::string quoted = R"("{\"auths\":{\"a.io\":{}}}")";
  for (const std::string& value :
       {quoted, docker_config, "\"" + encode_base64(docker_config) + "\""}) {
    CAPTURE(value);
    CHECK_THAT(what_of(wrapped_data("{\"id\": 1, \"value\": " + value + "}")),
               Contains("in the member \"value\""));
  }
  CHECK_THAT(what_of(wrapped_data(
                 "{\"auths\": " + std::string(R"("{\"a.io\":{\"auth\":\"dTpw\"}}")") + "}")),
             Contains("JSON in a JSON string"));
  for (const char* other : {R"({"value": "x"})", R"({"value": {"a": {"auth": "x"}}})", "[]", "{"})
    CHECK_FALSE(wrapped_data(other));
}
