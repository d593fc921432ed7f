#include "credential/go_json.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::string_view white_space = " \t\r\n";
constexpr int max_depth = 64;

struct SyntaxError {
  std::size_t offset = 0;
  std::string message;
  std::string hint;
};

// What a person sees at the place where the parser stopped. `offset` is that of the byte that
// cannot stand there.
SyntaxError describe(std::string_view text, std::size_t offset) {
  while (offset < text.size() && utf8_sequence(text.substr(offset)) == 0)
    --offset;  // into the middle of a character; the text is UTF-8
  if (offset >= text.size())
    return {text.size(), "the text ends too early: a quote, bracket or brace is not closed",
            "the file may have been cut off; compare it with a backup"};
  const char found = text[offset];
  const std::size_t before =
      offset == 0 ? std::string_view::npos : text.find_last_not_of(white_space, offset - 1);
  const char previous = before == std::string_view::npos ? '\0' : text[before];
  if (previous == ',' && (found == '}' || found == ']'))
    return {before, "a trailing comma", "remove the comma"};
  if (found == '/' || found == '#') return {offset, "a comment, which JSON does not have", ""};
  if (found == '\'') return {offset, "a single quote; JSON takes double quotes", ""};
  if (found == '\n' || found == '\r') return {offset, "a line break inside a string", ""};
  if (offset > 0 && text[offset - 1] == '\\')
    return {offset - 1, "a backslash that begins no JSON escape", "write two backslashes for one"};
  if (found == '"') return {offset, "a comma or colon is missing before this string", ""};
  return {offset,
          fmt::format("unexpected \"{}\"",
                      printable(text.substr(offset, utf8_sequence(text.substr(offset))))),
          ""};
}

/// Asks nlohmann's parser for nothing but whether the first value is JSON, and its depth.
class SyntaxCheck : public nlohmann::json_sax<nlohmann::json> {
 public:
  std::optional<std::size_t> error_offset;
  bool too_deep = false;
  bool too_large_number = false;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool key(string_t&) override { return true; }
  bool start_object(std::size_t) override { return enter(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    constexpr int number_out_of_range = 406;
    too_large_number = error.id == number_out_of_range;
    error_offset = position == 0 ? 0 : position - 1;
    return false;
  }

 private:
  bool enter() {
    too_deep = ++depth_ > max_depth;
    return !too_deep;
  }
  bool leave() {
    --depth_;
    return true;
  }

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

}  // namespace

std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; text[at] != '"'; ++at)
    if (text[at] == '\\') ++at;
  return at + 1;
}

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

std::string as_go_reads(std::string text) {
  return replace_lone_surrogates(replace_invalid_utf8(std::move(text)));
}

LineCounter::Place LineCounter::place_of(std::string_view text, std::size_t offset) {
  if (offset < counted_) *this = LineCounter();
  for (; counted_ < offset; ++counted_) {
    const auto byte = static_cast<unsigned char>(text[counted_]);
    const bool continues_character = (byte & 0xC0U) == 0x80U;
    if (byte == '\n')
      place_ = {place_.line + 1, 1};
    else if (!continues_character)
      ++place_.column;
  }
  return place_;
}

Error error_at(const JsonText& json, LineCounter& lines, std::size_t offset, std::string message,
               std::string hint) {
  const auto [line, column] = lines.place_of(json.text, offset);
  return {fmt::format("{}:{}:{}", json.file, line, column), std::move(message), std::move(hint)};
}

std::string_view first_value(const JsonText& json, std::size_t start) {
  const std::string_view text = json.text;
  LineCounter lines;
  if (text.starts_with("\xEF\xBB\xBF"))
    throw error_at(json, lines, 0, "a byte order mark, which JSON does not have",
                   "save the file as UTF-8 without a byte order mark");
  start = text.find_first_not_of(white_space, start);
  if (start == std::string_view::npos) return {};
  SyntaxCheck check;
  nlohmann::json::sax_parse(text.substr(start), &check, nlohmann::json::input_format_t::json,
                            /*strict=*/false);
  if (check.too_deep)
    throw Error(json.file, fmt::format("nested deeper than {} levels", max_depth));
  if (check.too_large_number)
    throw error_at(json, lines, start + *check.error_offset, "a number out of range");
  if (check.error_offset) {
    SyntaxError error = describe(text, start + *check.error_offset);
    throw error_at(json, lines, error.offset, std::move(error.message), std::move(error.hint));
  }
  return text.substr(start, end_of_value(text, start) - start);
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

std::string decode_string(std::string_view value) {
  if (value.find('\\') == std::string_view::npos)
    return std::string(value.substr(1, value.size() - 2));
  return nlohmann::json::parse(value).get<std::string>();
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

}  // namespace pullsecret
