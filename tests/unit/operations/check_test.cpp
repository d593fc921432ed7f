#include "operations/check.h"

#include "catch.h"
#include "fake_registries.h"
#include "kubernetes/image.h"
#include "support.h"

using namespace pullsecret;
using Texts = std::vector<std::string>;

namespace {

const std::string asked_host = "registry.example", asked_image = asked_host + "/acme/app:1";
const std::string basic_of_octocat = "Basic b2N0b2NhdDpodW50ZXIy";

// The passwords under registry.example/acme and registry.example; empty: there is no such entry.
pullsecret::Keyring keyring_with(const std::string& of_path, const std::string& of_host) {
  std::vector<KeyringEntry> entries;
  for (const auto& [key, password] :
       {std::pair(asked_host + "/acme", of_path), std::pair(asked_host, of_host)})
    if (!password.empty()) entries.push_back({.key = key, .credential = {"octocat", password}});
  return pullsecret::Keyring(std::move(entries));
}

// It takes octocat's hunter2 alone; of a public image, nobody's login too.
FakeRegistries registry_with(bool is_public) {
  const auto guard = [](bool is_open) {
    return [is_open](const HttpRequest& request) {
      const bool is_taken =
          request.authorization == basic_of_octocat || (is_open && request.authorization.empty());
      return HttpReply(is_taken ? response(200) : challenged("Basic realm=\"r\""));
    };
  };
  FakeRegistries registry;
  registry.on("GET https://" + asked_host + "/v2/", guard(false));
  const std::string manifest = "https://" + asked_host + "/v2/acme/app/manifests/1";
  registry.on("HEAD " + manifest, guard(is_public)).on("GET " + manifest, guard(is_public));
  return registry;
}

PullReport report_on(std::vector<Inquiry> inquiries, bool is_public) {
  FakeRegistries registry = registry_with(is_public);
  const auto reports = ask_registries(std::move(inquiries),
                                      {registry.exchange(), {.certificates = "/nonexistent"}, {}});
  REQUIRE(reports.size() == 1);
  return reports.front();
}

Texts outcomes_of(const PullReport& report) {
  Texts outcomes;
  for (const PullTry& one : report.tries)
    outcomes.emplace_back(in_words(one.verdict.outcome));
  return outcomes;
}

}  // namespace

TEST_CASE(
    "an image succeeds where the kubelet pulls it: without a login only if no entry serves it") {
  const auto [of_path, of_host, is_public, outcomes, succeeds] =
      GENERATE(table<std::string, std::string, bool, Texts, bool>({
          {"", "hunter2", false, {"pulls"}, true},
          {"hunter2-wrong", "hunter2", false, {"refused", "pulls"}, true},
          {"", "hunter2-wrong", false, {"refused", "no access"}, false},
          {"hunter2-wrong", "hunter2-old", true, {"refused", "refused", "anonymous"}, false},
          {"", "", true, {"anonymous"}, true},
          {"", "", false, {"no access"}, false},
      }));
  CAPTURE(of_path, of_host, is_public);
  const auto keyring = keyring_with(of_path, of_host);
  const PullInputs inputs{.named = {{asked_image, parse_image(asked_image)}}};
  const auto pulls = image_pulls(inputs, keyring);
  const PullReport report = report_on(about_images(pulls), is_public);
  CHECK(outcomes_of(report) == outcomes);
  CHECK(report.succeeds == succeeds);
  const bool is_public_in_vain = !succeeds && outcomes.back() == "anonymous";
  CHECK((report.tries.back().verdict.hint.find("mend the entry") != std::string::npos) ==
        is_public_in_vain);
}

TEST_CASE("nothing is sent of a login that lacks its username or its password") {
  const bool is_public = GENERATE(true, false);
  const auto [credential, words] = GENERATE(table<Credential, std::string>({
      {{.password = "hunter2"}, "no username: containerd and CRI-O send nothing"},
      {{.username = "octocat"}, "no password: containerd sends nothing, and CRI-O the username"},
      {{.identity_token = "hunter2"}, "no login: containerd and CRI-O send nothing"},
  }));
  CAPTURE(is_public, words);
  const pullsecret::Keyring keyring({{.key = asked_host, .credential = credential}});
  FakeRegistries registry = registry_with(is_public);
  const PullCheck check{registry.exchange(), {.certificates = "/nonexistent"}, {}};
  const PullInputs inputs{.named = {{asked_image, parse_image(asked_image)}}};
  const auto pulls = image_pulls(inputs, keyring);
  const auto images = ask_registries(about_images(pulls), check);
  const auto logins = ask_registries(about_registries(keyring).value, check);
  for (const HttpRequest& request : registry.requests)
    CHECK(request.authorization.empty());
  // The kubelet's try with the entry is one without a login.
  CHECK(images.at(0).succeeds == is_public);
  CHECK(outcomes_of(images.at(0)).front() == (is_public ? "anonymous" : "no access"));
  CHECK_THAT(images.at(0).tries.at(0).verdict.reason, Catch::Contains(words));
  CHECK_FALSE(logins.at(0).succeeds);
  CHECK_THAT(logins.at(0).tries.at(0).verdict.reason, Catch::Contains(words));
}

TEST_CASE("a registry succeeds where it takes the login") {
  const auto [password, outcome, succeeds] = GENERATE(table<std::string, std::string, bool>({
      {"hunter2", "logs in", true},
      {"hunter2-wrong", "refused", false},
  }));
  const auto keyring = keyring_with("", password);
  const PullReport report = report_on(about_registries(keyring).value, true);
  CHECK(report.registry == asked_host);
  CHECK(outcomes_of(report) == Texts{outcome});
  CHECK(report.succeeds == succeeds);
}

TEST_CASE("a key that names no single registry is not asked about") {
  const auto keyring = keyring_of({"*.example"});
  const auto [inquiries, notices] = about_registries(keyring);
  CHECK(inquiries.empty());
  REQUIRE(notices.size() == 1);
  CHECK(notices.front().text.message() == "*.example names no single registry that could be asked");
}
