#include <optional>
#include <string>
#include <vector>

#include "catch.h"
#include "doctor/environment_checks.h"
#include "temporary_folder.h"

using namespace pullsecret;

namespace {

Config config_of(const std::string& text) {
  return parse_config({.file = "config.json", .text = text});
}

// What is found, each `NAME`.
std::vector<std::string> found_in_variable(const std::string& variable,
                                           const std::optional<Config>& config) {
  const ScopedVariable scoped("DOCKER_AUTH_CONFIG", variable);
  std::vector<std::string> names;
  for (const Finding& finding : check_environment(config))
    names.push_back(finding.name);
  return names;
}

using Names = std::vector<std::string>;

constexpr const char* one_login = R"({"auths": {"a.io": {"auth": "dTpw"}}})";

}  // namespace

TEST_CASE("DOCKER_AUTH_CONFIG is nothing to tell of if it is not set or empty") {
  const ScopedVariable unset("DOCKER_AUTH_CONFIG", std::nullopt);
  CHECK(check_environment(config_of(one_login)).empty());
  CHECK(found_in_variable("", config_of(one_login)).empty());
}

TEST_CASE("DOCKER_AUTH_CONFIG overrides what the config knows, too") {
  CHECK(found_in_variable(one_login, std::nullopt) == Names{"environment-ok"});
  CHECK(found_in_variable(one_login, config_of(R"({"credsStore": "pass"})")) ==
        Names{"environment-ok"});
  CHECK(found_in_variable(one_login, config_of(R"({"auths": {"a.io": {}}})")) ==
        Names{"environment-overrides"});
  CHECK(found_in_variable(one_login, config_of(R"({"credHelpers": {"a.io": "x"}})")) ==
        Names{"environment-overrides"});
  CHECK(found_in_variable(R"({"auths": {"a.io": {"auth": "dTpw"}, "b.io": {"auth": "dTpw"}}})",
                          config_of(R"({"auths": {"b.io": {}}})")) ==
        Names{"environment-ok", "environment-overrides"});
}

TEST_CASE("DOCKER_AUTH_CONFIG is asked with Docker's own keys only") {
  CHECK(found_in_variable(R"({"auths": {"docker.io": {"auth": "dTpw"}}})", std::nullopt) ==
        Names{"environment-spelling"});
  CHECK(found_in_variable(R"({"auths": {"https://a.io": {"auth": "dTpw"}}})", std::nullopt) ==
        Names{"environment-spelling"});
  CHECK(found_in_variable(R"({"auths": {"https://index.docker.io/v1/": {"auth": "dTpw"}}})",
                          std::nullopt) == Names{"environment-ok"});
}

TEST_CASE("a DOCKER_AUTH_CONFIG that Docker ignores says why, and not what is in it") {
  const ScopedVariable variable("DOCKER_AUTH_CONFIG", R"({"credsStore": "hunter2"})");
  const Findings findings = check_environment(std::nullopt);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].name == "environment-refused");
  CHECK(findings[0].severity == Severity::warning);
  CHECK(findings[0].subject == "DOCKER_AUTH_CONFIG:1:16");
  CHECK_THAT(findings[0].message, !Catch::Contains("hunter2"));
}

TEST_CASE("a stray bracket behind DOCKER_AUTH_CONFIG ends it for Docker, and whatever comes then") {
  const std::string auths = R"({"auths": {"a.io": {"auth": "dTpw"}}})";
  for (const char* behind : {"}", " \n]", "}}", "} {", "]x"}) {
    const ScopedVariable variable("DOCKER_AUTH_CONFIG", auths + behind);
    CHECK(check_environment(std::nullopt).at(0).name == "environment-ok");
  }
  for (const char* behind : {"{}", "x", ",", " \"\""}) {
    const ScopedVariable variable("DOCKER_AUTH_CONFIG", auths + behind);
    CHECK(check_environment(std::nullopt).at(0).name == "environment-refused");
  }
}

TEST_CASE("a DOCKER_AUTH_CONFIG that is the path of a file says so") {
  const ScopedVariable variable("DOCKER_AUTH_CONFIG", "/builds/acme/app.tmp/DOCKER_AUTH_CONFIG\n");
  const Findings findings = check_environment(std::nullopt);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].name == "environment-refused");
  CHECK_THAT(findings[0].message, Catch::Contains("a GitLab variable of type File"));
  CHECK(findings[0].hint == R"sh(export DOCKER_AUTH_CONFIG="$(cat "$DOCKER_AUTH_CONFIG")")sh");
}

TEST_CASE("a login in DOCKER_AUTH_CONFIG is looked at, too") {
  CHECK(found_in_variable(R"({"auths": {"a.io": {"auth": "dTpodW50ZXIyCg=="}}})", std::nullopt) ==
        Names{"password-ends-in-line-break"});
  CHECK(found_in_variable(R"({"auths": {"a.io": {"auth": "dTo="}, "b.io": {"auth": "dTpw"}}})",
                          std::nullopt) == Names{"environment-ok", "entry-no-password"});
}
