#include "system/text.h"

#include "catch.h"

using namespace pullsecret;
using Texts = std::vector<std::string>;

TEST_CASE("a UTF-8 sequence is one to four bytes, at its shortest") {
  const auto [text, length] = GENERATE(table<std::string, std::size_t>({
      {"", 0},
      {std::string(1, '\0'), 1},
      {"a", 1},
      {"\x7F", 1},
      {"\xC2\x80", 2},
      {"\xDF\xBF", 2},
      {"\xE0\xA0\x80", 3},
      {"\xED\x9F\xBF", 3},
      {"\xEF\xBF\xBF", 3},
      {"\xF0\x90\x80\x80", 4},
      {"\xF4\x8F\xBF\xBF", 4},
      {"\xC3\xA9"
       "a",
       2},
      {"\x80", 0},      // a continuation alone
      {"\xC0\x80", 0},  // overlong
      {"\xC1\xBF", 0},
      {"\xE0\x9F\xBF", 0},
      {"\xF0\x8F\xBF\xBF", 0},
      {"\xED\xA0\x80", 0},      // a surrogate
      {"\xF4\x90\x80\x80", 0},  // past U+10FFFF
      {"\xF5\x80\x80\x80", 0},
      {"\xC3", 0},  // truncated
      {"\xE2\x82", 0},
      {"\xF0\x9F\x98", 0},
      {"\xE2\x28\xA1", 0},
      {"\xFF", 0},
  }));
  CAPTURE(text);
  CHECK(utf8_sequence(text) == length);
}

TEST_CASE("text is UTF-8 if all of it is") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("jürgen 😀"));
  CHECK_FALSE(is_utf8("a\xFF"));
  CHECK_FALSE(is_utf8("\xE2\x82"));
}

TEST_CASE("each byte that is not UTF-8 becomes U+FFFD") {
  CHECK(replace_invalid_utf8("jürgen") == "jürgen");
  CHECK(replace_invalid_utf8("a\xFF\xFE"
                             "b") == "a\uFFFD\uFFFDb");
  CHECK(replace_invalid_utf8("\xE2\x82") == "\uFFFD\uFFFD");
  CHECK(replace_invalid_utf8("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");
}

TEST_CASE("printable text is one line without control characters") {
  CHECK(printable("jürgen 😀 \u00A0") == "jürgen 😀 \u00A0");
  CHECK(printable("a\nb\tc\rd") == R"(a\nb\tc\rd)");
  CHECK(printable("\x1B[31m\x7F") == R"(\x1b[31m\x7f)");
  CHECK(printable("\u0085\u009B\u00A0") == "\\xc2\\x85\\xc2\\x9b\u00A0");
  CHECK(printable("a\xFF") == R"(a\xff)");
  CHECK(printable(std::string(1, '\0')) == R"(\x00)");
}

TEST_CASE("what nobody sees, or what turns text around, is shown") {
  CHECK(printable("oi\u202Ercr.\u202C") == R"(oi\u202ercr.\u202c)");
  CHECK(printable("\u2066\u2069\u2067\u2069\u2068\u2069\u200E\u200F\u061C") ==
        R"(\u2066\u2069\u2067\u2069\u2068\u2069\u200e\u200f\u061c)");
  CHECK(printable("\u115F\u1160\u17B4\uFFA0\U0001BCA0\U0001D173") ==
        R"(\u115f\u1160\u17b4\uffa0\U0001bca0\U0001d173)");
  CHECK(printable("ghcr\u200B\u200C\u200D\u2060\uFEFF\u00AD.io") ==
        R"(ghcr\u200b\u200c\u200d\u2060\ufeff\u00ad.io)");
  CHECK(printable("a\u2028b\u2029") == R"(a\u2028b\u2029)");
  CHECK(printable("\U000E0041") == R"(\U000e0041)");
  CHECK(printable("é\u2010€\uFFFD\U0001F40B") == "é\u2010€\uFFFD\U0001F40B");
  CHECK(shell_word("a\u202Eb\u202C") == R"($'a\342\200\256b\342\200\254')");
}

TEST_CASE("printable text ends after the limit") {
  CHECK(printable("abcd", 4) == "abcd");
  CHECK(printable("abcde", 4) == "abcd…");
  CHECK(printable("ééé", 3) == "éé…");
  CHECK(printable(std::string(1'000'000, 'x')).size() == 400 + std::string("…").size());
}

TEST_CASE("a shell's word is quoted where it has to be, and is always printable") {
  CHECK(shell_word("/home/u/.docker/config.json") == "/home/u/.docker/config.json");
  CHECK(shell_word("") == "''");
  CHECK(shell_word("a b$(c)") == "'a b$(c)'");
  CHECK(shell_word("it's") == R"('it'\''s')");
  CHECK(shell_word("ü") == "'ü'");
  CHECK(shell_word("a\nb\x1b\xff'\\") == R"($'a\012b\033\377\047\134')");
}

TEST_CASE("what begins with a hyphen is no option where a command has an operand") {
  CHECK(shell_operand("a b") == "'a b'");
  CHECK(shell_operand("-rf /") == "-- '-rf /'");
}

TEST_CASE("trim cuts white space at the ends") {
  CHECK(trim(" \t\r\nab c\n") == "ab c");
  CHECK(trim_unseen("\u00a0\u200b a b\u3000\t") == "a b");
  CHECK(trim_unseen("\u200b \u00a0").empty());
  CHECK(trim("").empty());
  CHECK(trim(" \n").empty());
  CHECK(trim("\v\u00A0") == "\v\u00A0");
}

TEST_CASE("letter case is that of ASCII") {
  CHECK(lower_case("GHCR.IO/Ä[`{") == "ghcr.io/Ä[`{");
  CHECK(equal_ignoring_case("GHCR.io", "ghcr.IO"));
  CHECK(equal_ignoring_case("", ""));
  CHECK_FALSE(equal_ignoring_case("ä", "Ä"));
  CHECK_FALSE(equal_ignoring_case("a", "ab"));
  CHECK_FALSE(equal_ignoring_case("[", "{"));
}

TEST_CASE("split and join are each other's opposite") {
  CHECK(split("", '/') == Texts{""});
  CHECK(split("a", '/') == Texts{"a"});
  CHECK(split("/a//b/", '/') == Texts{"", "a", "", "b", ""});
  CHECK(join({"", "a", "", "b", ""}, "/") == "/a//b/");
  CHECK(join({"a"}, ", ") == "a");
  CHECK(join({"a", "b"}, ", ") == "a, b");
  CHECK(join({}, ", ").empty());
}

TEST_CASE("without_repeats keeps the first of equals") {
  CHECK(without_repeats({"b", "a", "b", "c", "a"}) == Texts{"b", "a", "c"});
  CHECK(without_repeats({}).empty());
}
