#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/table.h"
#include "credential/remark.h"

namespace pullsecret {

/// Lines of a label and a text, some columns from the left, for people.
class Block {
 public:
  explicit Block(std::size_t indent) : indent_(indent, ' ') {}

  /// Adds a line; none for an empty text.
  void add(std::string_view label, std::string text, Color color = Color::none);

  /// Adds a line for each remark, and one for its hint.
  void add(const std::vector<Remark>& remarks);

  /// Adds a line for a hint as it is in messages; none for an empty one.
  void add_hint(const std::string& hint);

  std::string format(TableStyle style) const { return format_table(rows_, style); }

 private:
  std::string indent_;
  std::vector<Row> rows_;
};

/// A line above a table or a block.
std::string heading(std::string_view text, std::size_t indent, TableStyle style);

/// `text` printable, without a limit: what is wrapped need not be cut.
std::string shown(std::string_view text);

}  // namespace pullsecret
