#include "credential/json_syntax.h"

#include <string>

#include "catch.h"
#include "support.h"

using namespace pullsecret;

namespace {

std::string fault_of(const std::string& text) {
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
  CHECK(fault_of("{\n  \"a\": 1,\n}") == "config.json:2:9: a trailing comma");
  for (const char* text : {"{\n<<<<<<< HEAD\n}", "{\"a\": 1\n=======\n\"b\": 2}",
                           "{\"a\": 1\n||||||| base\n}", "{\"a\": 1,\n>>>>>>> theirs\n}"})
    CHECK_THAT(fault_of(text), Catch::Contains(":2:1: a mark of git's"));
  CHECK_THAT(fault_of("<<<<<<< HEAD\n{}"), Catch::Contains(":1:1: a mark of git's"));
  CHECK_THAT(fault_of("{ <<<<<<< HEAD\n}"), Catch::Contains("unexpected \"<\""));
  CHECK(fault_of("{\"ü\": [1,]}") == "config.json:1:9: a trailing comma");
  CHECK(fault_of("{/*x*/}") == "config.json:1:2: a comment, which JSON does not have");
  CHECK(fault_of("{# x\n}") == "config.json:1:2: a comment, which JSON does not have");
  CHECK(fault_of("{'a': 1}") == "config.json:1:2: a single quote; JSON takes double quotes");
  CHECK(fault_of("{\"a\n\": 1}") == "config.json:1:4: a line break inside a string");
  CHECK(fault_of("\xEF\xBB\xBF{}") ==
        "config.json:1:1: a byte order mark, which JSON does not have");
  CHECK_THAT(fault_of("{\"a\": \"C:\\Users\"}"), Catch::Contains("a backslash that begins no"));
  CHECK_THAT(fault_of("{\"a\": True}"), Catch::Contains("1:7: unexpected \"T\""));
  CHECK(fault_of("\uFFFD{}") == "config.json:1:1: unexpected \"\uFFFD\"");
  CHECK(fault_of("\xFF{}") == "config.json:1:1: unexpected \"\\xff\"");
  CHECK(fault_of("{\"a\" 1}") == "config.json:1:6: unexpected \"1\"");
  CHECK(fault_of("{\"a\": 1 \"b\": 2}") ==
        "config.json:1:9: a comma or colon is missing before this string");
  for (const char* cut : {"{", "{\"a", "{\"a\":", "{\"a\":1", "[1,", "\"abc"})
    CHECK_THAT(fault_of(cut), Catch::Contains("ends too early"));
}

TEST_CASE("first_value takes what RFC 8259 has as JSON") {
  const auto json = GENERATE(as<std::string>{}, "0", "-0", "10.50e+07", "1E-2", "1e999",
                             std::string(5000, '9'), R"("\"\\\/\b\f\n\r\t\u00Ff")", "\"\x7F\xFF\"",
                             R"(["\ud800",{"":[]},true,false,null])", "\t[ 1 ,\r\n2 ]");
  CAPTURE(json);
  CHECK(fault_of(json) == "no error");
}

TEST_CASE("first_value takes nothing else") {
  const auto text = GENERATE(as<std::string>{}, "01x", "-", "+1", ".5", "1.", "1.e1", "1e", "1e+",
                             "0x10", "NaN", "tru", "nul", R"("\x")", R"("\u12G4")", R"("\u12)",
                             "\"\t\"", std::string("\"\0\"", 3), "[1,]", "[,1]", "[1 2]", "{\"a\"}",
                             "{a:1}", "{\"a\":1,}", "{1:2}", "[1}");
  CAPTURE(text);
  CHECK(fault_of("[" + text + "]") != "no error");
}

TEST_CASE("a fault says whether it is a limit of our own") {
  CHECK_FALSE(find_json_fault({"", "{}"}));
  CHECK_FALSE(find_json_fault({"", " "}));
  CHECK_FALSE(find_json_fault({"", "{"})->is_own_limit);
  CHECK(find_json_fault({"", nested(65)})->is_own_limit);
  CHECK(find_json_fault({"", "{"})->error.place().empty());
}

TEST_CASE("first_value takes 64 levels and no more") {
  CHECK(first_value({"", nested(64)}).size() == 128);
  CHECK(fault_of(nested(65)) == "config.json: nested deeper than 64 levels");
  CHECK(fault_of(std::string(100'000, '[')) == "config.json: nested deeper than 64 levels");
}
