#include "credential/go_json.h"

#include <string>

#include <catch2/catch.hpp>

#include "support.h"

using namespace pullsecret;

namespace {

std::string message_of(const std::string& text) {
  const auto error = error_of([&] { first_value({"config.json", text}); });
  return error ? error->what() : "no error";
}

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

}  // namespace

TEST_CASE("first_value gives the first value without what stands around it") {
  CHECK(first_value({"", " {\"a\":1} rest"}) == "{\"a\":1}");
  CHECK(first_value({"", "null"}) == "null");
  CHECK(first_value({"", "[1,[2]]]"}) == "[1,[2]]");
  CHECK(first_value({"", "\"}\\\"\" x"}) == "\"}\\\"\"");
  CHECK(first_value({"", " \n\t\r"}).empty());
}

TEST_CASE("first_value says line and column in characters, and what is wrong in words") {
  CHECK(message_of("{\n  \"a\": 1,\n}") == "config.json:2:9: a trailing comma");
  CHECK(message_of("{\"ü\": [1,]}") == "config.json:1:9: a trailing comma");
  CHECK(message_of("{/*x*/}") == "config.json:1:2: a comment, which JSON does not have");
  CHECK(message_of("{# x\n}") == "config.json:1:2: a comment, which JSON does not have");
  CHECK(message_of("{'a': 1}") == "config.json:1:2: a single quote; JSON takes double quotes");
  CHECK(message_of("{\"a\n\": 1}") == "config.json:1:4: a line break inside a string");
  CHECK(message_of("\xEF\xBB\xBF{}") ==
        "config.json:1:1: a byte order mark, which JSON does not have");
  CHECK_THAT(message_of("{\"a\": 1 \"b\": 2}"), Catch::Contains("a comma or colon is missing"));
  CHECK_THAT(message_of("{\"a\": \"C:\\Users\"}"), Catch::Contains("a backslash that begins no"));
  CHECK_THAT(message_of("{\"a\": True}"), Catch::Contains("1:7: unexpected \"T\""));
  CHECK(message_of("\uFFFD{}") == "config.json:1:1: unexpected \"\uFFFD\"");
  CHECK_THAT(message_of("{\"a\": 1e999}"), Catch::Contains("a number out of range"));
  for (const char* cut : {"{", "{\"a", "{\"a\":", "{\"a\":1", "[1,", "\"abc"})
    CHECK_THAT(message_of(cut), Catch::Contains("ends too early"));
}

TEST_CASE("first_value takes 64 levels and no more") {
  CHECK(first_value({"", nested(64)}).size() == 128);
  CHECK(message_of(nested(65)) == "config.json: nested deeper than 64 levels");
  CHECK(message_of(std::string(100'000, '[')) == "config.json: nested deeper than 64 levels");
}

TEST_CASE("members_of keeps order, repeated names and the text of values") {
  const auto members =
      members_of(R"({ "a" : {"x": [1, "}"]} , "a":12345678901234567890123,"\u0062\"":"," })");
  REQUIRE(members.size() == 3);
  CHECK(members[0].name == "a");
  CHECK(members[0].value == R"({"x": [1, "}"]})");
  CHECK(members[1].name == "a");
  CHECK(members[1].value == "12345678901234567890123");
  CHECK(members[2].name == "b\"");
  CHECK(members[2].value == R"(",")");
  CHECK(members_of("{}").empty());
  CHECK(members_of("{ \n }").empty());
}

TEST_CASE("elements_of splits an array at its own commas") {
  const auto elements = elements_of(R"([ 1 , [2,3], {"a":"]"} ,"," ])");
  REQUIRE(elements.size() == 4);
  CHECK(elements[0] == "1");
  CHECK(elements[1] == "[2,3]");
  CHECK(elements[2] == R"({"a":"]"})");
  CHECK(elements[3] == R"(",")");
  CHECK(elements_of("[ ]").empty());
}

TEST_CASE("decode_string resolves escapes") {
  CHECK(decode_string(R"("plain")") == "plain");
  CHECK(decode_string(R"("\u00fc\n\ud83d\ude00")") == "ü\n😀");
  CHECK(decode_string(R"("")").empty());
}
