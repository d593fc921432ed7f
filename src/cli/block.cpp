#include "cli/block.h"

#include <utility>

#include <fmt/format.h>

#include "cli/caller.h"
#include "system/text.h"

namespace pullsecret {

void Block::add(std::string_view label, std::string text, Color color) {
  if (!text.empty()) rows_.push_back({{indent_ + std::string(label)}, {std::move(text), color}});
}

void Block::add(const std::vector<Remark>& remarks) {
  for (const auto& [name, severity, message, hint] : remarks) {
    add(in_words(severity), fmt::format("{}: {}", name, message), color_of(severity));
    add_hint(hint);
  }
}

void Block::add_hint(const std::string& hint) {
  if (!hint.empty()) rows_.push_back(hint_row(as_called(hint)));
}

std::string heading(std::string_view text, std::size_t indent, TableStyle style) {
  return std::string(indent, ' ') +
         (style.has_color ? fmt::format("\x1b[1m{}\x1b[0m", text) : std::string(text)) + "\n";
}

std::string shown(std::string_view text) {
  return printable(text, std::string_view::npos);
}

}  // namespace pullsecret
