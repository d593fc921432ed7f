#include "credential/go_json_writer.h"

#include "catch.h"

using namespace pullsecret;

TEST_CASE("a JSON string has its quotes and escapes") {
  CHECK(go_json_string("") == R"("")");
  CHECK(go_json_string("a\"b\\c") == R"("a\"b\\c")");
  CHECK(go_json_string("\b\f\n\r\t\x01\x1F") == R"("\b\f\n\r\t\u0001\u001f")");
  CHECK(go_json_string("\x7F é 😀") == "\"\x7F é 😀\"");
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
