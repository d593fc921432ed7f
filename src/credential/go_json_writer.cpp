#include "credential/go_json_writer.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "credential/go_json_reader.h"
#include "system/text.h"

namespace pullsecret {
namespace {

void begin_line(std::string& text, std::size_t depth) {
  text.append("\n").append(depth, '\t');
}

// `append_part` appends one of `parts`, the members or elements of `value`.
template <typename Parts, typename AppendPart>
void append_lines(std::string& text, std::string_view value, const Parts& parts, std::size_t depth,
                  const AppendPart& append_part) {
  text += value.front();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += ',';
    begin_line(text, depth + 1);
    append_part(parts[i]);
  }
  if (!parts.empty()) begin_line(text, depth);
  text += value.back();
}

void append_laid_out(std::string& text, std::string_view value, std::size_t depth) {
  switch (kind_of(value)) {
    case JsonKind::object:
      return append_lines(text, value, members_of(value), depth, [&](const JsonMember& member) {
        text.append(member.quoted_name).append(": ");
        append_laid_out(text, member.value, depth + 1);
      });
    case JsonKind::array:
      return append_lines(text, value, elements_of(value), depth, [&](std::string_view element) {
        append_laid_out(text, element, depth + 1);
      });
    default:
      text += value;
  }
}

// Up to the first character that is no printable one of ASCII.
std::string_view plain_start(std::string_view text) {
  const auto* const end =
      std::find_if(text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; });
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

void append_escaped(std::string& text, char32_t character) {
  const auto number = static_cast<std::uint32_t>(character);
  if (number < 0x10000) {
    text += fmt::format("\\u{:04x}", number);
    return;
  }
  const std::uint32_t above = number - 0x10000;  // a pair of surrogates
  text += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (above >> 10U), 0xDC00 + (above & 0x3FFU));
}

}  // namespace

std::string printable_json(std::string_view json) {
  std::string result;
  result.reserve(json.size());
  while (!json.empty()) {
    const std::string_view plain = plain_start(json);
    result += plain;
    json.remove_prefix(plain.size());
    if (json.empty()) break;
    const std::string_view sequence = json.substr(0, std::max<std::size_t>(utf8_sequence(json), 1));
    const char32_t character = utf8_sequence(sequence) == 0 ? 0 : code_point(sequence);
    if (is_hidden(character))
      append_escaped(result, character);
    else
      result += sequence;
    json.remove_prefix(sequence.size());
  }
  return result;
}

std::string go_json_string(std::string_view text) {
  if (plain_start(text) == text && text.find_first_of("\"\\<>&") == std::string_view::npos)
    return fmt::format("\"{}\"", text);
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> escapes{
      {{"<", "\\u003c"},
       {">", "\\u003e"},
       {"&", "\\u0026"},
       {"\u2028", "\\u2028"},
       {"\u2029", "\\u2029"}}};
  const std::string json =
      nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::string result;
  result.reserve(json.size());
  for (std::string_view rest = json; !rest.empty();) {
    const auto* const escape =
        std::find_if(escapes.begin(), escapes.end(),
                     [&](const auto& candidate) { return rest.starts_with(candidate.first); });
    const bool is_escaped = escape != escapes.end();
    result += is_escaped ? escape->second : rest.substr(0, 1);
    rest.remove_prefix(is_escaped ? escape->first.size() : 1);
  }
  return result;
}

std::string json_document(const nlohmann::ordered_json& tree) {
  return printable_json(
             tree.dump(4, ' ', false, nlohmann::ordered_json::error_handler_t::replace)) +
         '\n';
}

void JsonObjectWriter::add_string(std::string_view name, std::string_view text) {
  add_value(name, go_json_string(text));
}

void JsonObjectWriter::add_value(std::string_view name, std::string_view value) {
  add_quoted(go_json_string(name), value);
}

void JsonObjectWriter::add_quoted(std::string_view quoted_name, std::string_view value) {
  if (members_.size() > 1) members_ += ',';
  members_.append(quoted_name).append(":").append(value);
}

std::string laid_out(std::string_view value) {
  std::string text;
  append_laid_out(text, value, 0);
  return text;
}

}  // namespace pullsecret
