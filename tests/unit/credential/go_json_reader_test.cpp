#include "credential/go_json_reader.h"

#include <array>
#include <string>

#include "catch.h"
#include "support.h"

using namespace pullsecret;

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
      {R"({"records":{"a b":{"NAME":5}}})", R"(f:1:27: records."a b".name must be a string)"},
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
