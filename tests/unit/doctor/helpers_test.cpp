#include <chrono>
#include <fstream>
#include <iterator>
#include <string>

#include "catch.h"
#include "doctor/helper_checks.h"
#include "doctor/store_checks.h"
#include "script_helpers.h"
#include "support.h"

using namespace pullsecret;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

// A helper that logs what it is asked.
void add_logged(const ScriptHelpers& helpers, const std::string& name,
                const std::string& commands) {
  helpers.add(name, "echo \"$1 $(cat)\" >>\"$0.log\"\n" + commands);
}

std::string asked(const ScriptHelpers& helpers, const std::string& name) {
  std::ifstream file(helpers.folder().path() / ("docker-credential-" + name + ".log"));
  return {std::istreambuf_iterator<char>(file), {}};
}

// What hangs does so however busy the machine is; what does not is given all the time it needs.
constexpr std::chrono::milliseconds patience = 60s, no_patience = 100ms;

HelperChecks check_config(const std::string& config, std::chrono::milliseconds limit = patience) {
  HelperClient helpers({.timeout = limit});
  return check_helpers(parse_config({"config.json", config}), helpers);
}

Finding only_finding(const std::string& config, std::chrono::milliseconds limit = patience) {
  const Findings findings = check_config(config, limit).findings;
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
  CHECK(check_config(R"({"auths":{"ghcr.io":{}}})").findings.empty());
}

TEST_CASE("one get is for a registry of the config that the helper lists, as Docker spells it") {
  const ScriptHelpers helpers;
  add_logged(helpers, "it", R"([ "$1" = list ] && echo '{"a":"u","https://index.docker.io/v1/":"u"}'
                       [ "$1" = get ] && echo '{"Username":"u","Secret":"hunter2"}'
                       exit 0)");
  CHECK(only_finding(R"({"auths":{"b":{},"docker.io":{}},"credsStore":"it"})").name == "helper-ok");
  CHECK_THAT(asked(helpers, "it"), Contains("\nget https://index.docker.io/v1/\n"));
  CHECK(only_finding(R"({"auths":{"b":{}},"credsStore":"it"})").name == "helper-ok");
  CHECK_THAT(asked(helpers, "it"), Catch::EndsWith("\nget a\n"));
}

TEST_CASE("the web login's tokens are not got") {
  const ScriptHelpers helpers;
  add_logged(helpers, "it",
             R"([ "$1" = list ] && echo '{"https://index.docker.io/v1/access-token":"u"}'
                       [ "$1" = get ] && echo '{"Username":"u","Secret":"hunter2"}'
                       exit 0)");
  CHECK(only_finding(uses_it).name == "helper-ok");
  CHECK_THAT(asked(helpers, "it"), Catch::StartsWith("get https://index.docker.io/v1/\n"));
  CHECK_THAT(asked(helpers, "it"), !Contains("access-token"));
}

TEST_CASE("a helper that knows no version works") {
  const ScriptHelpers helpers;
  add_logged(helpers, "it", std::string(empty_store) + "\n[ \"$1\" != version ]");
  CHECK(only_finding(uses_it).name == "helper-ok");
  CHECK(check_config(uses_it).helpers.at("it").works());
}

TEST_CASE("each helper is asked once, however many registries it is for") {
  const ScriptHelpers helpers;
  add_logged(helpers, "it", empty_store);
  CHECK(only_finding(R"({"credHelpers":{"a":"it","b":"it"},"credsStore":"it"})").name ==
        "helper-ok");
}

TEST_CASE("what a helper's answers say is in its finding, never what they hold") {
  const ScriptHelpers helpers;
  const auto row = GENERATE(table<std::string, std::string>({
      {"sleep 30", "helper-hangs"},
      {"kill -SEGV $$", "helper-crashes"},
      {"exit 2", "helper-crashes"},
      {"echo sorry; exit 1", "helper-fails"},
      {"echo hunter2", "helper-no-json"},
      {R"([ "$1" = list ] && echo '{}' || echo hunter2)", "helper-no-json"},
  }));
  add_logged(helpers, "it", std::get<0>(row));
  const auto limit = std::get<1>(row) == "helper-hangs" ? no_patience : patience;
  const Finding finding = only_finding(uses_it, limit);
  CHECK(finding.name == std::get<1>(row));
  CHECK(finding.severity == Severity::problem);
  CHECK(finding.subject == "docker-credential-it");
  CHECK_THAT(finding.message + finding.hint, !Contains("hunter2"));
  CHECK(check_config(uses_it, limit).helpers.at("it").condition == Condition::useless);
}

TEST_CASE("a helper that hangs is asked nothing more") {
  const ScriptHelpers helpers;
  add_logged(helpers, "it", "sleep 30");
  CHECK(only_finding(uses_it, no_patience).name == "helper-hangs");
  CHECK(asked(helpers, "it") == "get https://index.docker.io/v1/\n");
}

TEST_CASE("a helper is asked for a registry of the config first") {
  const ScriptHelpers helpers;
  add_logged(helpers, "it", empty_store);
  CHECK(only_finding(R"({"auths":{"a":{},"b":{}},"credsStore":"it"})").name == "helper-ok");
  CHECK_THAT(asked(helpers, "it"), Catch::StartsWith("get a\n"));
}

TEST_CASE("a helper without list works, with a warning") {
  const ScriptHelpers helpers;
  const std::string name = GENERATE("it", "dev-containers-1");
  const std::string otherwise = GENERATE("echo Unknown action; exit 1", "exit 255", "sleep 30",
                                         "kill -SEGV $$", "echo hunter2", R"(echo '["hunter2"]')");
  add_logged(helpers, name,
             R"([ "$1" != get ] || { echo '{"Username":"u","Secret":"hunter2"}'; exit; }
)" + otherwise);
  const std::string config = R"({"auths":{"a":{},"b":{}},"credsStore":")" + name + "\"}";
  HelperClient client({.timeout = otherwise == "sleep 30" ? 2s : patience});
  const HelperChecks checks = check_helpers(parse_config({"config.json", config}), client);
  REQUIRE(checks.findings.size() == 1);
  const Finding& finding = checks.findings.front();
  CHECK(finding.name == "helper-no-list");
  CHECK(finding.severity == Severity::warning);
  CHECK(finding.remedy.change.empty());
  CHECK_THAT(finding.message + finding.hint, !Contains("hunter2"));
  CHECK(checks.helpers.at(name).works());
  CHECK_FALSE(checks.helpers.at(name).listed);
  CHECK_FALSE(why_not_usable(name, client));
}

TEST_CASE("what version does says nothing of a helper") {
  const ScriptHelpers helpers;
  const std::string version = GENERATE("sleep 30", "kill -SEGV $$", "exit 1", "echo");
  add_logged(helpers, "dev-containers-1",
             std::string(empty_store) + "\n[ \"$1\" != version ] || " + version);
  const std::string config = R"({"credsStore":"dev-containers-1"})";
  CHECK(only_finding(config, version == "sleep 30" ? 2s : patience).name == "helper-ok");
}

TEST_CASE("a dev container's helper that tells an error as helpers do has its window") {
  const ScriptHelpers helpers;
  add_logged(helpers, "dev-containers-1", "echo User interaction is not allowed.; exit 1");
  const HelperChecks checks = check_config(R"({"credsStore":"dev-containers-1"})");
  CHECK(checks.findings.front().name == "helper-fails");
  CHECK(checks.helpers.at("dev-containers-1").condition == Condition::useless);
}

TEST_CASE("another store can take over from a program that is not there, or is none") {
  const ScriptHelpers helpers;
  const TemporaryFolder folder;
  const std::string name =
      GENERATE("absent", "desktop", "dev-containers-1", "a/b", "docker-credential-absent");
  const HelperChecks checks = check_config(R"({"credsStore":")" + name + "\"}");
  CHECK(checks.helpers.at(name).condition == Condition::lost);
  CHECK(checks.findings.front().severity == Severity::problem);
}

TEST_CASE("what Docker never runs is not missed") {
  const ScriptHelpers helpers;
  const std::string key = GENERATE("*.dkr.ecr.*.amazonaws.com", "ghcr.io/acme", "docker.io");
  CHECK(check_config(R"({"credHelpers":{")" + key + R"(":"absent"}})").findings.empty());
}

TEST_CASE("a dev container's helper that fails is of a window that is gone") {
  const ScriptHelpers helpers;
  add_logged(helpers, "dev-containers-1", "echo connect ENOENT >&2; exit 1");
  const HelperChecks checks = check_config(R"({"credsStore":"dev-containers-1"})");
  CHECK(checks.findings.front().name == "helper-dev-container");
  CHECK(checks.helpers.at("dev-containers-1").condition == Condition::lost);
}

TEST_CASE("a program's name in the place of the helper's is mended where that is there") {
  const ScriptHelpers helpers;
  add_logged(helpers, "it", empty_store);
  const HelperChecks checks = check_config(
      R"({"credHelpers":{"a":"docker-credential-it"},"credsStore":"docker-credential-it"})");
  REQUIRE(checks.findings.size() == 1);
  const Finding& finding = checks.findings.front();
  CHECK(finding.name == "helper-name-prefix");
  CHECK(finding.remedy.change.creds_store == "it");
  CHECK(finding.remedy.change.cred_helpers == HelperChanges{{"a", "it"}});
  CHECK(checks.helpers.at("docker-credential-it").condition == Condition::unreachable);
}

TEST_CASE("an empty name stands for the file, and nothing is wrong with that") {
  const Finding finding = only_finding(R"({"credHelpers":{"a":"","b":""}})");
  CHECK(finding.name == "helper-name-empty");
  CHECK(finding.severity == Severity::ok);
  CHECK(finding.subject == "credHelpers for a and 1 more");
}

TEST_CASE("labels in place of server URLs are a second finding") {
  const ScriptHelpers helpers;
  add_logged(helpers, "it", R"([ "$1" = list ] && echo '{"Registry credentials for ghcr.io":"u"}'
                       [ "$1" = get ] && echo '{"Username":"u","Secret":"hunter2"}'
                       exit 0)");
  const Findings findings = check_config(uses_it).findings;
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].name == "helper-ok");
  CHECK(findings[1].name == "secretservice-lists-labels");
}

TEST_CASE("a store that is not there, or gives nothing, cannot take over") {
  const ScriptHelpers helpers;
  HelperClient client({});
  add_logged(helpers, "broken", "echo sorry; exit 1");
  add_logged(helpers, "text", "echo hunter2");
  add_logged(helpers, "it", empty_store);
  CHECK_THAT(why_not_usable("absent", client)->what(), Contains("not found on PATH"));
  CHECK_THAT(why_not_usable("broken", client)->what(), Contains("sorry"));
  CHECK_THAT(why_not_usable("text", client)->what(),
             Contains("docker-credential-text: get: its answer is not JSON"));
  CHECK_FALSE(why_not_usable("it", client));
}
