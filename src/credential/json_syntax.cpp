#include "credential/json_syntax.h"

#include <algorithm>
#include <cctype>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "system/text.h"

namespace pullsecret {
namespace {

constexpr int max_depth = 64;

struct SyntaxError {
  std::size_t offset = 0;
  std::string_view message;
  std::string_view hint = {};
};

// Seven of one sign at the beginning of a line.
bool is_conflict_mark(std::string_view text, std::size_t offset) {
  const std::string_view mark = text.substr(offset, 7);
  const bool is_at_line_start = offset == 0 || text[offset - 1] == '\n';
  return is_at_line_start &&
         (mark == "<<<<<<<" || mark == "|||||||" || mark == "=======" || mark == ">>>>>>>");
}

// What a person sees where the scanner stopped: `offset` is that of the byte that cannot stand
// there. Nothing if that is not one of the usual slips.
std::optional<SyntaxError> usual_slip(std::string_view text, std::size_t offset) {
  if (offset >= text.size())
    return SyntaxError{text.size(),
                       "the text ends too early: a quote, bracket or brace is not closed",
                       "the file may have been cut off; compare it with a backup"};
  const char found = text[offset];
  if (is_conflict_mark(text, offset))
    return SyntaxError{offset, "a mark of git's, which could not merge two versions of the file",
                       "keep one of the two between <<<<<<< and >>>>>>>, and take out the marks"};
  const std::size_t before =
      offset == 0 ? std::string_view::npos : text.find_last_not_of(json_white_space, offset - 1);
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
    at_ = std::min(text_.find_first_not_of(json_white_space, at_), text_.size());
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
    const auto [end, missing] = std::mismatch(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                              text_.end(), wanted.begin(), wanted.end());
    at_ = static_cast<std::size_t>(end - text_.begin());
    return missing == wanted.end();
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
  start = text.find_first_not_of(json_white_space, start);
  if (start == std::string_view::npos) return std::string_view();
  Scanner scanner(text, start);
  if (scanner.value()) return text.substr(start, scanner.at() - start);
  if (scanner.is_too_deep())
    return JsonFault{.error = {json.file, fmt::format("nested deeper than {} levels", max_depth),
                               "neither a login nor a Pod is: leave out the part that is"},
                     .is_own_limit = true};
  LineCounter lines;
  return JsonFault{.error = syntax_error(json, lines, scanner.at())};
}

}  // namespace

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

std::size_t end_of_value(std::string_view text, std::size_t at) {
  Scanner scanner(text, at);
  scanner.value();
  return scanner.at();
}

}  // namespace pullsecret
