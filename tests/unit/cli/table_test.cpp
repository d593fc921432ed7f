#include "cli/table.h"

#include <algorithm>

#include "catch.h"
#include "support.h"
#include "system/text.h"

using namespace pullsecret;

namespace {

std::size_t longest_line(const std::string& table) {
  std::size_t longest = 0;
  for (const std::string& line : split(table, '\n'))
    longest = std::max(longest, line.size());
  return longest;
}

}  // namespace

TEST_CASE("columns are aligned, without spaces at the ends of lines") {
  CHECK(format_table({{{"a"}, {"bb"}, {"c"}}, {{"aaa"}, {"b"}, {""}}}) ==
        "a    bb  c\n"
        "aaa  b\n");
}

TEST_CASE("no rows are no table") {
  CHECK(format_table({}).empty());
}

TEST_CASE("what does not fit into 80 columns is wrapped inside its column") {
  const std::string table =
      format_table({{{"problem"}, {"name"}, {repeated("word ", 40) + "end"}}});
  CHECK(longest_line(table) <= 80);
  CHECK(table.starts_with("problem  name  word word"));
  CHECK(table.find("\n               word word") != std::string::npos);
  CHECK(table.ends_with("end\n"));
}

TEST_CASE("a word that is wider than its column is cut, and nothing is lost") {
  std::string table = format_table({{{"x"}, {repeated("y", 100)}, {repeated("z", 100)}}});
  CHECK(longest_line(table) <= 80);
  CHECK(std::count(table.begin(), table.end(), 'y') == 100);
  CHECK(std::count(table.begin(), table.end(), 'z') == 100);
}

TEST_CASE("a name that does not fit into the first column stands above its row") {
  const std::string name = repeated("n", 50);
  const std::string text = repeated("word ", 11) + "end";
  const std::string table = format_table({{{"short"}, {"x"}}, {{name}, {text}}});
  CHECK(longest_line(table) <= 80);
  CHECK(table.find("\n" + name + "\n  ") != std::string::npos);
  const std::string long_name = "  " + repeated("n", 100);
  CHECK(format_table({{{long_name}, {"x"}}}).starts_with(long_name + "\n"));
}

TEST_CASE("a hint begins at the left margin, is never broken, and no column grows with it") {
  const std::string command = repeated("word ", 30) + "end";
  CHECK(format_table({{{"problem"}, {"text"}}, hint_row(command)}) ==
        "problem  text\n→ " + command + "\n");
}

TEST_CASE("a table has the columns that there are") {
  for (const std::size_t columns : {60UL, 80UL, 132UL}) {
    const std::string table =
        format_table({{{"problem"}, {repeated("word ", 60)}}}, {.columns = columns});
    const std::vector<std::string> lines = split(table, '\n');
    CHECK(std::all_of(lines.begin(), lines.end(),
                      [&](const std::string& line) { return line.size() <= columns; }));
    CHECK(lines.front().size() > columns - 8);
  }
}

TEST_CASE("a line break begins a new line in its column") {
  CHECK(format_table({{{"a"}, {"one\ntwo"}}}) == "a  one\n   two\n");
}

TEST_CASE("width counts characters, and a character is never cut in two") {
  CHECK(format_table({{{"äöü"}, {"x"}}, {{"abc"}, {"y"}}}) == "äöü  x\nabc  y\n");
  const std::string table = format_table({{{"x"}, {repeated("ä", 200)}}});
  CHECK(is_utf8(table));
  for (const std::string& line : split(table, '\n'))
    CHECK(is_utf8(line));
}

TEST_CASE("colour surrounds the text, and does not count as width") {
  CHECK(format_table({{{"ok", Color::green}, {"x"}}, {{"problem", Color::red}, {"y"}}},
                     {.has_color = true}) ==
        "\x1b[32mok\x1b[0m       x\n"
        "\x1b[31mproblem\x1b[0m  y\n");
}
