#include "credential/json.h"

#include <catch2/catch.hpp>

using namespace pullsecret;

TEST_CASE("a JSON string has its quotes and escapes") {
  CHECK(json_string("") == R"("")");
  CHECK(json_string("a\"b\\c") == R"("a\"b\\c")");
  CHECK(json_string("\b\f\n\r\t\x01\x1F") == R"("\b\f\n\r\t\u0001\u001f")");
  CHECK(json_string("\x7F é \u2028 😀 <>&") == "\"\x7F é \u2028 😀 <>&\"");
}

TEST_CASE("bytes that are not UTF-8 become U+FFFD") {
  CHECK(json_string("a\xFF"
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
