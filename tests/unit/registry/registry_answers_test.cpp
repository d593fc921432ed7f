// What check makes of the answers of the registries that people pull from. The answers are a
// stand-in's: tests/data/registry-answers.json says where each comes from.

#include <algorithm>

#include "catch.h"
#include "fake_registries.h"
#include "registry/pull_check.h"
#include "support.h"

using namespace pullsecret;
using Catch::Contains;

namespace registry_answers {
namespace {

using nlohmann::json;

const std::string token_body = R"({"token":"bearer-hunter2"})";

std::string text(const json& object, const char* field) {
  return object.value(field, std::string());
}

// The answer in the field `name`, else 200.
HttpResponse answer_in(const json& object, const char* name, const std::string& default_body) {
  if (!object.contains(name)) return response(200, default_body);
  const json& answer = object[name];
  HttpResponse read = response(answer["status"].get<int>(), text(answer, "body"));
  if (answer.contains("challenge"))
    read.headers.push_back({"Www-Authenticate", text(answer, "challenge")});
  const json headers = answer.value("headers", json::object());
  for (const auto& [header, value] : headers.items())
    read.headers.push_back({header, value.get<std::string>()});
  return read;
}

std::string query(const std::string& parameters) {
  std::string encoded;
  for (const char c : parameters)
    encoded += c == ':' ? "%3A" : c == '/' ? "%2F" : std::string(1, c);
  return encoded;
}

FakeRegistries registry_of(const json& registry, const json& one) {
  FakeRegistries fake;
  if (one.value("absent", false)) return fake;
  const std::string host = text(registry, registry.contains("served_at") ? "served_at" : "host");
  const std::string url = "https://" + host + "/v2/";
  const HttpResponse greeting =
      challenged(text(registry, "challenge"), text(registry, "greeting_body"));
  const HttpResponse greeted = answer_in(one, "greeted", "{}");
  fake.on("GET " + url, [=](const HttpRequest& request) {
    return HttpReply(request.authorization.empty() ? greeting : greeted);
  });
  const HttpResponse manifest = answer_in(one, "manifest", "{}");
  HttpResponse head = manifest;
  head.body.clear();
  fake.on("HEAD " + url + "acme/app/manifests/9", head);
  fake.on("GET " + url + "acme/app/manifests/9", manifest);
  if (!registry.contains("token_url")) return fake;
  const std::string token_url = text(registry, "token_url");
  const std::string service = "?service=" + text(registry, "service");
  fake.on("POST " + token_url, response(registry["form_status"].get<int>()));
  fake.on("GET " + token_url + service + "&scope=" + query("repository:acme/app:pull"),
          answer_in(one, "token", token_body));
  fake.on("GET " + token_url + service, answer_in(one, "login", token_body));
  return fake;
}

std::optional<Credential> credential_of(const json& registry, const json& one) {
  if (one.value("anonymous", false)) return std::nullopt;
  return Credential{.username = one.value("username", text(registry, "username")),
                    .password = one.value("password", text(registry, "password"))};
}

PullVerdict verdict_on(const json& registry, const json& one) {
  FakeRegistries fake = registry_of(registry, one);
  const PullQuestion question{.host = text(registry, "host"),
                              .repository = "acme/app",
                              .reference = "9",
                              .tries = {credential_of(registry, one)}};
  return check_pulls({question}, {.exchange = fake.exchange(),
                                  .access = {.certificates = "/nonexistent"},
                                  .now = Time(std::chrono::hours(24 * 365 * 50))})
      .at(0)
      .at(0);
}

void check_case(const json& registry, const json& one) {
  const PullVerdict verdict = verdict_on(registry, one);
  CHECK(in_words(verdict.outcome) == text(one, "outcome"));
  if (one.contains("reason")) CHECK(verdict.reason == text(one, "reason"));
  if (one.contains("words")) CHECK(verdict.registry_words == text(one, "words"));
  CHECK_THAT(verdict.hint, Contains(text(one, "hint")));
  CHECK(is_pull(verdict.outcome) == verdict.hint.empty());
  if (verdict.outcome == PullOutcome::refused || verdict.outcome == PullOutcome::expired) {
    CHECK(verdict.next == NextStep::replace_login);
    CHECK_THAT(verdict.hint, Catch::StartsWith(text(registry, "login_command")));
  }
  CHECK_THAT(verdict.registry_words + verdict.reason + verdict.hint, !Contains("hunter2"));
}

}  // namespace

TEST_CASE("check understands what registries answer") {
  const json data = test_data("registry-answers.json");
  for (const json& registry : data["registries"])
    for (const json& one : registry["cases"]) {
      CAPTURE(text(registry, "registry"), text(one, "case"));
      REQUIRE_FALSE(text(one, "source").empty());
      check_case(registry, one);
    }
}

// Quay, GitLab, Harbor and Google do not tell an end from a mistake, and private ECR has
// nothing without a login.
TEST_CASE("each outcome is tested with each registry that has it") {
  const json data = test_data("registry-answers.json");
  for (const json& registry : data["registries"]) {
    const std::string name = text(registry, "registry");
    CAPTURE(name);
    std::vector<std::string> outcomes;
    for (const json& one : registry["cases"])
      outcomes.push_back(text(one, "outcome"));
    const auto has = [&](const std::string& outcome) {
      return std::find(outcomes.begin(), outcomes.end(), outcome) != outcomes.end();
    };
    for (const char* outcome :
         {"pulls", "refused", "no access", "no such image", "rate limited", "unreachable"})
      CHECK(has(outcome));
    CHECK(has("anonymous") == (name != "Amazon ECR"));
    const bool tells_end =
        name == "Docker Hub" || name == "GitHub" || name == "Amazon ECR" || name == "Azure";
    CHECK(has("expired") == tells_end);
  }
}

}  // namespace registry_answers
