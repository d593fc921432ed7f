#include "docker/config.h"

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "catch.h"
#include "credential/base64.h"
#include "parsed_config.h"
#include "support.h"

using namespace pullsecret;

namespace {

std::vector<std::string> keys_of(const Config& config) {
  std::vector<std::string> keys;
  for (const AuthEntry& entry : config.auths)
    keys.push_back(entry.key);
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::string message_of(const std::string& text) {
  const auto error = error_of([&] { parse(text); });
  return error ? error->what() : "no error";
}

// The one difference to Docker: a bad entry spoils itself, not the file.
bool is_refused(const std::string& text) {
  try {
    const Config config = parse(text);
    return std::any_of(config.auths.begin(), config.auths.end(),
                       [](const AuthEntry& entry) { return entry.problem != nullptr; });
  } catch (const Error&) {
    return true;
  }
}

}  // namespace

TEST_CASE("parse_config reads and refuses what Docker reads and refuses") {
  for (const auto& vector : test_data("config-files.json")) {
    INFO(vector["case"]);
    const auto text = vector["file"].get<std::string>();
    const auto& docker = vector["docker"];
    CHECK(is_refused(text) == docker.value("rejected", false));
    if (docker.contains("registries"))
      CHECK(keys_of(parse(text)) == docker["registries"].get<std::vector<std::string>>());
  }
}

TEST_CASE("parse_config reads an entry as Docker does") {
  for (const auto& vector : test_data("auth-entries.json")) {
    INFO(vector["case"]);
    const Config config = parse(nlohmann::json{{"auths", {{"a.io", vector["entry"]}}}}.dump());
    REQUIRE(config.auths.size() == 1);
    const AuthEntry& entry = config.auths[0];
    const auto& docker = vector["docker"];
    CHECK((entry.problem != nullptr) == docker.value("file_rejected", false));
    if (docker.value("file_rejected", false)) continue;
    CHECK(entry.credential.username == docker["username"].get<std::string>());
    CHECK(encode_base64(entry.credential.password) == docker["password_base64"].get<std::string>());
    CHECK(entry.credential.identity_token == docker.value("identitytoken", ""));
  }
}

TEST_CASE("a bad entry is named by its place, and the others stay") {
  const Config config =
      parse("{\"auths\": {\n  \"a.io\": {\"auth\": \"dTpw\"},\n  \"b.io\": {\"auth\": \"!\"}}}");
  REQUIRE(config.auths.size() == 2);
  CHECK(!config.auths[0].problem);
  REQUIRE(config.auths[1].problem);
  CHECK(config.auths[1].problem->place() == "config.json:3:11");
  CHECK(config.auths[1].problem->message() == "its \"auth\" is not base64");
}

TEST_CASE("a field of the wrong type is an error with its place") {
  CHECK(message_of("{\"auths\": []}") == "config.json:1:11: auths must be an object");
  CHECK(message_of("{\"credsStore\": 5}") == "config.json:1:16: credsStore must be a string");
  CHECK(message_of("{\"credHelpers\": {\"a\": 1}}") ==
        "config.json:1:23: credHelpers.a must be a string");
  CHECK_THAT(message_of("{\"PSFORMAT\": {}}"), Catch::Contains("psFormat must be a string"));
  CHECK_THAT(message_of("{\"pruneFilters\": [1]}"),
             Catch::Contains("pruneFilters[0] must be a string"));
  CHECK_THAT(message_of("{\"proxies\": {\"default\": {\"HTTPPROXY\": 5}}}"),
             Catch::Contains("proxies.default.httpProxy must be a string"));
  CHECK_THAT(message_of("{\"plugins\": {\"a\": {\"b\": 1}}}"),
             Catch::Contains("plugins.a.b must be a string"));
  CHECK_THAT(message_of("7"), Catch::Contains("the config must be an object"));
  CHECK(message_of("{\"unknown\": 1e999, \"credsStore\": null, \"auths\": null}") == "no error");
}

TEST_CASE("a field of an entry that has the wrong type is the entry's problem") {
  for (const char* field :
       {"username", "password", "auth", "serveraddress", "identitytoken", "registrytoken"}) {
    INFO(field);
    const Config config = parse(std::string(R"({"auths":{"a.io":{")") + field + "\":5}}}");
    REQUIRE(config.auths[0].problem);
    CHECK(config.auths[0].problem->message() == std::string(field) + " must be a string");
  }
  CHECK_FALSE(parse(R"({"auths":{"a.io":{"other":5}}})").auths[0].problem);
}

TEST_CASE(
    "what Docker knows no more since 29.0 may be of any type, and was to be a string before") {
  const std::string email = R"({"auths":{"a.io":{"auth":"dTpw","Email":5}}})";
  const std::string experimental = R"({"experimental":true,"auths":{"a.io":{"auth":"dTpw"}}})";
  for (const std::string& text : {email, experimental}) {
    const Config config = parse(text);
    CHECK_FALSE(config.auths[0].problem);
    CHECK(config.auths[0].credential.username == "u");
    CHECK(config.auths[0].credential.email.empty());
  }
  CHECK(refused_before_29({"f", email})->place() == "f:1:41");
  CHECK(refused_before_29({"f", experimental})->message() == "experimental must be a string");
  CHECK_FALSE(refused_before_29({"f", R"({"experimental":"x","auths":{"a":{"email":null}}})"}));
}

TEST_CASE("null empties a map and leaves a string, as in Go") {
  CHECK(parse(R"({"auths":{"a.io":{}},"auths":null})").auths.size() == 0);
  CHECK(parse(R"({"credsStore":"pass","credsStore":null})").creds_store == "pass");
  CHECK(parse(R"({"credHelpers":{"a":"x"},"credHelpers":null})").cred_helpers.empty());
  const auto merged = parse(R"({"credHelpers":{"a":"x"},"CREDHELPERS":{"b":"y"}})").cred_helpers;
  CHECK(merged == std::map<std::string, std::string>{{"a", "x"}, {"b", "y"}});
}

TEST_CASE("bytes that are not UTF-8 are read as U+FFFD, as in Go") {
  CHECK(parse("{\"credsStore\":\"a\xFF\"}").creds_store == "a\uFFFD");
}

TEST_CASE("UTF-16 is named as such") {
  CHECK(message_of(std::string("\xFF\xFE{\0}\0", 6)) ==
        "config.json:1:1: UTF-16 text; JSON is UTF-8");
}

TEST_CASE("half of a surrogate pair is read as U+FFFD, as in Go") {
  CHECK(parse(R"({"credsStore":"a\ud800"})").creds_store == "a\uFFFD");
  CHECK(parse(R"({"credsStore":"\udc00\ud83d\ude00\\ud800"})").creds_store == "\uFFFD😀\\ud800");
}

TEST_CASE("the places of many bad entries are found in one reading") {
  std::string text = "{\"auths\": {";
  for (int i = 0; i < 20'000; ++i)
    text += "\"r" + std::to_string(i) + "\": {\"auth\": \"!\"},\n";
  const Config config = parse(text + "\"last\": {}}}");
  REQUIRE(config.auths[19'999].problem);
  CHECK(config.auths[19'999].problem->place() == "config.json:20000:11");
}

TEST_CASE("parse_dockercfg reads the map alone") {
  const Config config = parse_dockercfg({".dockercfg", R"({"a.io":{"auth":"dTpw","email":"e"}})"});
  REQUIRE(config.auths.size() == 1);
  CHECK(config.auths[0].key == "a.io");
  CHECK(config.auths[0].credential.password == "p");
  CHECK(config.auths[0].credential.email == "e");
}

TEST_CASE("parse_environment_auths takes auth and nothing else") {
  const auto entries = parse_environment_auths(R"({"auths":{"a.io":{"auth":"dTpw"}}})");
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].asked_first);
  CHECK(entries[0].credential.username == "u");
  for (const char* refused : {R"({"credsStore":"x"})", R"({"auths":{"a.io":{"username":"u"}}})",
                              R"({"auths":{"a.io":{"auth":"!"}}})", R"({"auths":{"a.io":{}}})",
                              "[]", "{", R"({"auths":{}}{})"})
    CHECK_THROWS_AS(parse_environment_auths(refused), Error);
}

TEST_CASE("an entry that is added replaces that of its key in place") {
  AuthEntries entries = parse(R"({"auths":{"a.io":{"auth":"dTpw"},"b.io":{}}})").auths;
  entries.add({.key = "c.io"});
  entries.add({.key = "a.io", .asked_first = true});
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].asked_first);
  CHECK(entries[1].key == "b.io");
  CHECK(entries.find("c.io") == &entries[2]);
  CHECK(entries.find("d.io") == nullptr);
}
