#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "credential/remark.h"

namespace pullsecret {

enum class Color { none, green, yellow, red, bold };

struct Cell {
  std::string text;  ///< printable; a line break in it begins a new line in its column
  Color color = Color::none;
  bool is_whole = false;  ///< alone in its row, which is neither wrapped nor widens a column
};
using Row = std::vector<Cell>;

struct TableStyle {
  bool has_color = false;    ///< whether colours count
  std::size_t columns = 80;  ///< that there is room for
};

/// The colour of what has this severity.
Color color_of(Severity severity);

/// `text` in lines of at most `width` characters, broken as in a table's column; a line break in it
/// stays.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

/// A row of what people may copy: it begins at the left margin, and no line of it is broken.
Row hint_row(const std::string& hint);

/// The rows as lines, their columns aligned and two spaces apart, in the style's columns. What does
/// not fit is wrapped inside its column, at a space, else behind a slash or a dot; in the first
/// column it stands above its row, and uncut however long it is. No row is empty.
std::string format_table(const std::vector<Row>& rows, TableStyle style = {});

}  // namespace pullsecret
