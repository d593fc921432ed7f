#include "credential/go_json_reader.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "credential/registry.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// The UTF-16 code unit that the escape at `at` stands for; nothing if there is no \uNNNN.
std::optional<unsigned> escaped_unit(std::string_view text, std::size_t at) {
  constexpr std::size_t length = 6;
  if (text.substr(at, 2) != "\\u" || text.size() - at < length) return std::nullopt;
  const std::string_view digits = text.substr(at + 2, 4);
  unsigned unit = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + 4, unit, 16);
  if (failed != std::errc() || end != digits.data() + 4) return std::nullopt;
  return unit;
}

bool is_high_surrogate(std::optional<unsigned> unit) {
  return unit && *unit >= 0xD800 && *unit <= 0xDBFF;
}

bool is_low_surrogate(std::optional<unsigned> unit) {
  return unit && *unit >= 0xDC00 && *unit <= 0xDFFF;
}

// Each half of a pair without the other as \ufffd.
std::string replace_lone_surrogates(std::string text) {
  for (std::size_t at = text.find('\\'); at < text.size(); at = text.find('\\', at)) {
    const auto unit = escaped_unit(text, at);
    const bool is_pair = is_high_surrogate(unit) && is_low_surrogate(escaped_unit(text, at + 6));
    if (!is_pair && (is_high_surrogate(unit) || is_low_surrogate(unit)))
      text.replace(at, 6, "\\ufffd");
    at += is_pair ? 12 : unit ? 6 : 2;
  }
  return text;
}

std::string_view in_words(GoType::Kind kind) {
  switch (kind) {
    case GoType::Kind::string:
      return "a string";
    case GoType::Kind::list:
      return "an array";
    default:
      return "an object";
  }
}

JsonKind json_kind(GoType::Kind kind) {
  switch (kind) {
    case GoType::Kind::string:
      return JsonKind::string;
    case GoType::Kind::list:
      return JsonKind::array;
    default:
      return JsonKind::object;
  }
}

bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

// ASCII letters in lower case, and the two others that Unicode folds to one of them.
std::string folded(std::string_view name) {
  constexpr std::string_view long_s = "\u017F", kelvin_sign = "\u212A";
  std::string letters = lower_case(name);
  for (const auto& [letter, plain] : {std::pair(long_s, 's'), std::pair(kelvin_sign, 'k')})
    for (std::size_t at = letters.find(letter); at != std::string::npos; at = letters.find(letter))
      letters.replace(at, letter.size(), 1, plain);
  return letters;
}

}  // namespace

JsonKind kind_of(std::string_view value) {
  switch (value.front()) {
    case '{':
      return JsonKind::object;
    case '[':
      return JsonKind::array;
    case '"':
      return JsonKind::string;
    case 't':
    case 'f':
      return JsonKind::boolean;
    case 'n':
      return JsonKind::null;
    default:
      return JsonKind::number;
  }
}

std::string as_go_reads(std::string_view json) {
  return replace_lone_surrogates(replace_invalid_utf8(std::string(json)));
}

std::string decode_string(std::string_view value) {
  if (value.find('\\') == std::string_view::npos)
    return replace_invalid_utf8(std::string(value.substr(1, value.size() - 2)));
  return nlohmann::json::parse(as_go_reads(value)).get<std::string>();
}

std::vector<JsonMember> members_of(std::string_view object) {
  std::vector<JsonMember> members;
  for (std::size_t at = object.find_first_of("\"}"); object[at] == '"';
       at = object.find_first_of("\"}", at)) {
    const std::size_t name_end = end_of_value(object, at);
    const std::size_t colon = object.find(':', name_end);
    const std::size_t start = object.find_first_not_of(json_white_space, colon + 1);
    const std::size_t end = end_of_value(object, start);
    const std::string_view quoted_name = object.substr(at, name_end - at);
    members.push_back({decode_string(quoted_name), object.substr(start, end - start), quoted_name});
    at = end;
  }
  return members;
}

std::vector<std::string_view> elements_of(std::string_view array) {
  std::vector<std::string_view> elements;
  for (std::size_t at = array.find_first_not_of(" \t\r\n,", 1); array[at] != ']';
       at = array.find_first_not_of(" \t\r\n,", at)) {
    const std::size_t end = end_of_value(array, at);
    elements.push_back(array.substr(at, end - at));
    at = end;
  }
  return elements;
}

bool is_field(std::string_view name, std::string_view field) {
  return equal_ignoring_case(name, field) ||
         (!is_ascii(name) && equal_ignoring_case(folded(name), field));
}

std::optional<std::string> string_field(const std::vector<JsonMember>& members,
                                        std::string_view field) {
  const auto found = std::find_if(members.rbegin(), members.rend(), [&](const JsonMember& member) {
    return kind_of(member.value) == JsonKind::string && is_field(member.name, field);
  });
  if (found == members.rend()) return std::nullopt;
  return decode_string(found->value);
}

GoJsonReader::GoJsonReader(JsonText json, TextBehind behind)
    : json_(std::move(json)), value_(first_value(json_)) {
  const std::size_t end =
      value_.empty() ? 0
                     : static_cast<std::size_t>(value_.data() - json_.text.data()) + value_.size();
  const std::size_t text_behind = json_.text.find_first_not_of(json_white_space, end);
  if (behind == TextBehind::ignored || text_behind == std::string::npos) return;
  const char next = json_.text[text_behind];
  if (behind == TextBehind::refused || (next != ']' && next != '}'))
    throw error_at(json_, lines_, text_behind, "text behind the JSON value");
}

std::vector<JsonMember> GoJsonReader::members_of_object(std::string_view value,
                                                        std::string_view name) const {
  if (kind_of(value) == JsonKind::null) return {};
  if (kind_of(value) != JsonKind::object)
    throw error(value, fmt::format("{} must be an object", name));
  return members_of(value);
}

void GoJsonReader::check_fields(const std::vector<JsonMember>& members,
                                std::span<const GoField> fields, const std::string& path) const {
  for (const JsonMember& member : members)
    for (const GoField& field : fields)
      if (is_field(member.name, field.name))
        check(member.value, *field.type, path + std::string(field.name));
}

void GoJsonReader::check(std::string_view value, const GoType& type,
                         const std::string& path) const {
  const JsonKind kind = kind_of(value);
  if (kind == JsonKind::null) return;
  if (kind != json_kind(type.kind))
    throw error(value, fmt::format("{} must be {}", path, in_words(type.kind)));
  if (type.kind == GoType::Kind::record && !type.fields.empty())
    check_fields(members_of(value), type.fields, path + ".");
  if (type.kind == GoType::Kind::list)
    for (std::size_t i = 0; const std::string_view element : elements_of(value))
      check(element, *type.element, fmt::format("{}[{}]", path, i++));
  if (type.kind == GoType::Kind::map)
    for (const JsonMember& member : members_of(value))
      check(member.value, *type.element, path + "." + key_in_words(member.name));
}

Error GoJsonReader::error(std::string_view value, std::string message, std::string hint) const {
  return error_at(json_, lines_, static_cast<std::size_t>(value.data() - json_.text.data()),
                  std::move(message), std::move(hint));
}

}  // namespace pullsecret
