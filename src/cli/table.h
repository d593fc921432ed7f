#pragma once

#include <string>
#include <vector>

namespace pullsecret {

enum class Color { none, green, yellow, red, bold };

struct Cell {
  std::string text;  ///< printable; a line break in it begins a new line in its column
  Color color = Color::none;
};
using Row = std::vector<Cell>;

/// Whether to colour standard output: it is a terminal that knows colours (TERM is not `dumb`), and
/// NO_COLOR is not set (no-color.org).
bool wants_color();

/// The rows as lines, their columns aligned and two spaces apart, at most 80 columns wide: what
/// does not fit is wrapped inside its column, at a space where there is one. The first row may be a
/// header, in bold. Without `color`, colours do not count.
std::string format_table(const std::vector<Row>& rows, bool color);

/// `text` wrapped at spaces to lines of at most 80 columns, each after `indent` spaces, each with
/// its line break.
std::string wrapped(const std::string& text, std::size_t indent);

}  // namespace pullsecret
