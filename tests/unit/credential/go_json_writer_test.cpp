#include "credential/go_json_writer.h"

#include <string>

#include <nlohmann/json.hpp>

#include "catch.h"

using namespace pullsecret;

TEST_CASE("a JSON string has its quotes and escapes") {
  CHECK(go_json_string("") == R"("")");
  CHECK(go_json_string("a\"b\\c") == R"("a\"b\\c")");
  CHECK(go_json_string("\b\f\n\r\t\x01\x1F") == R"("\b\f\n\r\t\u0001\u001f")");
  CHECK(go_json_string("\x7F é 😀") == "\"\x7F é 😀\"");
}

TEST_CASE("what a terminal obeys, or nobody sees, is escaped: the text is the same") {
  const auto [text, json] = GENERATE(table<const char*, const char*>(
      {{"\x7F", R"(\u007f)"},
       {"\u0080", R"(\u0080)"},
       {"\u0085", R"(\u0085)"},
       {"a\u009B31m", R"(a\u009b31m)"},
       {"\u009F\u00A0", "\\u009f\u00A0"},
       {"\u061C", R"(\u061c)"},
       {"\u200B\u200D\u200E\u200F", R"(\u200b\u200d\u200e\u200f)"},
       // Each that begins a direction is ended: compilers take others for an attack.
       {"\u202A\u202B\u202D\u202E\u202C\u202C\u202C\u202C",
        R"(\u202a\u202b\u202d\u202e\u202c\u202c\u202c\u202c)"},
       {"\u2066\u2067\u2068\u2069\u2069\u2069", R"(\u2066\u2067\u2068\u2069\u2069\u2069)"},
       {"\u2028\u2029", R"(\u2028\u2029)"},
       {"\uFEFF", R"(\ufeff)"},
       {"\U000E0041\U000E0FFF", R"(\udb40\udc41\udb43\udfff)"},
       {"Müller \u4E2D \U0001F600", "Müller \u4E2D \U0001F600"}}));
  const std::string quoted = '"' + std::string(json) + '"';
  CHECK(printable_json(go_json_string(text)) == quoted);
  JsonObjectWriter object;
  object.add_string(text, text);
  CHECK(object.text() == '{' + quoted + ':' + quoted + '}');
  CHECK(object.as_go() == '{' + go_json_string(text) + ':' + go_json_string(text) + '}');
  CHECK(json_document(nlohmann::ordered_json::array({text})) == "[\n    " + quoted + "\n]\n");
  CHECK(printable_json('"' + std::string(text) + '"') == quoted);
  CHECK(nlohmann::json::parse(quoted) == text);
}

TEST_CASE("printable_json leaves all else as it is, bytes that are no UTF-8 and line breaks, too") {
  for (const char* json :
       {"", "{\n\t\"a\\u0041\": [1, \"\\\\u009b\"]\r\n}", "\"\xC2\"", "\"\x9B\""})
    CHECK(printable_json(json) == json);
}

TEST_CASE("bytes that are not UTF-8 become U+FFFD") {
  CHECK(go_json_string("a\xFF"
                       "b") == "\"a\uFFFDb\"");
  CHECK(go_json_string("\xC3") == "\"\uFFFD\"");
}

TEST_CASE("Go escapes five characters more") {
  CHECK(go_json_string("<a href=\"x\">&</a>") ==
        R"("\u003ca href=\"x\"\u003e\u0026\u003c/a\u003e")");
  CHECK(go_json_string("a\u2028b\u2029c") == R"("a\u2028b\u2029c")");
  CHECK(go_json_string("\u2027\u202F") == "\"\u2027\u202F\"");
  CHECK(go_json_string("<<<") == R"("\u003c\u003c\u003c")");
  CHECK(go_json_string("\\u003c") == R"("\\u003c")");
}

TEST_CASE("an object is written on one line") {
  JsonObjectWriter object;
  CHECK(object.text() == "{}");
  object.add_string("a<", "b\n");
  object.add_value("c", "[1]");
  object.add_quoted(R"("\u0064")", "null");
  CHECK(object.text() == R"({"a\u003c":"b\n","c":[1],"\u0064":null})");
}

TEST_CASE("a value is laid out with a tab for each level") {
  CHECK(laid_out(R"({"a":[1, {}],"b" : [ ]})") ==
        "{\n\t\"a\": [\n\t\t1,\n\t\t{}\n\t],\n\t\"b\": []\n}");
  CHECK(laid_out(R"("\u0061")") == R"("\u0061")");
}
