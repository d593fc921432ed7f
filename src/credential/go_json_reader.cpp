#include "credential/go_json_reader.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <system_error>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::string_view white_space = " \t\r\n";
constexpr int max_depth = 64;

struct SyntaxError {
  std::size_t offset = 0;
  std::string_view message;
  std::string_view hint = {};
};

// What a person sees where the scanner stopped: `offset` is that of the byte that cannot stand
// there. Nothing if that is not one of the usual slips.
std::optional<SyntaxError> usual_slip(std::string_view text, std::size_t offset) {
  if (offset >= text.size())
    return SyntaxError{text.size(),
                       "the text ends too early: a quote, bracket or brace is not closed",
                       "the file may have been cut off; compare it with a backup"};
  const char found = text[offset];
  const std::size_t before =
      offset == 0 ? std::string_view::npos : text.find_last_not_of(white_space, offset - 1);
  const char previous = before == std::string_view::npos ? '\0' : text[before];
  if (previous == ',' && (found == '}' || found == ']'))
    return SyntaxError{before, "a trailing comma", "remove the comma"};
  if (found == '/' || found == '#')
    return SyntaxError{offset, "a comment, which JSON does not have"};
  if (found == '\'') return SyntaxError{offset, "a single quote; JSON takes double quotes"};
  if (found == '\n' || found == '\r') return SyntaxError{offset, "a line break inside a string"};
  if (offset > 0 && text[offset - 1] == '\\')
    return SyntaxError{offset - 1, "a backslash that begins no JSON escape",
                       "write two backslashes for one"};
  if (found == '"') return SyntaxError{offset, "a comma or colon is missing before this string"};
  return std::nullopt;
}

Error syntax_error(const JsonText& json, LineCounter& lines, std::size_t offset) {
  if (const auto slip = usual_slip(json.text, offset))
    return error_at(json, lines, slip->offset, std::string(slip->message), std::string(slip->hint));
  const std::string_view rest = std::string_view(json.text).substr(offset);
  const std::size_t length = std::max<std::size_t>(utf8_sequence(rest), 1);
  return error_at(json, lines, offset,
                  fmt::format("unexpected \"{}\"", printable(rest.substr(0, length))));
}

/// Goes over a text as RFC 8259 has JSON. Each step moves behind what it is called for; it is false
/// where that does not stand there, and at() is then the byte that cannot.
class Scanner {
 public:
  Scanner(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  bool value() {
    switch (next()) {
      case '{':
        return parts('}', [this] { return string() && take(':') && value(); });
      case '[':
        return parts(']', [this] { return value(); });
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  std::size_t at() const { return at_; }
  bool is_too_deep() const { return depth_ > max_depth; }

 private:
  char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  char next() {
    at_ = std::min(text_.find_first_not_of(white_space, at_), text_.size());
    return here();
  }

  bool take(char wanted) {
    const bool is_there = next() == wanted;
    if (is_there) ++at_;
    return is_there;
  }

  // What stands between brackets, with a comma between each two.
  template <typename Part>
  bool parts(char closing, Part part) {
    ++at_;
    if (++depth_ > max_depth) return false;
    bool is_wanted = next() != closing;
    while (is_wanted) {
      if (!part()) return false;
      is_wanted = take(',');
    }
    --depth_;
    return take(closing);
  }

  bool string() {
    if (!take('"')) return false;
    while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) >= 0x20) {
      const char found = text_[at_++];
      if (found == '"') return true;
      if (found == '\\' && !escape()) return false;
    }
    return false;
  }

  bool escape() {
    const char kind = here();
    if (std::string_view("\"\\/bfnrtu").find(kind) == std::string_view::npos) return false;
    ++at_;
    for (int digits = kind == 'u' ? 4 : 0; digits > 0; --digits, ++at_)
      if (std::isxdigit(static_cast<unsigned char>(here())) == 0) return false;
    return true;
  }

  bool word(std::string_view wanted) {
    for (const char letter : wanted) {
      if (here() != letter) return false;
      ++at_;
    }
    return true;
  }

  bool number() {
    if (here() == '-') ++at_;
    if (here() == '0')
      ++at_;
    else if (!digits())
      return false;
    if (here() == '.') {
      ++at_;
      if (!digits()) return false;
    }
    if (here() != 'e' && here() != 'E') return true;
    ++at_;
    if (here() == '+' || here() == '-') ++at_;
    return digits();
  }

  bool digits() {
    const std::size_t end = std::min(text_.find_first_not_of("0123456789", at_), text_.size());
    return std::exchange(at_, end) < end;
  }

  std::string_view text_;
  std::size_t at_;
  int depth_ = 0;
};

std::size_t end_of_brackets(std::string_view text, std::size_t at) {
  int depth = 0;
  while (true) {
    at = text.find_first_of("\"[]{}", at);
    const char found = text[at];
    if (found == '"') {
      at = end_of_string(text, at);
      continue;
    }
    ++at;
    depth += found == '[' || found == '{' ? 1 : -1;
    if (depth == 0) return at;
  }
}

// `at` is the first byte of a value; the answer is behind its last.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  if (text[at] == '"') return end_of_string(text, at);
  if (text[at] == '{' || text[at] == '[') return end_of_brackets(text, at);
  if (text[at] == 'f') return at + std::string_view("false").size();
  if (text[at] == 'n' || text[at] == 't') return at + std::string_view("null").size();
  return std::min(text.find_first_not_of("0123456789+-.eE", at), text.size());
}

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

std::optional<Error> find_foreign_encoding(const JsonText& json) {
  LineCounter lines;
  if (json.text.starts_with("\xFF\xFE") || json.text.starts_with("\xFE\xFF"))
    return error_at(json, lines, 0, "UTF-16 text; JSON is UTF-8", "save the file as UTF-8");
  if (json.text.starts_with("\xEF\xBB\xBF"))
    return error_at(json, lines, 0, "a byte order mark, which JSON does not have",
                    "save the file as UTF-8 without a byte order mark");
  return std::nullopt;
}

// The first value from `start` on, or why there is none.
std::variant<std::string_view, JsonFault> scan(const JsonText& json, std::size_t start) {
  const std::string_view text = json.text;
  if (const auto error = find_foreign_encoding(json)) return JsonFault{.error = *error};
  start = text.find_first_not_of(white_space, start);
  if (start == std::string_view::npos) return std::string_view();
  Scanner scanner(text, start);
  if (scanner.value()) return text.substr(start, scanner.at() - start);
  if (scanner.is_too_deep())
    return JsonFault{.error = {json.file, fmt::format("nested deeper than {} levels", max_depth)},
                     .is_own_limit = true};
  LineCounter lines;
  return JsonFault{.error = syntax_error(json, lines, scanner.at())};
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

std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; text[at] != '"'; ++at)
    if (text[at] == '\\') ++at;
  return at + 1;
}

LineCounter::Position LineCounter::position_of(std::string_view text, std::size_t offset) {
  if (offset < counted_) *this = LineCounter();
  for (; counted_ < offset; ++counted_) {
    const auto byte = static_cast<unsigned char>(text[counted_]);
    const bool continues_character = (byte & 0xC0U) == 0x80U;
    if (byte == '\n')
      position_ = {position_.line + 1, 1};
    else if (!continues_character)
      ++position_.column;
  }
  return position_;
}

Error error_at(const JsonText& json, LineCounter& lines, std::size_t offset, std::string message,
               std::string hint) {
  if (json.file.empty()) return {"", std::move(message), std::move(hint)};
  const auto [line, column] = lines.position_of(json.text, offset);
  return {fmt::format("{}:{}:{}", json.file, line, column), std::move(message), std::move(hint)};
}

std::optional<JsonFault> find_json_fault(const JsonText& json) {
  auto scanned = scan(json, 0);
  if (auto* fault = std::get_if<JsonFault>(&scanned)) return std::move(*fault);
  return std::nullopt;
}

std::string_view first_value(const JsonText& json, std::size_t start) {
  const auto scanned = scan(json, start);
  if (const auto* fault = std::get_if<JsonFault>(&scanned)) throw Error(fault->error);
  return std::get<std::string_view>(scanned);
}

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
    const std::size_t name_end = end_of_string(object, at);
    const std::size_t colon = object.find(':', name_end);
    const std::size_t start = object.find_first_not_of(white_space, colon + 1);
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
  const std::size_t text_behind = json_.text.find_first_not_of(white_space, end);
  if (behind == TextBehind::refused && text_behind != std::string::npos)
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
      check(member.value, *type.element, path + "." + printable(member.name));
}

Error GoJsonReader::error(std::string_view value, std::string message, std::string hint) const {
  return error_at(json_, lines_, static_cast<std::size_t>(value.data() - json_.text.data()),
                  std::move(message), std::move(hint));
}

}  // namespace pullsecret
