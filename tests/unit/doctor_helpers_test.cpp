#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>

#include <catch2/catch.hpp>

#include "doctor/helper_checks.h"
#include "support.h"
#include "temporary_folder.h"

using namespace pullsecret;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

/// Helpers that are shell scripts, alone on PATH with the shell's own commands.
class Helpers {
 public:
  void add(const std::string& name, const std::string& commands) const {
    folder_.write_script("docker-credential-" + name,
                         "echo \"$1 $(cat)\" >>\"$0.log\"\n" + commands);
  }

  std::string asked(const std::string& name) const {
    std::ifstream file(folder_.path() / ("docker-credential-" + name + ".log"));
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  TemporaryFolder folder_;
  ScopedVariable path_{"PATH", folder_.path().string() + ":/usr/bin:/bin"};
  ScopedVariable shell_{"SHELL", "/nonexistent/shell"};
};

HelperChecks check(const std::string& config) {
  HelperClient helpers({.timeout = 500ms});
  return check_helpers(parse_config({"config.json", config}), helpers);
}

Finding only_finding(const std::string& config) {
  const Findings findings = check(config).findings;
  REQUIRE(findings.size() == 1);
  return findings.front();
}

const std::string uses_it = R"({"credsStore":"it"})";

constexpr const char* empty_store = R"(
  case $1 in
    list) echo '{}' ;;
    get) echo credentials not found in native keychain; exit 1 ;;
  esac)";

}  // namespace

TEST_CASE("without a helper there is nothing to check") {
  CHECK(check(R"({"auths":{"ghcr.io":{}}})").findings.empty());
}

TEST_CASE("one get is for a registry of the config that the helper lists, as Docker spells it") {
  const Helpers helpers;
  helpers.add("it", R"([ "$1" = list ] && echo '{"a":"u","https://index.docker.io/v1/":"u"}'
                       [ "$1" = get ] && echo '{"Username":"u","Secret":"hunter2"}'
                       exit 0)");
  CHECK(only_finding(R"({"auths":{"b":{},"docker.io":{}},"credsStore":"it"})").name == "helper-ok");
  CHECK_THAT(helpers.asked("it"), Catch::EndsWith("\nget https://index.docker.io/v1/\n"));
  CHECK(only_finding(R"({"auths":{"b":{}},"credsStore":"it"})").name == "helper-ok");
  CHECK_THAT(helpers.asked("it"), Catch::EndsWith("\nget a\n"));
}

TEST_CASE("the web login's tokens are not got") {
  const Helpers helpers;
  helpers.add("it", R"([ "$1" = list ] && echo '{"https://index.docker.io/v1/access-token":"u"}'
                       [ "$1" = get ] && echo '{"Username":"u","Secret":"hunter2"}'
                       exit 0)");
  CHECK(only_finding(uses_it).name == "helper-ok");
  CHECK_THAT(helpers.asked("it"), Catch::EndsWith("\nget https://index.docker.io/v1/\n"));
}

TEST_CASE("a helper that knows no version works") {
  const Helpers helpers;
  helpers.add("it", std::string(empty_store) + "\n[ \"$1\" != version ]");
  CHECK(only_finding(uses_it).name == "helper-ok");
  CHECK(check(uses_it).helpers.at("it").works);
}

TEST_CASE("each helper is asked once, however many registries it is for") {
  const Helpers helpers;
  helpers.add("it", empty_store);
  CHECK(only_finding(R"({"credHelpers":{"a":"it","b":"it"},"credsStore":"it"})").name ==
        "helper-ok");
}

TEST_CASE("what a helper's answers say is in its finding, never what they hold") {
  const Helpers helpers;
  const auto row = GENERATE(table<std::string, std::string>({
      {"sleep 30", "helper-hangs"},
      {"kill -SEGV $$", "helper-crashes"},
      {"exit 2", "helper-crashes"},
      {"echo sorry; exit 1", "helper-fails"},
      {"echo hunter2", "helper-no-json"},
      {R"([ "$1" = list ] && echo '{}' || echo hunter2)", "helper-no-json"},
      {R"([ "$1" = list ] && echo '["hunter2"]')", "helper-no-json"},
  }));
  helpers.add("it", std::get<0>(row));
  const Finding finding = only_finding(uses_it);
  CHECK(finding.name == std::get<1>(row));
  CHECK(finding.severity == Severity::problem);
  CHECK(finding.subject == "docker-credential-it");
  CHECK_THAT(finding.message + finding.hint, !Contains("hunter2"));
  CHECK_FALSE(check(uses_it).helpers.at("it").works);
  CHECK_FALSE(check(uses_it).helpers.at("it").is_lost);
}

TEST_CASE("a helper that hangs is asked nothing more") {
  const Helpers helpers;
  helpers.add("it", R"([ "$1" = list ] && sleep 30; exit 0)");
  CHECK(only_finding(uses_it).name == "helper-hangs");
  CHECK(helpers.asked("it") == "version \nlist unused\n");
}

TEST_CASE("a helper without list works, with a warning") {
  const Helpers helpers;
  helpers.add("it", R"([ "$1" = get ] || { echo Unknown action; exit 1; }
                       echo '{"Username":"u","Secret":"hunter2"}')");
  const Finding finding = only_finding(uses_it);
  CHECK(finding.name == "helper-no-list");
  CHECK(finding.severity == Severity::warning);
  CHECK(check(uses_it).helpers.at("it").works);
}

TEST_CASE("another store can take over from a program that is not there, or is none") {
  const Helpers helpers;
  const TemporaryFolder folder;
  const std::string name =
      GENERATE("absent", "desktop", "dev-containers-1", "a/b", "docker-credential-absent");
  const HelperChecks checks = check(R"({"credsStore":")" + name + "\"}");
  CHECK(checks.helpers.at(name).is_lost);
  CHECK_FALSE(checks.helpers.at(name).works);
  CHECK(checks.findings.front().severity == Severity::problem);
}

TEST_CASE("a dev container's helper that fails is of a window that is gone") {
  const Helpers helpers;
  helpers.add("dev-containers-1", "echo connect ENOENT >&2; exit 1");
  const HelperChecks checks = check(R"({"credsStore":"dev-containers-1"})");
  CHECK(checks.findings.front().name == "helper-dev-container");
  CHECK(checks.helpers.at("dev-containers-1").is_lost);
}

TEST_CASE("a program's name in the place of the helper's is mended where that is there") {
  const Helpers helpers;
  helpers.add("it", empty_store);
  const HelperChecks checks =
      check(R"({"credHelpers":{"a":"docker-credential-it"},"credsStore":"docker-credential-it"})");
  REQUIRE(checks.findings.size() == 1);
  const Finding& finding = checks.findings.front();
  CHECK(finding.name == "helper-name-prefix");
  CHECK(finding.change.creds_store == "it");
  CHECK(finding.change.cred_helpers == std::map<std::string, std::string>{{"a", "it"}});
  CHECK_FALSE(checks.helpers.at("docker-credential-it").is_lost);
}

TEST_CASE("an empty name is a warning about its registries") {
  const Finding finding = only_finding(R"({"credHelpers":{"a":"","b":""}})");
  CHECK(finding.name == "helper-name-empty");
  CHECK(finding.severity == Severity::warning);
  CHECK(finding.subject == "credHelpers for a and 1 more");
}

TEST_CASE("labels in place of server URLs are a second finding") {
  const Helpers helpers;
  helpers.add("it", R"([ "$1" = list ] && echo '{"Registry credentials for ghcr.io":"u"}'
                       [ "$1" = get ] && echo '{"Username":"u","Secret":"hunter2"}'
                       exit 0)");
  const Findings findings = check(uses_it).findings;
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].name == "helper-ok");
  CHECK(findings[1].name == "secretservice-lists-labels");
}

TEST_CASE("a store that is not there, or does not list, cannot take over") {
  const Helpers helpers;
  HelperClient client({});
  helpers.add("broken", "echo sorry; exit 1");
  helpers.add("text", "echo hunter2");
  helpers.add("it", empty_store);
  CHECK_THAT(why_not_usable("absent", client)->what(), Contains("not found on PATH"));
  CHECK_THAT(why_not_usable("broken", client)->what(), Contains("sorry"));
  CHECK_THAT(why_not_usable("text", client)->what(),
             Contains("docker-credential-text: list: its answer is not JSON"));
  CHECK_FALSE(why_not_usable("it", client));
}
