#include "credential/go_json_reader.h"

#include <array>
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
  CHECK_THAT(message_of("{\"a\": \"C:\\Users\"}"), Catch::Contains("a backslash that begins no"));
  CHECK_THAT(message_of("{\"a\": True}"), Catch::Contains("1:7: unexpected \"T\""));
  CHECK(message_of("\uFFFD{}") == "config.json:1:1: unexpected \"\uFFFD\"");
  CHECK(message_of("\xFF{}") == "config.json:1:1: unexpected \"\\xff\"");
  CHECK(message_of("{\"a\" 1}") == "config.json:1:6: unexpected \"1\"");
  CHECK(message_of("{\"a\": 1 \"b\": 2}") ==
        "config.json:1:9: a comma or colon is missing before this string");
  for (const char* cut : {"{", "{\"a", "{\"a\":", "{\"a\":1", "[1,", "\"abc"})
    CHECK_THAT(message_of(cut), Catch::Contains("ends too early"));
}

TEST_CASE("first_value takes what RFC 8259 has as JSON") {
  const auto json = GENERATE(as<std::string>{}, "0", "-0", "10.50e+07", "1E-2", "1e999",
                             std::string(5000, '9'), R"("\"\\\/\b\f\n\r\t\u00Ff")", "\"\x7F\xFF\"",
                             R"(["\ud800",{"":[]},true,false,null])", "\t[ 1 ,\r\n2 ]");
  CAPTURE(json);
  CHECK(message_of(json) == "no error");
}

TEST_CASE("first_value takes nothing else") {
  const auto text = GENERATE(as<std::string>{}, "01x", "-", "+1", ".5", "1.", "1.e1", "1e", "1e+",
                             "0x10", "NaN", "tru", "nul", R"("\x")", R"("\u12G4")", R"("\u12)",
                             "\"\t\"", std::string("\"\0\"", 3), "[1,]", "[,1]", "[1 2]", "{\"a\"}",
                             "{a:1}", "{\"a\":1,}", "{1:2}", "[1}");
  CAPTURE(text);
  CHECK(message_of("[" + text + "]") != "no error");
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

TEST_CASE("what is no UTF-8, and half of a surrogate pair, is U+FFFD, as in Go") {
  CHECK(decode_string("\"a\xFF\xC3\"") == "a\uFFFD\uFFFD");
  CHECK(decode_string(R"("\ud800")") == "\uFFFD");
  CHECK(decode_string("\"\\udc00\xFF\\ud83d\\ude00\\\\ud800\"") == "\uFFFD\uFFFD😀\\ud800");
}

TEST_CASE("a field's name matches as in Go") {
  CHECK(is_field("credsStore", "credsStore"));
  CHECK(is_field("CREDSSTORE", "credsStore"));
  CHECK(is_field("cred\u017Fstore", "credsStore"));
  CHECK(is_field("to\u212Aen", "token"));
  CHECK_FALSE(is_field("credStore", "credsStore"));
  CHECK_FALSE(is_field("\u00FCser", "user"));
}

TEST_CASE("the last string of a name counts, whatever its letter case") {
  const auto members =
      members_of(R"({"Username":"a","username":"b","USERNAME":"c","username":null})");
  CHECK(string_field(members, "Username") == "c");
  CHECK_FALSE(string_field(members, "Secret"));
  CHECK_FALSE(string_field(members_of(R"({"a":null})"), "a"));
}

TEST_CASE("text behind the value is ignored or refused, as its reader does it") {
  CHECK(GoJsonReader({"f", " {} x"}, TextBehind::ignored).value() == "{}");
  CHECK(GoJsonReader({"f", "{} \n"}, TextBehind::refused).value() == "{}");
  CHECK(GoJsonReader({"f", " "}, TextBehind::refused).value().empty());
  const auto error = error_of([] { GoJsonReader({"f", "{}\n x"}, TextBehind::refused); });
  CHECK(error->what() == std::string("f:2:2: text behind the JSON value"));
}

TEST_CASE("a value of another type is named by its path and place") {
  static constexpr std::array inner{GoField{"name", &go_string}};
  static constexpr GoType record{GoType::Kind::record, nullptr, inner};
  static constexpr GoType records{GoType::Kind::map, &record};
  static constexpr std::array fields{GoField{"records", &records}, GoField{"strings", &go_strings},
                                     GoField{"object", &go_object}};
  const auto [text, words] = GENERATE(table<std::string, std::string>({
      {R"({"records":{"a b":{"NAME":5}}})", "f:1:27: records.a b.name must be a string"},
      {R"({"records":{"a":"x"}})", "f:1:17: records.a must be an object"},
      {R"({"strings":["a",{}]})", "f:1:17: strings[1] must be a string"},
      {R"({"strings":"a"})", "f:1:12: strings must be an array"},
      {R"({"object":[]})", "f:1:11: object must be an object"},
      {R"({"records":{"a":{"name":null,"x":[1e999]},"b":null},"strings":[null],"x":5})", ""},
      {R"({"object":{"anything":[5]}})", ""},
  }));
  CAPTURE(text);
  const GoJsonReader reader({"f", text}, TextBehind::refused);
  const auto error = error_of(
      [&] { reader.check_fields(reader.members_of_object(reader.value(), "it"), fields); });
  CHECK((error ? error->what() : std::string()) == words);
}
