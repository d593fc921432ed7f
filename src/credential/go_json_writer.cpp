#include "credential/go_json_writer.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <nlohmann/json.hpp>

#include "credential/go_json_reader.h"

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

}  // namespace

std::string go_json_string(std::string_view text) {
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
