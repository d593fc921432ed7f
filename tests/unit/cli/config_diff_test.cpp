#include "cli/config_diff.h"

#include "catch.h"
#include "support.h"

using namespace pullsecret;

namespace {

std::string diff(const std::string& before, const std::string& after) {
  return config_diff({"config.json", before}, {"config.json", after});
}

}  // namespace

TEST_CASE("a change of the store is shown as diff -u shows it") {
  CHECK(diff("{\n\t\"auths\": {},\n\t\"credsStore\": \"desktop\"\n}",
             "{\n\t\"auths\": {},\n\t\"credsStore\": \"pass\"\n}") ==
        "--- config.json\n"
        "+++ config.json\n"
        "@@ -1,4 +1,4 @@\n"
        " {\n"
        " \t\"auths\": {},\n"
        "-\t\"credsStore\": \"desktop\"\n"
        "+\t\"credsStore\": \"pass\"\n"
        " }\n");
}

TEST_CASE("lines that are added and taken out are counted, with three lines around") {
  CHECK(diff("{}", "{\n\t\"credsStore\": \"pass\"\n}") ==
        "--- config.json\n+++ config.json\n"
        "@@ -1,1 +1,3 @@\n"
        "-{}\n"
        "+{\n"
        "+\t\"credsStore\": \"pass\"\n"
        "+}\n");
  CHECK(diff("{\n\"a\":\n1,\n\"b\": 2,\n\"c\": 3\n}", "{\n\"a\":\n1,\n\"c\": 3\n}") ==
        "--- config.json\n+++ config.json\n"
        "@@ -1,6 +1,5 @@\n"
        " {\n"
        " \"a\":\n"
        " 1,\n"
        "-\"b\": 2,\n"
        " \"c\": 3\n"
        " }\n");
}

TEST_CASE("no change is no diff") {
  CHECK(diff("{\"a\": 1}", "{\"a\": 1}").empty());
}

TEST_CASE("what may be secret is never shown") {
  const std::string before = R"({"auths": {"docker.io": {"auth": "hunter2", "x": ["hunter2"]}},
"HttpHeaders": {"X-Auth": "hunter2"}, "a": "say \"hunter2\"",
"CREDSSTORE": "desktop", "credHelpers": {"ghcr.io": "gh"}} "hunter2)";
  const std::string shown = diff(before, "{}");
  CHECK(shown.find("hunter2") == std::string::npos);
  CHECK(shown.find(R"("docker.io": {"auth": "…", "x": ["…"]})") != std::string::npos);
  CHECK(shown.find(R"("CREDSSTORE": "desktop", "credHelpers": {"ghcr.io": "gh"})") !=
        std::string::npos);
}

TEST_CASE("control characters do not reach the terminal") {
  const std::string shown = diff("{\"\x7F\xC2\x9B\": 1}", "{}");
  CHECK(shown.find('\x7F') == std::string::npos);
  CHECK(shown.find("\xC2\x9B") == std::string::npos);
}

TEST_CASE("a large file with one change has a small diff") {
  std::string entries;
  for (int i = 0; i < 20'000; ++i)
    entries += "\t\t\"r" + std::to_string(i) + ".io\": {},\n";
  const auto config = [&](const std::string& store) {
    return "{\n\t\"auths\": {\n" + entries + "\t\t\"z.io\": {}\n\t},\n\t\"credsStore\": \"" +
           store + "\"\n}";
  };
  CHECK(diff(config("desktop"), config("pass")).size() < 300);
}

TEST_CASE("a login in a key is not shown") {
  const std::string shown = diff(R"({"auths": {"https://bob:hunter2@a.io": {}}})", "{}");
  CHECK(shown.find("hunter2") == std::string::npos);
  CHECK(shown.find("https://…@a.io") != std::string::npos);
}

TEST_CASE("a text that is no UTF-8, or has half a surrogate pair, is shown in printable form") {
  const std::string shown = diff("{\"a\": \"\\ud83d\", \"\xFF\": 1}", "{}");
  CHECK(shown.find("\"\\xff\": 1") != std::string::npos);
}
