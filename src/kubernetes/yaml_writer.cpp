#include "kubernetes/yaml_writer.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "system/text.h"

namespace pullsecret {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_plain_character(char c) {
  constexpr std::string_view others = "0123456789-._/+=";
  return is_letter(c) || others.find(c) != std::string_view::npos;
}

bool is_yaml_word(std::string_view text) {
  static constexpr std::array<std::string_view, 11> words{
      "y", "n", "yes", "no", "on", "off", "true", "false", "null", ".inf", ".nan"};
  return std::any_of(words.begin(), words.end(),
                     [text](std::string_view word) { return equal_ignoring_case(text, word); });
}

// It begins with a letter, or with a dot and one.
bool is_plain(std::string_view text) {
  const std::size_t first = text.starts_with('.') ? 1 : 0;
  return text.size() > first && is_letter(text[first]) &&
         std::all_of(text.begin(), text.end(), is_plain_character) && !is_yaml_word(text);
}

// libyaml refuses U+FFFE and U+FFFF as they are.
bool needs_escape(char32_t c) {
  return c < 0x20 || c == 0xFFFE || c == 0xFFFF || is_hidden(c);
}

std::string escaped(char32_t c) {
  switch (c) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return c <= 0xFF     ? fmt::format("\\x{:02X}", static_cast<unsigned>(c))
             : c <= 0xFFFF ? fmt::format("\\u{:04X}", static_cast<unsigned>(c))
                           : fmt::format("\\U{:08X}", static_cast<unsigned>(c));
  }
}

void write_string(std::string& out, const std::string& text) {
  if (is_plain(text)) {
    out += text;
    return;
  }
  out += '"';
  const std::string valid = replace_invalid_utf8(text);
  for (std::string_view rest = valid; !rest.empty();) {
    const std::string_view sequence = rest.substr(0, utf8_sequence(rest));
    const char32_t c = code_point(sequence);
    if (c == '"' || c == '\\') out += '\\';
    out += needs_escape(c) ? escaped(c) : sequence;
    rest.remove_prefix(sequence.size());
  }
  out += '"';
}

using OrderedTree = nlohmann::ordered_json;

bool is_block(const OrderedTree& node) {
  return node.is_structured() && !node.empty();
}

void write_scalar(std::string& out, const OrderedTree& node) {
  if (node.is_string())
    write_string(out, node.get_ref<const std::string&>());
  else
    out += node.dump();  // all else, empty collections included, reads as in JSON
}

// Writes the members or elements of `block`, each on a line of its own and in this column. The
// first stands where the text ends.
void write_block(std::string& out, const OrderedTree& block, std::size_t column) {
  bool is_first = true;
  for (const auto& [key, value] : block.items()) {
    if (!std::exchange(is_first, false)) out.append(column, ' ');
    if (block.is_object()) {
      write_string(out, key);
      out += ':';
      if (is_block(value)) out.append(1, '\n').append(column + 2, ' ');
    } else {
      out += '-';
    }
    if (!is_block(value) || block.is_array()) out += ' ';
    if (is_block(value)) {
      write_block(out, value, column + 2);
      continue;
    }
    write_scalar(out, value);
    out += '\n';
  }
}

}  // namespace

std::string format_yaml(const OrderedTree& tree) {
  std::string text;
  if (is_block(tree)) {
    write_block(text, tree, 0);
    return text;
  }
  write_scalar(text, tree);
  return text + '\n';
}

}  // namespace pullsecret
