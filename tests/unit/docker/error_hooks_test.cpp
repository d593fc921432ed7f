#include "docker/error_hooks.h"

#include <string>

#include "catch.h"
#include "support.h"

using namespace pullsecret;

namespace {

std::string switched(const std::string& config, bool on) {
  const JsonText json{"config.json", config};
  return changed_config(json, error_hooks(json, on));
}

std::string hooks() {
  return "\"plugins\": {\n\t\t\"pullsecret\": {\n\t\t\t\"error-hooks\": "
         "\"login,pull,push,build,run,"
         "create,image pull,image push,image build\"\n\t\t}\n\t},\n\t\"features\": "
         "{\n\t\t\"hooks\": "
         "\"true\"\n\t}";
}

}  // namespace

TEST_CASE("hooks are switched on and off, and nothing else changes") {
  const std::string before = "{\n\t\"x\": 1.0,\n\t\"auths\": {\n\t\t\"a\": {}\n\t}\n}\n";
  const std::string on = switched(before, true);
  CHECK(on == "{\n\t\"x\": 1.0,\n\t\"auths\": {\n\t\t\"a\": {}\n\t},\n\t" + hooks() + "\n}\n");
  CHECK(switched(on, true) == on);
  CHECK(switched(on, false) == before);
  CHECK(switched(before, false) == before);
  CHECK(switched("", true) == "{\n\t" + hooks() + "\n}");
  CHECK(switched("", false) == "{}");
}

TEST_CASE("other plugins' settings and other features stay") {
  const std::string before =
      "{\n\t\"features\": {\n\t\t\"buildkit\": \"true\",\n\t\t\"hooks\": \"false\"\n\t},\n\t"
      "\"Plugins\": {\n\t\t\"scout\": {\n\t\t\t\"hooks\": \"pull\"\n\t\t},\n\t\t\"pullsecret\": "
      "{\n\t\t\t\"other\": \"1\",\n\t\t\t\"error-hooks\": \"x\"\n\t\t}\n\t}\n}";
  const std::string on = switched(before, true);
  CHECK_THAT(on, Catch::Contains("\"hooks\": \"true\"") && Catch::Contains("\"hooks\": \"pull\"") &&
                     Catch::Contains("\"other\": \"1\",\n\t\t\t\"error-hooks\": \"login,") &&
                     Catch::Contains("\"buildkit\": \"true\""));
  const std::string off = switched(on, false);
  CHECK_THAT(off, !Catch::Contains("error-hooks") && Catch::Contains("\"hooks\": \"true\"") &&
                      Catch::Contains("\"other\": \"1\"") && Catch::Contains("scout"));
}

TEST_CASE("of repeated names the last counts, and one is left") {
  const std::string on = switched(
      R"({"plugins":{"pullsecret":{"a":"1"},"pullsecret":{"b":"2"}},"plugins":{"x":{}},"features":null})",
      true);
  CHECK_THAT(on, Catch::Contains("\"b\": \"2\"") && !Catch::Contains("\"a\": \"1\"") &&
                     Catch::Contains("\"x\": {}"));
  CHECK(error_of([] { switched(R"({"plugins":[]})", true); }));
  CHECK(error_of([] { switched("{", true); }));
}
