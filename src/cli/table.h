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
  bool is_whole = false;  ///< to be copied: it is not wrapped, and no column grows with it
};
using Row = std::vector<Cell>;

/// The colour of what has this severity.
Color color_of(Severity severity);

/// `text` in lines of at most `width` characters, broken as in a table's column; a line break in it
/// stays.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

/// The rows as lines, their columns aligned and two spaces apart, at most 80 columns wide. What
/// does not fit is wrapped inside its column, at a space, else behind a slash or a dot; in the
/// first column it stands above its row, and uncut however long it is. No row is empty. Without
/// `color`, colours do not count.
std::string format_table(const std::vector<Row>& rows, bool color);

}  // namespace pullsecret
