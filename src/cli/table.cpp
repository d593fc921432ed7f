#include "cli/table.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t least_width = 8;  // of a column that has to make room

// In characters: none of the texts here has wide or combining ones to speak of.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    const bool continues_character = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
    return !continues_character;
  }));
}

// The first `width` characters of `text`.
std::string_view head(std::string_view text, std::size_t width) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < width && end < text.size(); ++i)
    end += std::max<std::size_t>(utf8_sequence(text.substr(end)), 1);
  return text.substr(0, end);
}

// Where to break `line`, which goes on in a word: at its last space, else behind the last mark that
// separates parts of paths and host names, else at its end.
std::size_t break_of(std::string_view line) {
  if (const std::size_t space = line.rfind(' '); space != std::string_view::npos && space > 0)
    return space;
  const std::size_t mark = line.find_last_of("/.");
  return mark == std::string_view::npos || mark == 0 ? line.size() : mark + 1;
}

// Cuts a line of at most `width` characters off `text`.
std::string_view take_line(std::string_view& text, std::size_t width) {
  std::string_view line = head(text, width);
  const bool is_cut = line.size() < text.size();
  if (is_cut && text[line.size()] != ' ') line = line.substr(0, break_of(line));
  text.remove_prefix(line.size());
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return line;
}

std::size_t natural_width(const std::string& text) {
  std::size_t width = 0;
  for (const std::string& line : split(text, '\n'))
    width = std::max(width, width_of(line));
  return width;
}

// The widest column gives way, a character at a time, until all fit.
void fit(std::vector<std::size_t>& widths, std::size_t columns) {
  const std::size_t gaps = gap * (widths.size() - 1);
  while (std::accumulate(widths.begin(), widths.end(), gaps) > columns) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= least_width) return;
    --*widest;
  }
}

std::vector<std::size_t> column_widths(const std::vector<Row>& rows, std::size_t columns) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i)
      if (!row[i].is_whole) widths[i] = std::max(widths[i], natural_width(row[i].text));
  }
  // One huge cell must not take a huge number of steps.
  for (std::size_t& width : widths)
    width = std::min(width, columns);
  fit(widths, columns);
  return widths;
}

std::string_view escape_sequence(Color color) {
  switch (color) {
    case Color::green:
      return "\x1b[32m";
    case Color::yellow:
      return "\x1b[33m";
    case Color::red:
      return "\x1b[31m";
    case Color::bold:
      return "\x1b[1m";
    case Color::none:
      return {};
  }
  return {};
}

std::string colored(const std::string& text, Color color) {
  if (text.empty() || color == Color::none) return text;
  return fmt::format("{}{}\x1b[0m", escape_sequence(color), text);
}

// A name that is cut cannot be copied: where the first column is too narrow for one, it stands on a
// line of its own.
void append_row(std::string& table, Row row, const std::vector<std::size_t>& widths, bool color) {
  if (row.front().is_whole) {
    table += row.front().text + '\n';
    return;
  }
  if (natural_width(row.front().text) > widths.front()) {
    const Cell name = std::exchange(row.front(), {});
    table += colored(name.text, color ? name.color : Color::none) + '\n';
  }
  std::vector<std::vector<std::string>> columns;
  std::size_t height = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    columns.push_back(wrapped(row[i].text, widths[i]));
    height = std::max(height, columns.back().size());
  }
  for (std::size_t y = 0; y < height; ++y) {
    std::string line;
    std::size_t column = 0, start = 0;
    for (std::size_t x = 0; x < columns.size(); start += widths[x++] + gap) {
      if (y >= columns[x].size() || columns[x][y].empty()) continue;
      line.append(start - column, ' ');
      line += colored(columns[x][y], color ? row[x].color : Color::none);
      column = start + width_of(columns[x][y]);
    }
    table += line + '\n';
  }
}

}  // namespace

Color color_of(Severity severity) {
  switch (severity) {
    case Severity::ok:
      return Color::green;
    case Severity::note:
      return Color::none;
    case Severity::warning:
      return Color::yellow;
    case Severity::problem:
      return Color::red;
  }
  return Color::none;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  for (const std::string& paragraph : split(text, '\n')) {
    std::string_view rest = paragraph;
    do {
      lines.emplace_back(take_line(rest, width));
    } while (!rest.empty());
  }
  return lines;
}

Row hint_row(const std::string& hint) {
  return {{.text = "→ " + hint, .is_whole = true}};
}

std::string format_table(const std::vector<Row>& rows, TableStyle style) {
  if (rows.empty()) return {};
  std::string table;
  const std::vector<std::size_t> widths = column_widths(rows, style.columns);
  for (const Row& row : rows)
    append_row(table, row, widths, style.has_color);
  return table;
}

}  // namespace pullsecret
