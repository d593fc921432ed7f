// What the kubelet asks a credential provider, and what that answers.

#include <chrono>
#include <map>
#include <string>

#include "catch.h"
#include "kubernetes/image.h"
#include "kubernetes/keyring.h"
#include "kubernetes/provider_request.h"
#include "kubernetes/provider_response.h"
#include "support.h"

using namespace pullsecret;
using namespace std::chrono_literals;

namespace {

constexpr const char* v1 = "credentialprovider.kubelet.k8s.io/v1";

ProviderRequest read_request(const std::string& text) {
  return read_provider_request({"standard input", text});
}

std::string request_with(const std::string& kind, const std::string& api_version,
                         const std::string& image) {
  const nlohmann::json request{{"kind", kind}, {"apiVersion", api_version}, {"image", image}};
  return request.dump() + "\n";
}

std::string refusal(const std::string& request) {
  const auto error = error_of([&] { read_request(request); });
  return error ? error->what() : "none";
}

// An answer with one member more, or another in the place of one.
std::string answer_with(const std::string& name, const nlohmann::json& value) {
  nlohmann::json answer{{"kind", "CredentialProviderResponse"},
                        {"apiVersion", v1},
                        {"cacheKeyType", "Image"},
                        {"auth", nullptr}};
  answer[name] = value;
  return answer.dump();
}

std::string why_discarded(const std::string& answer) {
  const auto error = error_of([&] { read_provider_response(answer, v1); });
  return error ? error->what() : "none";
}

}  // namespace

TEST_CASE("the kubelet's request, in each version") {
  const std::string version = GENERATE("v1", "v1beta1", "v1alpha1");
  const std::string api_version = "credentialprovider.kubelet.k8s.io/" + version;
  const ProviderRequest request =
      read_request(R"({"kind":"CredentialProviderRequest","apiVersion":")" + api_version +
                   R"(","image":"docker.io/library/nginx"})" + "\n");
  CHECK(request.api_version == api_version);
  CHECK(request.image.repository == "docker.io/library/nginx");
  CHECK(request.image.registry_host == "docker.io");
}

TEST_CASE("the kubelet's request with a service account, and what newer ones may tell besides") {
  const ProviderRequest request = read_request(
      R"({"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1",)"
      R"("image":"ghcr.io/acme/app","serviceAccountToken":"hunter2","serviceAccountAnnotations":)"
      R"({"acme.example/role":"puller"},"another":[{}]})");
  CHECK(request.image.repository == "ghcr.io/acme/app");
  CHECK(request.service_account_token == "hunter2");
  CHECK(request.service_account_annotations ==
        std::map<std::string, std::string>{{"acme.example/role", "puller"}});
  const std::string text = format_provider_request(request);
  CHECK(
      text ==
      R"({"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1",)"
      R"("image":"ghcr.io/acme/app","serviceAccountToken":"hunter2","serviceAccountAnnotations":)"
      R"({"acme.example/role":"puller"}})"
      "\n");
}

TEST_CASE("a service account's token and annotations of other types are none") {
  const auto with = [](const std::string& fields) {
    return R"({"kind":"CredentialProviderRequest","image":"ghcr.io/app","apiVersion":)"
           R"("credentialprovider.kubelet.k8s.io/v1",)" +
           fields + "}";
  };
  CHECK(refusal(with(R"("serviceAccountToken":["hunter2"])")) ==
        "standard input:1:133: serviceAccountToken must be a string");
  CHECK(refusal(with(R"("serviceAccountAnnotations":{"a":1})")) ==
        "standard input:1:144: serviceAccountAnnotations.a must be a string");
  const auto annotations = [&](const std::string& fields) {
    return read_request(with(fields)).service_account_annotations;
  };
  using Map = std::map<std::string, std::string>;
  CHECK(annotations(R"("serviceAccountAnnotations":null)").empty());
  CHECK(annotations(R"("serviceAccountAnnotations":{"a":null})") == Map{{"a", ""}});
  CHECK(annotations(R"("serviceAccountAnnotations":{"a":"1"},"serviceAccountAnnotations":)"
                    R"({"b":"2","b":"3"})") == Map{{"a", "1"}, {"b", "3"}});
}

TEST_CASE("a request is written as the kubelet writes it, and read back") {
  const ProviderRequest request{.api_version = v1, .image = parse_image("nginx:1.25")};
  const std::string text = format_provider_request(request);
  CHECK(
      text ==
      R"({"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1",)"
      R"("image":"docker.io/library/nginx"})"
      "\n");
  CHECK(read_request(text).image.repository == request.image.repository);
}

TEST_CASE("what is no request is refused, with the reason") {
  const std::string kind = "CredentialProviderRequest";
  const auto [request, reason] = GENERATE_COPY(table<std::string, std::string>({
      {"", "it is empty"},
      {"hello", "standard input:1:1: "},
      {"[]", "must be an object"},
      {"null", "its kind is \"\""},
      {request_with("Pod", v1, "nginx"), "its kind is \"Pod\""},
      {request_with(kind, "credentialprovider.kubelet.k8s.io/v2", "nginx"), "is not known"},
      {request_with(kind, "", "nginx"), "is not known"},
      {request_with(kind, v1, ""), "names no image"},
      {request_with(kind, v1, "Not an image"), "image Not an image: "},
      {request_with(kind, v1, "nginx") + "{}", "standard input:2:1: "},
      {R"({"kind":"CredentialProviderRequest","apiVersion":{},"image":"nginx"})",
       "apiVersion must be a string"},
  }));
  CAPTURE(request);
  CHECK_THAT(refusal(request), Catch::Contains(reason));
}

TEST_CASE("an answer has what the kubelet decodes, and no field more") {
  ProviderResponse response{.api_version = v1, .cache_key_type = CacheKeyType::registry};
  CHECK(
      format_provider_response(response) ==
      R"({"kind":"CredentialProviderResponse","apiVersion":"credentialprovider.kubelet.k8s.io/v1",)"
      R"("cacheKeyType":"Registry","auth":null})"
      "\n");

  response.cache_duration = 90min;
  response.auth["ghcr.io"] = {
      .username = "octocat", .password = "hunter2\"<", .email = "octo@acme.example"};
  CHECK(
      format_provider_response(response) ==
      R"({"kind":"CredentialProviderResponse","apiVersion":"credentialprovider.kubelet.k8s.io/v1",)"
      R"("cacheKeyType":"Registry","cacheDuration":"1h30m0s","auth":{"ghcr.io":)"
      R"({"username":"octocat","password":"hunter2\"\u003c"}}})"
      "\n");

  const ProviderResponse read = read_provider_response(format_provider_response(response), v1);
  CHECK(read.cache_key_type == response.cache_key_type);
  CHECK(read.cache_duration == response.cache_duration);
  CHECK(read.auth.at("ghcr.io").password == "hunter2\"<");
  CHECK(read.unknown_fields.empty());
}

TEST_CASE("a password that JSON cannot say is refused, and not shown") {
  const ProviderResponse response{.api_version = v1,
                                  .auth = {{"ghcr.io", {"octocat", "hunter2\xff", "", "", ""}}}};
  const auto error = error_of([&] { format_provider_response(response); });
  REQUIRE(error);
  CHECK_THAT(error->what(), Catch::Contains("ghcr.io: its password is not UTF-8"));
  CHECK_THAT(error->what(), !Catch::Contains("hunter2"));
}

TEST_CASE("an answer that the kubelet discards, and why") {
  const auto [answer, reason] = GENERATE(table<std::string, std::string>({
      {"", "it is empty"},
      {"not found", "unexpected"},
      {answer_with("kind", "Secret"), "its kind is \"Secret\""},
      {answer_with("apiVersion", "credentialprovider.kubelet.k8s.io/v1beta1"), "its apiVersion"},
      {answer_with("cacheKeyType", "image"), "its cacheKeyType is \"image\""},
      {answer_with("cacheKeyType", nullptr), "its cacheKeyType is \"\""},
      {answer_with("cacheDuration", 3600), "cacheDuration must be a string"},
      {answer_with("cacheDuration", "an hour"), "no duration"},
      {answer_with("auth", nlohmann::json::array()), "auth must be an object"},
      {answer_with("auth", nlohmann::json{{"ghcr.io", "hunter2"}}), "auth.ghcr.io must be"},
      {answer_with("auth", nullptr) + "\nbye", "text behind the JSON value"},
  }));
  CAPTURE(answer);
  CHECK_THAT(why_discarded(answer), Catch::Contains(reason));
  CHECK_THAT(why_discarded(answer), !Catch::Contains("hunter2"));
}

TEST_CASE("fields that newer kubelets refuse are told") {
  const nlohmann::json auth{{"ghcr.io", {{"Username", "octocat"}, {"password", "hunter2"}}}};
  CHECK(read_provider_response(answer_with("auth", auth), v1).unknown_fields ==
        std::vector<std::string>{"auth.ghcr.io.Username"});
  CHECK(read_provider_response(answer_with("expires", "soon"), v1).unknown_fields ==
        std::vector<std::string>{"expires"});
}

TEST_CASE("a key of an answer is offered for an image exactly if the kubelet offers it") {
  const nlohmann::json data = test_data("kubelet-provider.json");
  for (const auto& row : data.at("auth")) {
    CAPTURE(row["key"], row["image"]);
    CHECK(serves_image(row["key"].get<std::string>(),
                       parse_image(row["image"].get<std::string>())) == row["offered"]);
  }
}
