#include <string>
#include <vector>

#include <fmt/format.h>

#include "catch.h"
#include "doctor/docker_version.h"
#include "doctor/settings_checks.h"
#include "support.h"
#include "system/error.h"
#include "temporary_folder.h"

using namespace pullsecret;

namespace {

Findings check_settings_of(const std::string& text) {
  return check_settings({.file = "config.json", .text = text});
}

// What is found, each `NAME SUBJECT`.
std::vector<std::string> found_in(const std::string& text) {
  std::vector<std::string> names;
  for (const Finding& finding : check_settings_of(text))
    names.push_back(finding.name + " " + finding.subject);
  return names;
}

using Names = std::vector<std::string>;

// The settings that the changes rename, each `OLD NEW`.
std::vector<std::string> renamed(const std::string& text) {
  std::vector<std::string> names;
  for (const Finding& finding : check_settings_of(text))
    for (const auto& [from, to] : finding.remedy.change.setting_names)
      names.push_back(fmt::format("{} {}", from, to));
  return names;
}

}  // namespace

TEST_CASE("what Docker refuses is a problem, what it takes is not") {
  for (const auto& row : test_data("config-files.json")) {
    const auto file = row["file"].get<std::string>();
    INFO(row["case"]);
    const Findings findings = check_settings_of(file);
    const bool is_problem = !findings.empty() && findings[0].severity == Severity::problem;
    // A bad entry is a matter of the entries' checks.
    const bool is_entry = row["docker"].value("message", "") == "Invalid auth configuration file";
    CHECK(is_problem == (row["docker"].contains("rejected") && !is_entry));
  }
}

TEST_CASE("which docker is installed decides about what its versions do not take alike") {
  const auto severity_with = [](const std::string& text, std::optional<int> version) {
    const Findings findings =
        check_settings({.file = "config.json", .text = text}, [&] { return version; });
    return findings.empty() ? Severity::ok : findings[0].severity;
  };
  for (const char* text : {R"({"experimental": true})", R"({"auths": {"a.io": {"email": 5}}})"}) {
    CHECK(severity_with(text, 28) == Severity::problem);
    CHECK(severity_with(text, 29) == Severity::ok);
    CHECK(severity_with(text, std::nullopt) == Severity::warning);
  }
  CHECK(severity_with(R"({"credsStore": 5})", 29) == Severity::problem);
  check_settings({.file = {}, .text = R"({"experimental": "enabled"})"},
                 []() -> std::optional<int> { throw Error("", "asked for nothing"); });
}

TEST_CASE("docker says its version, other programs of that name none") {
  const auto [says, version] = GENERATE(table<std::string, std::optional<int>>(
      {{"echo Docker version 29.7.2, build e6534b4", 29},
       {"echo 'Docker version 24.0.5-ce, build x'; echo WARNING >&2", 24},
       {"echo podman version 4.3.1", std::nullopt},
       {"echo Docker version unknown", std::nullopt},
       {"exit 1", std::nullopt}}));
  const TemporaryFolder folder;
  folder.write_script("docker", says);
  const ScopedVariable path("PATH", folder.path().string());
  CHECK(installed_docker_version() == version);
}

TEST_CASE("what is no JSON has its place, a field of the wrong type another name") {
  CHECK(found_in("{\n  \"auths\": {},\n}") == Names{"file-syntax config.json:2:14"});
  CHECK_THAT(check_settings_of("{\"a\": 1,}")[0].message,
             Catch::StartsWith("a trailing comma; Docker"));
  CHECK(check_settings_of("{\"a\": 1,}")[0].hint == "remove the comma");
  CHECK(found_in("\xEF\xBB\xBF{}") == Names{"file-syntax config.json:1:1"});
  CHECK_THAT(check_settings_of(std::string("\xFF\xFE{\0}\0", 6))[0].message,
             Catch::StartsWith("UTF-16 text"));
  CHECK(found_in("\xFF\xFE{}")[0].starts_with("file-syntax "));
  CHECK(found_in(R"({"credsStore": 5})") == Names{"file-field-type config.json:1:16"});
  CHECK(found_in(R"({"credHelpers": {"a.io": ["x"]}})")[0].starts_with("file-field-type "));
  CHECK(found_in("[]")[0].starts_with("file-field-type "));
  CHECK(found_in(R"({"proxies": {"default": {"httpProxy": 5}}})") ==
        Names{"file-field-type config.json:1:39"});
  CHECK(found_in(R"({"cred\u017Fstore": 5})")[0].starts_with("file-field-type "));
}

TEST_CASE("what Docker takes and pullsecret does not is no loss") {
  CHECK(found_in(R"({"unknown": 1e999})").empty());
  const Findings findings =
      check_settings_of("{\"x\":" + std::string(65, '[') + std::string(65, ']') + "}");
  REQUIRE(findings.size() == 1);
  CHECK_THAT(findings[0].message, Catch::EndsWith("which Docker takes and pullsecret does not"));
}

TEST_CASE("nothing is found in what is right, or nobody's mistake") {
  const auto text = GENERATE(as<std::string>{}, "", " \n", "null", "{}",
                             R"({"auths": {"a.io": {"auth": "dTpw"}}, "credsStore": "pass",
                                 "credHelpers": {"b.io": "gcr"}})",
                             R"({"HttpHeaders": {}, "psFormat": "x", "proxies": {}, "plugins": {},
                                 "aliases": {}, "features": {}, "currentContext": "x"})",
                             R"({"credStyle": 1, "oauth2": 1, "paths": 1, "credsStoreTimeout": 1,
                                 "helpers": 1, "store": 1, "": 1})",
                             "{\"\xFF\": 1}", R"({"\ud800": 1})");
  INFO(text);
  CHECK(check_settings_of(text).empty());
}

TEST_CASE("a name that resembles one that Docker reads is a slip") {
  const auto [name, value, meant] = GENERATE(table<std::string, std::string, std::string>({
      {"credStore", R"("pass")", "credsStore"},
      {"credsStores", R"("pass")", "credsStore"},
      {"cred_store", R"("pass")", "credsStore"},
      {"creds-store", R"("pass")", "credsStore"},
      {"CredStore", R"("pass")", "credsStore"},
      {"credentialStore", R"("pass")", "credsStore"},
      {"credentialsStore", R"("pass")", "credsStore"},
      {"credsHelpers", R"({"a.io": "pass"})", "credHelpers"},
      {"credHelper", R"({"a.io": "pass"})", "credHelpers"},
      {"credsHelper", R"({"a.io": "pass"})", "credHelpers"},
      {"credential_helpers", R"({"a.io": "pass"})", "credHelpers"},
      {"credentialsHelpers", R"({"a.io": "pass"})", "credHelpers"},
      {"auth", R"({"a.io": {"auth": "dTpw"}})", "auths"},
      {"Auth", R"({"a.io": {}})", "auths"},
  }));
  const std::string text = "{\"" + name + "\": " + value + "}";
  CHECK(found_in(text) == Names{"setting-misspelled " + name});
  CHECK(renamed(text) == Names{name + " " + meant});
  CHECK(check_settings_of(text)[0].severity == Severity::warning);
}

TEST_CASE("a letter case that only Go takes is put right") {
  CHECK(found_in(R"({"CredsStore": "pass"})") == Names{"setting-letter-case CredsStore"});
  CHECK(renamed(R"({"CREDSSTORE": "pass", "AUTHS": {"a.io": {"auth": "dTpw"}}})") ==
        Names{"CREDSSTORE credsStore", "AUTHS auths"});
}

TEST_CASE("a right name is given once") {
  CHECK(renamed(R"({"credStore": "a", "credsStore": "b"})").empty());
  CHECK_THAT(check_settings_of(R"({"credStore": "a", "credsStore": "b"})")[0].hint,
             Catch::Contains("credsStore is there, too"));
  CHECK(renamed(R"({"CredsStore": "a", "credsStore": "b"})").empty());
  CHECK(renamed(R"({"credStore": "a", "cred_store": "b"})") == Names{"credStore credsStore"});
}

TEST_CASE("a value that Docker would refuse under the right name stays where it is") {
  CHECK(renamed(R"({"credStore": ["pass"]})").empty());
  CHECK(check_settings_of(R"({"credHelper": "pass"})")[0].hint ==
        R"(write it as "credHelpers": {"REGISTRY": "STORE"})");
  CHECK(renamed(R"({"credHelper": "pass"})").empty());
  CHECK(renamed(R"({"auth": "dTpw"})").empty());
  CHECK(renamed(R"({"auth": {"a.io": {"auth": "no colon"}}})").empty());
}

TEST_CASE("no store comes into effect where it would hide plain text") {
  const std::string text = R"({"auths": {"a.io": {"auth": "dTpw"}}, "credStore": "pass"})";
  CHECK(found_in(text) == Names{"setting-misspelled credStore"});
  CHECK(renamed(text).empty());
  CHECK(check_settings_of(text)[0].remedy.command == "migrate --to STORE");
  CHECK(renamed(R"({"auths": {"a.io": {}}, "credStore": "pass"})") ==
        Names{"credStore credsStore"});
  CHECK(renamed(R"({"Auths": {"a.io": {"auth": "dTpw"}}})") == Names{"Auths auths"});
  CHECK(renamed(R"({"auth": {"b.io": {}}, "Auths": {"a.io": {"auth": "dTpw"}}})") ==
        Names{"auth auths"});
}

TEST_CASE("the letter case of an entry's fields is told, field by field") {
  const std::string text = R"({"auths": {"a.io": {"Auth": "dTpw", "Email": "e"},
                                         "b.io": {"auth": "dTpw", "identityToken": "t"}}})";
  const Names names{"setting-letter-case a.io", "setting-letter-case b.io"};
  CHECK(found_in(text) == names);
  CHECK(check_settings_of(text)[1].hint == "rename it to identitytoken");
  CHECK(renamed(text).empty());
}

TEST_CASE("no message about a setting shows its value") {
  const auto text =
      GENERATE(as<std::string>{}, R"({"auth": "hunter2"})", R"({"credStore": "hunter2",})",
               R"({"credsStore": ["hunter2"]})", R"({"auths": {"a.io": {"Password": "hunter2"}}})");
  for (const Finding& finding : check_settings_of(text))
    CHECK_THAT(finding.message + finding.hint + finding.subject, !Catch::Contains("hunter2"));
}

TEST_CASE("what stands in the file twice is told once") {
  CHECK(found_in(R"({"psFormat": "a", "psFormat": "b", "psFormat": "c"})") ==
        Names{"setting-twice psFormat"});
  CHECK(found_in(R"({"auths": {"a.io": {}, "b.io": {}, "a.io": {}}})") ==
        Names{"entry-twice a.io"});
  CHECK(found_in(R"({"credHelpers": {"a.io": "x", "a.io": "y"}})") == Names{"entry-twice a.io"});
  CHECK(found_in(R"({"auths": {"a.io": {}}, "credHelpers": {"a.io": "x"}})").empty());
}

TEST_CASE("a credsStore without a name is told") {
  const TemporaryFolder programs;
  const ScopedVariable path("PATH", programs.path().string());
  programs.write_script("pass", "exit 1");
  const Names told{"helper-name-empty credsStore"};
  CHECK(found_in(R"({"credsStore": ""})") == told);
  programs.write_script("docker-credential-pass", "exit 1");  // now Docker takes it by itself
  CHECK(found_in(R"({"credsStore": ""})").empty());
  CHECK(found_in(R"({"credsStore": "", "auths": {"a.io": {}}})") == told);
  CHECK(found_in(R"({"credsStore": "pass"})").empty());
}
