#include "docker/config_change.h"

#include <algorithm>
#include <ctime>
#include <string>

#include "catch.h"
#include "docker/config.h"
#include "support.h"

using namespace pullsecret;

namespace {

std::string changed(const std::string& text, const ConfigChange& change) {
  const JsonText result{"config.json", changed_config({"config.json", text}, change)};
  CHECK(changed_config(result, {}) == result.text);
  return result.text;
}

std::string with_entries(const std::string& text,
                         const std::map<std::string, EntryChange>& entries) {
  return changed(text, {.entries = entries});
}

std::string with_helpers(const std::string& text, const HelperChanges& helpers) {
  return changed(text, {.cred_helpers = helpers});
}

// What `docker login` 28.2 wrote, but for the names.
constexpr const char* dockers_own = R"({
	"auths": {
		"https://index.docker.io/v1/": {
			"auth": "dTpw"
		},
		"quay.io": {}
	},
	"HttpHeaders": {
		"User-Agent": "Docker-Client/28.2.2"
	},
	"psFormat": "table {{.ID}}\t{{.Names}}",
	"credHelpers": {
		"gcr.io": "gcloud"
	},
	"pruneFilters": [
		"label=a",
		"label=b"
	],
	"plugins": {}
})";

}  // namespace

TEST_CASE("what Docker wrote comes back byte for byte") {
  CHECK(changed(dockers_own, {}) == dockers_own);
  CHECK(changed(dockers_own + std::string("\n"), {}) == dockers_own + std::string("\n"));
}

TEST_CASE("white space becomes Docker's, and nothing else changes") {
  CHECK(changed(" {\"a\" :[ 1,{ } ,[]],\r\n\"b c\": {\"d\":null , \"e\":-1.50e+07}}  ", {}) ==
        "{\n\t\"a\": [\n\t\t1,\n\t\t{},\n\t\t[]\n\t],\n\t\"b c\": {\n\t\t\"d\": null,\n\t\t\"e\": "
        "-1.50e+07\n\t}\n}");
  const std::string tokens =
      "{\n\t\"n\": 12345678901234567890,\n\t\"\\u0061\\/<\": \"\\u00e9 <\\/> { } , : \\\\\"\n}";
  CHECK(changed(tokens, {}) == tokens);
}

TEST_CASE("what follows the first value stays; white space there is one line break or none") {
  CHECK(changed("{}garbage {", {}) == "{}garbage {");
  CHECK(changed("{} \n\n", {}) == "{}\n");
  CHECK(changed("{}  ", {}) == "{}");
}

TEST_CASE("an empty text and null become an object") {
  CHECK(changed("", {}) == "{}");
  CHECK(changed(" \n", {}) == "{}\n");
  CHECK(changed("null", {.creds_store = "pass"}) == "{\n\t\"credsStore\": \"pass\"\n}");
}

TEST_CASE("what is not UTF-8 stays, as do halves of surrogate pairs") {
  CHECK(changed("{\"a\":\"\xff\\ud800\"}", {}) == "{\n\t\"a\": \"\xff\\ud800\"\n}");
}

TEST_CASE("credsStore is set where it stands, else at the end, and removed") {
  CHECK(changed(R"({"CredsStore":"a","x":1,"credsStore":"b"})", {.creds_store = "c"}) ==
        "{\n\t\"CredsStore\": \"c\",\n\t\"x\": 1,\n\t\"credsStore\": \"c\"\n}");
  CHECK(changed(R"({"x":1})", {.creds_store = "c"}) ==
        "{\n\t\"x\": 1,\n\t\"credsStore\": \"c\"\n}");
  CHECK(changed(R"({"CredsStore":"a","x":1,"credsStore":"b"})", {.creds_store = ""}) ==
        "{\n\t\"x\": 1\n}");
}

TEST_CASE("a setting gets another name before the other changes") {
  CHECK(changed(R"({"credStore":"a","x":1})",
                {.setting_names = {{"credStore", "credsStore"}}, .creds_store = "b"}) ==
        "{\n\t\"credsStore\": \"b\",\n\t\"x\": 1\n}");
}

TEST_CASE("a change that makes a config which Docker refuses is refused") {
  CHECK(error_of([] {
    changed_config({"config.json", R"({"credStore":5})"},
                   {.setting_names = {{"credStore", "credsStore"}}});
  }));
  CHECK(error_of([] {
          changed_config({"config.json", R"({"auths":[]})"}, {});
        })->place() == "config.json:1:10");
}

TEST_CASE("lines of credHelpers change, come at the end, and go") {
  const std::string text = R"({"credHelpers":{"b":"1","a":"2","\u0062":"3"},"x":1})";
  CHECK(with_helpers(text, {{"b", "4"}, {"c", "5"}}) ==
        "{\n\t\"credHelpers\": {\n\t\t\"b\": \"4\",\n\t\t\"a\": \"2\",\n\t\t\"\\u0062\": "
        "\"4\",\n\t\t\"c\": \"5\"\n\t},\n\t\"x\": 1\n}");
  CHECK(with_helpers(text, {{"b", std::nullopt}, {"d", std::nullopt}}) ==
        "{\n\t\"credHelpers\": {\n\t\t\"a\": \"2\"\n\t},\n\t\"x\": 1\n}");
  CHECK(with_helpers("{}", {{"a", ""}}) == "{\n\t\"credHelpers\": {\n\t\t\"a\": \"\"\n\t}\n}");
  CHECK(with_helpers("{}", {{"a<b", "1"}}) ==
        "{\n\t\"credHelpers\": {\n\t\t\"a\\u003cb\": \"1\"\n\t}\n}");
}

TEST_CASE("credHelpers that the change empties goes; one that was empty stays") {
  CHECK(with_helpers(R"({"credHelpers":{"a":"1"},"x":1})", {{"a", std::nullopt}}) ==
        "{\n\t\"x\": 1\n}");
  CHECK(with_helpers(R"({"credHelpers":{}})", {{"a", std::nullopt}}) ==
        "{\n\t\"credHelpers\": {}\n}");
}

TEST_CASE("what Go merges, and what null empties, stays so") {
  CHECK(with_helpers(R"({"credHelpers":{"a":"1"},"x":1,"CREDHELPERS":{"b":"2"}})", {{"c", "3"}}) ==
        "{\n\t\"credHelpers\": {\n\t\t\"a\": \"1\",\n\t\t\"b\": \"2\",\n\t\t\"c\": \"3\"\n\t},"
        "\n\t\"x\": 1\n}");
  CHECK(with_entries(R"({"Auths":{"a":{}},"x":1})", {{"a", Removed{}}}) ==
        "{\n\t\"auths\": {},\n\t\"x\": 1\n}");
  CHECK(with_helpers(R"({"credHelpers":{"a":"1"},"credHelpers":null})", {{"c", "3"}}) ==
        "{\n\t\"credHelpers\": {\n\t\t\"c\": \"3\"\n\t}\n}");
}

TEST_CASE("an entry goes, each of a repeated key") {
  CHECK(with_entries(R"({"auths":{"a":{},"b":{"auth":"dTpw"},"a":{}}})", {{"a", Removed{}}}) ==
        "{\n\t\"auths\": {\n\t\t\"b\": {\n\t\t\t\"auth\": \"dTpw\"\n\t\t}\n\t}\n}");
  CHECK(with_entries(R"({"auths":{"a":{}}})", {{"a", Removed{}}}) == "{\n\t\"auths\": {}\n}");
  CHECK(with_entries("{}", {{"a", Removed{}}}) == "{}");
}

TEST_CASE("an entry without secrets keeps its other fields") {
  CHECK(with_entries(R"({"auths":{"a":{"auth":"dTpw","email":"e","Password":"p","username":"u",
                         "identityToken":"t","registrytoken":"r","x":{"y":1}},"b":5}})",
                     {{"a", WithoutSecrets{}}, {"b", WithoutSecrets{}}, {"c", WithoutSecrets{}}}) ==
        "{\n\t\"auths\": {\n\t\t\"a\": {\n\t\t\t\"email\": \"e\",\n\t\t\t\"x\": {\n\t\t\t\t\"y\": "
        "1\n\t\t\t}\n\t\t},\n\t\t\"b\": 5\n\t}\n}");
}

TEST_CASE("an entry is renamed where it stands, or goes if the name is taken") {
  CHECK(with_entries(R"({"auths":{"a":{"x":1},"b":{}}})", {{"a", Renamed{"c"}}}) ==
        "{\n\t\"auths\": {\n\t\t\"c\": {\n\t\t\t\"x\": 1\n\t\t},\n\t\t\"b\": {}\n\t}\n}");
  CHECK(with_entries(R"({"auths":{"a":{"x":1},"b":{}}})", {{"a", Renamed{"b"}}}) ==
        "{\n\t\"auths\": {\n\t\t\"b\": {}\n\t}\n}");
  CHECK(with_entries(R"({"auths":{"a":{"x":1},"b":{}}})",
                     {{"a", Renamed{"c"}}, {"b", Renamed{"c"}}}) ==
        "{\n\t\"auths\": {\n\t\t\"c\": {\n\t\t\t\"x\": 1\n\t\t}\n\t}\n}");
}

TEST_CASE("a repeated key is renamed each time, so that the last still counts") {
  CHECK(with_entries(R"({"auths":{"a":{"x":1},"a":{"x":2}}})", {{"a", Renamed{"c"}}}) ==
        "{\n\t\"auths\": {\n\t\t\"c\": {\n\t\t\t\"x\": 1\n\t\t},\n\t\t\"c\": {\n\t\t\t\"x\": "
        "2\n\t\t}\n\t}\n}");
}

TEST_CASE("a credential is put into its entry, or into a new one") {
  const Inline password{{.username = "u", .password = "p"}};
  CHECK(with_entries(R"({"auths":{"a":{"email":"e","username":"old"}}})", {{"a", password}}) ==
        "{\n\t\"auths\": {\n\t\t\"a\": {\n\t\t\t\"auth\": \"dTpw\",\n\t\t\t\"email\": "
        "\"e\"\n\t\t}\n\t}\n}");
  CHECK(with_entries(R"({"auths":{"a":null}})", {{"a", password}}) ==
        "{\n\t\"auths\": {\n\t\t\"a\": {\n\t\t\t\"auth\": \"dTpw\"\n\t\t}\n\t}\n}");
  CHECK(with_entries("{}", {{"a", Inline{{.identity_token = "t", .registry_token = "r"}}}}) ==
        "{\n\t\"auths\": {\n\t\t\"a\": {\n\t\t\t\"identitytoken\": \"t\",\n\t\t\t"
        "\"registrytoken\": \"r\"\n\t\t}\n\t}\n}");
}

TEST_CASE("a credential brings its email where the entry has none") {
  const Inline with_email{{.username = "u", .password = "p", .email = "new"}};
  CHECK(
      with_entries(R"({"auths":{"a":{"Email":"old"}}})", {{"a", with_email}, {"b", with_email}}) ==
      "{\n\t\"auths\": {\n\t\t\"a\": {\n\t\t\t\"auth\": \"dTpw\",\n\t\t\t\"Email\": \"old\"\n\t\t},"
      "\n\t\t\"b\": {\n\t\t\t\"auth\": \"dTpw\",\n\t\t\t\"email\": \"new\"\n\t\t}\n\t}\n}");
}

TEST_CASE("a config with its credentials inline alone names no store, and keeps its settings") {
  const JsonText json{"config.json",
                      "{\"big\": 12345678901234567890123,\n\"CredsStore\": \"pass\", \"AUTHS\": "
                      "{\"a.io\": {\"x\": 1}, \"gone.io\": {\"auth\": \"dTpw\"}},\n"
                      "\"credHelpers\": {\"a.io\": \"gcr\"}, \"other\": [2.50, 1e999]}\n"};
  const ConfigChange change = inline_alone(
      {{"a.io", {.username = "u", .password = "p"}}, {"b.io", {.identity_token = "t"}}});
  CHECK(changed_config(json, change) ==
        "{\n"
        "\t\"big\": 12345678901234567890123,\n"
        "\t\"auths\": {\n"
        "\t\t\"a.io\": {\n"
        "\t\t\t\"auth\": \"dTpw\",\n"
        "\t\t\t\"x\": 1\n"
        "\t\t},\n"
        "\t\t\"b.io\": {\n"
        "\t\t\t\"identitytoken\": \"t\"\n"
        "\t\t}\n"
        "\t},\n"
        "\t\"other\": [\n\t\t2.50,\n\t\t1e999\n\t]\n"
        "}\n");
  CHECK(changed_config({}, inline_alone({})) == "{}");
}

namespace {

// The processor's seconds that changing so many entries takes.
double seconds_to_change(int count) {
  std::string text = R"({"auths":{)";
  ConfigChange change;
  for (int i = 0; i < count; ++i) {
    const std::string key = "r" + std::to_string(i) + ".io";
    text += (i == 0 ? "\"" : ",\"") + key + R"(":{"auth":"dTpw"})";
    change.entries[key] = WithoutSecrets{};
    change.cred_helpers[key] = "pass";
  }
  text += "}}";
  const std::clock_t start = std::clock();
  const std::string result = changed_config({"config.json", text}, change);
  const std::clock_t end = std::clock();
  CHECK(std::count(result.begin(), result.end(), '\n') > 2L * count);
  return static_cast<double>(end - start) / CLOCKS_PER_SEC;
}

}  // namespace

TEST_CASE("what a change takes grows with the number of entries") {
  // A quadratic step would take a hundred times as long.
  CHECK(seconds_to_change(50'000) < 40 * seconds_to_change(5'000));
}
