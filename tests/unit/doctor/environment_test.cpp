#include <chrono>
#include <filesystem>
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

/// A shell with its start-up files in a home folder of its own.
struct Shell {
  TemporaryFolder home;
  ScopedVariable home_variable{"HOME", home.path().string()};
  ScopedVariable shell{"SHELL", "/bin/bash"};
  ScopedVariable path{"PATH", "/caller/bin:/usr/bin:/bin"};
  ScopedVariable caller{"CALLER", "/of/caller"};
};

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

TEST_CASE("search paths: a folder for interactive shells only") {
  const Shell shell;
  shell.home.write(".bashrc", "PATH=/only/interactive:$PATH\n");
  shell.home.write(".profile", "PATH=/from/profile$CALLER:$PATH\n");
  CHECK(interactive_search_path() == "/only/interactive:/caller/bin:/usr/bin:/bin");
  const auto path = login_search_path();
  REQUIRE(path);
  CHECK(path->starts_with("/from/profile:"));
  CHECK_THAT(*path, !Catch::Contains("caller"));
}

TEST_CASE("search paths: what start-up files print and leave open does not count") {
  const Shell shell;
  shell.home.write(".bashrc", "echo PATH=/noise; printf 'no line end'\n");
  shell.home.write(".profile", "head -c 100000 /dev/zero | tr '\\0' x; sleep 2 & set -x\n");
  CHECK(interactive_search_path() == "/caller/bin:/usr/bin:/bin");
  const auto path = login_search_path();
  REQUIRE(path);
  CHECK(path->starts_with("/usr/local"));
}

TEST_CASE("search paths: a shell that does not answer is no answer") {
  const Shell shell;
  shell.home.write(".bashrc", "exec false\n");
  CHECK(!interactive_search_path());
  CHECK(login_search_path());
}

TEST_CASE("search paths: a shell that hangs or floods is ended") {
  const Shell shell;
  shell.home.write(".bashrc", "sleep 100\n");
  shell.home.write(".profile", "cat /dev/zero\n");
  // With `sleep 100` it would answer in the end.
  CHECK(!interactive_search_path(std::chrono::milliseconds(300)));
  CHECK(!login_search_path());
}

TEST_CASE("search paths: what is no shell is not run") {
  const Shell shell;
  const auto name = GENERATE(as<std::string>{}, "bash", "/nowhere/bash", "/etc/passwd");
  const ScopedVariable variable("SHELL", name);
  CHECK(!interactive_search_path());
  CHECK(!login_search_path());
}

TEST_CASE("search paths: a shell of the current folder is not run") {
  const Shell shell;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(shell.home.path());
  shell.home.write_script("shell", "exec /bin/sh \"$@\"");
  const ScopedVariable variable("SHELL", "./shell");
  CHECK(!interactive_search_path());
  std::filesystem::current_path(before);
}

TEST_CASE("search paths: sh, too") {
  const Shell shell;
  const ScopedVariable variable("SHELL", "/bin/sh");
  shell.home.write(".profile", "PATH=/from/profile:$PATH\n");
  CHECK(interactive_search_path() == "/caller/bin:/usr/bin:/bin");
  const auto path = login_search_path();
  REQUIRE(path);
  CHECK(path->starts_with("/from/profile:"));
}
