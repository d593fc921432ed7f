#include <algorithm>

#include "catch.h"
#include "credential/base64.h"
#include "docker/config_change.h"
#include "doctor/checked_registry.h"
#include "doctor/entry_checks.h"
#include "doctor/helper_line_checks.h"
#include "doctor/spelling_checks.h"
#include "script_stores.h"
#include "web_token.h"

using namespace pullsecret;

namespace {

// The findings about a config whose store `store` and helper `helper` work, and list `listed`.
Findings check_entries_of(const std::string& text, const std::vector<std::string>& listed = {}) {
  HelperClient helpers({});
  HelperStates stores;
  for (const char* name : {"store", "helper"})
    stores[name] = {.condition = Condition::fine, .listed = listed};
  const Config config = parse_config({"config.json", text});
  Findings findings = check_helper_lines(config, stores, &helpers);
  append(findings, check_spellings(config, stores, &helpers));
  append(findings, check_entries(config, stores, &helpers));
  take_back_ok(findings, config);
  return findings;
}

std::optional<Finding> find(const Findings& findings, const std::string& name) {
  const auto found = std::find_if(findings.begin(), findings.end(),
                                  [&](const Finding& finding) { return finding.name == name; });
  if (found == findings.end()) return std::nullopt;
  return *found;
}

std::vector<std::string> names(const Findings& findings) {
  std::vector<std::string> names;
  for (const Finding& finding : findings)
    names.push_back(finding.name);
  return names;
}

// The config after all that the findings would change.
std::string mended(const std::string& config, const std::vector<std::string>& listed = {}) {
  ConfigChange change;
  for (const Finding& finding : check_entries_of(config, listed)) {
    const ConfigChange& more = finding.remedy.change;
    change.entries.insert(more.entries.begin(), more.entries.end());
    change.cred_helpers.insert(more.cred_helpers.begin(), more.cred_helpers.end());
  }
  std::string text = changed_config({"config.json", config}, change);
  std::erase_if(text, [](char c) { return c == '\n' || c == '\t' || c == ' '; });
  return text;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("an entry whose store has the credential is well") {
  const ScriptStores stores;
  stores.add("store", "a.io", R"({"Username":"octocat","Secret":"hunter2"})");
  const Findings findings = check_entries_of(R"({"auths":{"a.io":{}},"credsStore":"store"})");
  CHECK(names(findings) == Names{"entry-ok"});
  CHECK(findings.front().subject == "a.io");
  CHECK(findings.front().message == "password of the user octocat, in the store store");
}

TEST_CASE("an inline credential without a store is well") {
  CHECK(names(check_entries_of(R"({"auths":{"a.io":{"auth":"dTpw"}}})")) == Names{"entry-ok"});
}

TEST_CASE("an empty entry without a store is a problem, and can go") {
  const std::string config = R"({"auths":{"a.io":{}}})";
  const auto finding = find(check_entries_of(config), "entry-empty");
  REQUIRE(finding);
  CHECK(finding->severity == Severity::problem);
  CHECK(finding->hint == "docker login a.io");
  CHECK(mended(config) == R"({"auths":{}})");
}

TEST_CASE("an entry that the store does not have is a problem, and can go if it holds nothing") {
  const ScriptStores stores;
  stores.write_helper("store");
  const std::string config = R"({"auths":{"a.io":{}},"credsStore":"store"})";
  CHECK(names(check_entries_of(config)) == Names{"entry-not-in-store"});
  CHECK(mended(config) == R"({"auths":{},"credsStore":"store"})");
  const std::string with_email = R"({"auths":{"a.io":{"email":"e"}},"credsStore":"store"})";
  CHECK(mended(with_email) == with_email);
}

TEST_CASE("an empty entry stays where one of the same key holds a credential") {
  const ScriptStores stores;
  stores.write_helper("store");
  for (const std::string rest : {R"(})", R"(,"credsStore":"store"})"}) {
    const std::string twice = R"({"auths":{"a.io":{"auth":"dTpw"},"a.io":{}})" + rest;
    CHECK(mended(twice) == twice);
    const std::string split = R"({"auths":{"a.io":{"auth":"dTpw"}},"auths":{"a.io":{}})" + rest;
    CHECK(mended(split) == split);
  }
  const std::string spelled = R"({"auths":{"a.io":{"auth":"dTpw"},"https://a.io":{"auth":"dTpx"},)"
                              R"("https://a.io":{}}})";
  CHECK(mended(spelled) == spelled);
}

TEST_CASE("a store has an entry about a path under its host") {
  const ScriptStores stores;
  stores.add("store", "a.io", R"({"Username":"octocat","Secret":"hunter2"})");
  CHECK(names(check_entries_of(R"({"auths":{"a.io/b":{}},"credsStore":"store"})")) ==
        Names{"entry-ok"});
}

TEST_CASE("a line of credHelpers without an entry may have no credential yet") {
  const ScriptStores stores;
  stores.write_helper("helper");
  const Findings findings = check_entries_of(R"({"credHelpers":{"a.io":"helper"}})");
  REQUIRE(names(findings) == Names{"entry-not-in-store"});
  CHECK(findings.front().severity == Severity::warning);
}

TEST_CASE("what the store has under another spelling Docker does not find") {
  const ScriptStores stores;
  stores.add("store", "https://a.io", R"({"Username":"u","Secret":"p"})");
  const std::string config = R"({"auths":{"a.io":{}},"credsStore":"store"})";
  const auto finding = find(check_entries_of(config), "entry-not-in-store");
  REQUIRE(finding);
  CHECK(finding->message.find("another spelling") != std::string::npos);
  CHECK(mended(config) == config);
}

TEST_CASE("plain text beside a store is told, and stays") {
  const ScriptStores stores;
  stores.add("store", "a.io", R"({"Username":"u","Secret":"p"})");
  const std::string config = R"({"auths":{"a.io":{"auth":"dTpw"}},"credsStore":"store"})";
  const auto finding = find(check_entries_of(config), "entry-plain-text");
  REQUIRE(finding);
  CHECK(finding->remedy.command == "migrate --from inline --to store --registry a.io");
  CHECK(mended(config) == config);
}

TEST_CASE("an undecodable entry is told with its place, and stays") {
  const std::string config = R"({"auths":{"a.io":{"auth":"***"}}})";
  const auto finding = find(check_entries_of(config), "entry-undecodable");
  REQUIRE(finding);
  CHECK(finding->message.find("config.json:1:18") == 0);
  CHECK(mended(config) == config);
}

TEST_CASE("an identity token is told, in the file and in a store") {
  const ScriptStores stores;
  stores.add("store", "a.io", R"({"Username":"<token>","Secret":"t"})");
  CHECK(names(check_entries_of(R"({"auths":{"a.io":{}},"credsStore":"store"})")) ==
        Names{"entry-identity-token"});
  CHECK(names(check_entries_of(R"({"auths":{"a.io":{"identitytoken":"t"}}})")) ==
        Names{"entry-identity-token"});
}

TEST_CASE("white space at the ends of a login is told, in the file and in a store") {
  const std::string line_break = encode_base64("u:hunter2\n");
  const auto in_file = check_entries_of(R"({"auths":{"a.io":{"auth":")" + line_break + R"("}}})");
  REQUIRE(names(in_file) == Names{"password-ends-in-line-break"});
  CHECK(in_file[0].hint == "docker login a.io");
  CHECK_THAT(in_file[0].message, !Catch::Contains("hunter2"));
  const ScriptStores stores;
  stores.add("store", "a.io", R"({"Username":"u ","Secret":"hunter2\n"})");
  CHECK(names(check_entries_of(R"({"auths":{"a.io":{}},"credsStore":"store"})")) ==
        Names{"username-has-outer-space", "password-ends-in-line-break"});
}

TEST_CASE("an empty password is a problem, and stays") {
  const std::string text = R"({"auths":{"a.io":{"auth":"dTo="}}})";
  CHECK(names(check_entries_of(text)) == Names{"entry-no-password"});
  CHECK(mended(text) == text);
}

TEST_CASE("a token that ended is a problem, one that ends later is not") {
  const auto config = [](const std::string& claims) {
    return R"({"auths":{"a.io":{"username":"u","password":")" + web_token(claims) + R"("}}})";
  };
  const auto finding = find(check_entries_of(config(R"({"exp":1700000000})")), "entry-expired");
  CHECK_FALSE(find(check_entries_of(config(R"({"exp":253402300799})")), "entry-expired"));
  REQUIRE(finding);
  CHECK(finding->message.find("2023-11-14T22:13Z") != std::string::npos);
  CHECK(names(check_entries_of(config(R"({"exp":4102444800})"))) == Names{"entry-ok"});
}

TEST_CASE("a spelling that Docker or the kubelet does not use is mended") {
  const auto [key, right] = GENERATE(table<std::string, std::string>(
      {{"docker.io", "https://index.docker.io/v1/"},
       {"index.docker.io", "https://index.docker.io/v1/"},
       {"https://index.docker.io/v1", "https://index.docker.io/v1/"},
       {"https://ghcr.io/v2", "ghcr.io"}}));
  const std::string config = R"({"auths":{")" + key + R"(":{"auth":"dTpw"}}})";
  const bool is_used = is_used_by_docker(key);
  CHECK(names(check_entries_of(config)) ==
        (is_used ? Names{"entry-spelling", "entry-ok"} : Names{"entry-spelling"}));
  CHECK(mended(config) == R"({"auths":{")" + right + R"(":{"auth":"dTpw"}}})");
}

TEST_CASE("a credential where Docker does not look is not the one that counts") {
  const std::string config =
      R"({"auths":{"https://index.docker.io/v1/":{},"index.docker.io":{"auth":"dTpw"}}})";
  CHECK(names(check_entries_of(config)) == Names{"entry-spelling", "entry-twice", "entry-empty"});
  CHECK_THAT(find(check_entries_of(config), "entry-twice")->message,
             Catch::EndsWith("which has the credential, where Docker does not look"));
}

TEST_CASE("a name that Docker uses for its host stays, beside the one that others use") {
  const auto [key, right] = GENERATE(
      table<std::string, std::string>({{"registry-1.docker.io", "https://index.docker.io/v1/"},
                                       {"hub.docker.com", "https://index.docker.io/v1/"},
                                       {"GHCR.IO", "ghcr.io"}}));
  const std::string config = R"({"auths":{")" + key + R"(":{"auth":"dTpw"}}})";
  CHECK(names(check_entries_of(config)) == Names{"entry-spelling", "entry-ok"});
  CHECK(mended(config) ==
        R"({"auths":{")" + key + R"(":{"auth":"dTpw"},")" + right + R"(":{"auth":"dTpw"}}})");
  CHECK(names(check_entries_of(mended(config))) == Names{"entry-ok", "entry-ok"});
}

TEST_CASE("a better name does not come beside what Docker finds under it") {
  const std::string config =
      GENERATE(as<std::string>{},
               R"({"auths":{"GHCR.IO":{"auth":"dTpw"},"https://ghcr.io":{"auth":"dTpx"}}})",
               R"({"auths":{"GHCR.IO":{"auth":"dTpw"},"ghcr.io/acme":{"auth":"dTpx"}}})",
               R"({"auths":{"ftp://ghcr.io":{"auth":"dTpw"},"ghcr.io/acme":{"auth":"dTpx"}}})");
  CHECK(mended(config) == config);
}

TEST_CASE("spellings that both use are well") {
  const std::string key =
      GENERATE("https://index.docker.io/v1/", "ghcr.io", "https://ghcr.io", "https://ghcr.io/v1/",
               "localhost:5000", "quay.io/acme", "docker.io/acme");
  CHECK(names(check_entries_of(R"({"auths":{")" + key + R"(":{"auth":"dTpw"}}})")) ==
        Names{"entry-ok"});
}

TEST_CASE("of one registry twice the needless one goes, and never a credential") {
  CHECK(mended(R"({"auths":{"ghcr.io":{"auth":"dTpw"},"https://ghcr.io":{}}})") ==
        R"({"auths":{"ghcr.io":{"auth":"dTpw"}}})");
  CHECK(mended(R"({"auths":{"ghcr.io":{},"https://ghcr.io":{"auth":"dTpw"}}})") ==
        R"({"auths":{"https://ghcr.io":{"auth":"dTpw"}}})");
  CHECK(mended(R"({"auths":{"ghcr.io":{"auth":"dTpw"},"https://ghcr.io":{"auth":"dTpw"}}})") ==
        R"({"auths":{"ghcr.io":{"auth":"dTpw"}}})");
  const std::string different =
      R"({"auths":{"ghcr.io":{"auth":"dTpw"},"https://ghcr.io":{"auth":"dTpx"}}})";
  CHECK(mended(different) == different);
  CHECK(find(check_entries_of(different), "entry-twice")->hint ==
        "keep one of them in the file; docker logout takes both");
}

TEST_CASE("credHelpers is looked into by exactly one name") {
  const ScriptStores stores;
  stores.write_helper("helper");
  const std::string config = R"({"credHelpers":{"docker.io":"helper","a.io":"helper"}})";
  const auto finding = find(check_entries_of(config), "entry-spelling");
  REQUIRE(finding);
  CHECK(finding->severity == Severity::problem);
  CHECK(
      mended(config) ==
      R"({"credHelpers":{"docker.io":"helper","a.io":"helper","https://index.docker.io/v1/":"helper"}})");
  CHECK(mended(R"({"credHelpers":{"https://ghcr.io":"helper"}})") ==
        R"({"credHelpers":{"ghcr.io":"helper"}})");
}

TEST_CASE("docker.io in credHelpers is podman's name") {
  const ScriptStores stores;
  stores.write_helper("helper");
  const std::string config =
      R"({"credHelpers":{"docker.io":"other","https://index.docker.io/v1/":"helper"}})";
  CHECK_FALSE(find(check_entries_of(config), "entry-spelling"));
  CHECK(mended(config) == config);
}

TEST_CASE("what stands around a host's name in credHelpers goes: Docker does not look for that") {
  const ScriptStores stores;
  stores.write_helper("helper");
  const std::string key = GENERATE("quay.io/acme", " quay.io", "quay.io\\t", "quay.io:latest",
                                   "quay.io/acme/app:1.4", "https://u@quay.io/v1/", "quay.io:");
  const std::string config = R"({"credHelpers":{")" + key + R"(":"helper"}})";
  const Findings findings = check_entries_of(config);
  REQUIRE(names(findings) == Names{"entry-spelling"});
  CHECK(findings.front().severity == Severity::problem);
  CHECK_THAT(findings.front().message,
             Catch::StartsWith("Docker looks into credHelpers for quay.io,"));
  CHECK(mended(config) == R"({"credHelpers":{"quay.io":"helper"}})");
}

TEST_CASE("so it does around the name of an entry, but for a path") {
  const auto [key, right] = GENERATE(table<std::string, std::string>(
      {{" ghcr.io", "ghcr.io"}, {"ghcr.io:latest", "ghcr.io"}, {"\\tdocker.io", "docker.io"}}));
  const std::string config = R"({"auths":{")" + key + R"(":{"auth":"dTpw"}}})";
  CHECK(names(check_entries_of(config)) == Names{"entry-spelling"});
  const std::string name = right == "docker.io" ? "https://index.docker.io/v1/" : right;
  CHECK(mended(config) == R"({"auths":{")" + name + R"(":{"auth":"dTpw"}}})");
}

TEST_CASE("two lines that would get one name, and say different things, stay") {
  const ScriptStores stores;
  stores.write_helper("helper");
  stores.write_helper("store");
  const std::string config = R"({"credHelpers":{"quay.io/a":"helper","quay.io/b":"store"}})";
  CHECK(names(check_entries_of(config)) == Names{"entry-spelling", "entry-spelling"});
  CHECK(mended(config) == config);
}

TEST_CASE("a line with a star becomes one for each registry that is known, where none is hidden") {
  const ScriptStores stores;
  const std::string a = "1.dkr.ecr.eu-west-1.amazonaws.com",
                    b = "2.dkr.ecr.us-east-1.amazonaws.com";
  for (const auto& host : {a, b})
    stores.add("helper", host, R"({"Username":"AWS","Secret":"p"})");
  const std::string line = R"("*.dkr.ecr.*.amazonaws.com":"helper")";
  const std::string config = R"({"credHelpers":{)" + line + "}}";
  const auto finding = find(check_entries_of(config, {a, b, "a.io"}), "entry-spelling");
  REQUIRE(finding);
  CHECK(finding->severity == Severity::problem);
  CHECK_THAT(finding->hint, Catch::Contains('"' + a + R"(": "helper", ")" + b + R"(": "helper")"));
  CHECK(mended(config, {a, b, "a.io"}) ==
        R"({"credHelpers":{")" + a + R"(":"helper",")" + b + R"(":"helper"}})");

  const std::string hiding =
      R"({"auths":{")" + a + R"(":{"auth":"dTpw"}},"credHelpers":{)" + line + "}}";
  CHECK_THAT(find(check_entries_of(hiding), "entry-spelling")->hint, Catch::Contains(a));
  CHECK(mended(hiding) == hiding);

  const Findings findings = check_entries_of(config);
  CHECK(names(findings) == Names{"entry-spelling"});
  CHECK_THAT(findings.front().hint, !Catch::Contains("docker login"));
  CHECK(mended(config) == config);
}

TEST_CASE("an entry with a star is the kubelet's alone") {
  const ScriptStores stores;
  stores.write_helper("store");
  const std::string inline_one = R"({"auths":{"*.example.com":{"auth":"dTpw"}}})";
  CHECK(names(check_entries_of(inline_one)) == Names{"entry-spelling"});
  CHECK(mended(inline_one) == inline_one);
  const std::string empty = R"({"auths":{"*.example.com":{}},"credsStore":"store"})";
  CHECK(names(check_entries_of(empty)) == Names{"entry-spelling"});
  CHECK(mended(empty) == R"({"auths":{},"credsStore":"store"})");
}

TEST_CASE("a line that Docker takes for just its spelling is followed to its helper") {
  const ScriptStores stores;
  stores.write_helper("helper");
  const auto [key, right] = GENERATE(
      table<std::string, std::string>({{"LOCALHOST:5000", "localhost:5000"},
                                       {"registry-1.docker.io", "https://index.docker.io/v1/"}}));
  const std::string config = R"({"credHelpers":{")" + key + R"(":"helper"}})";
  const Findings findings = check_entries_of(config);
  CHECK(names(findings) == Names{"entry-spelling", "entry-not-in-store"});
  CHECK(findings.back().hint == "docker login " + key);
  CHECK(mended(config) ==
        R"({"credHelpers":{")" + key + R"(":"helper",")" + right + R"(":"helper"}})");
}

TEST_CASE("what is no name at all is told") {
  const ScriptStores stores;
  stores.write_helper("helper");
  const std::string config = R"({"credHelpers":{"a b":"helper"}})";
  CHECK(names(check_entries_of(config)) == Names{"entry-spelling"});
  CHECK(mended(R"({"credHelpers":{"-":"helper"}})") == R"({"credHelpers":{"-":"helper"}})");
}

TEST_CASE("a line of credHelpers does not come into effect where it would hide a login") {
  const ScriptStores stores;
  stores.add("store", "ghcr.io", R"({"Username":"u","Secret":"p"})");
  stores.write_helper("helper");
  const std::string config = GENERATE(
      as<std::string>{},
      R"({"auths":{"ghcr.io":{"auth":"dTpw"}},"credHelpers":{"https://ghcr.io":"helper"}})",
      R"({"auths":{"ghcr.io":{}},"credsStore":"store","credHelpers":{"https://ghcr.io":"helper"}})");
  CHECK(find(check_entries_of(config), "entry-spelling"));
  CHECK(mended(config) == config);
}

TEST_CASE("what a store lists and does not give stays in the file") {
  const ScriptStores stores;
  stores.write_helper("store");
  const Findings findings =
      check_entries_of(R"({"auths":{"a.io":{}},"credsStore":"store"})", {"a.io"});
  REQUIRE(names(findings) == Names{"entry-unreadable"});
  CHECK(findings.front().remedy.change.empty());
}

TEST_CASE("a login in a key is told, and not shown") {
  const Findings findings =
      check_entries_of(R"({"auths":{"https://bob:hunter2@a.io":{"auth":"dTpw"}}})");
  CHECK(find(findings, "entry-login-in-key"));
  for (const Finding& finding : findings)
    CHECK_THAT(finding.subject + finding.message + finding.hint, !Catch::Contains("hunter2"));
}

TEST_CASE("the registries of a store that does not work are not asked for") {
  const ScriptStores stores;
  stores.write_helper("broken");
  CHECK(check_entries_of(R"({"auths":{"a.io":{}},"credsStore":"broken"})").empty());
  CHECK(stores.asked().empty());
}
