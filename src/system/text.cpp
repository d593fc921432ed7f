#include "system/text.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

namespace pullsecret {
namespace {

unsigned char byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

bool is_continuation(unsigned char byte) {
  return (byte & 0xC0U) == 0x80U;
}

char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// C0 and DEL are one byte; C1 (U+0080 to U+009F) is the two bytes C2 80 to C2 9F.
bool is_control(std::string_view sequence) {
  const unsigned char first = byte_at(sequence, 0);
  if (sequence.size() == 1) return first < 0x20 || first == 0x7F;
  return sequence.size() == 2 && first == 0xC2 && byte_at(sequence, 1) < 0xA0;
}

// Those of Unicode's format characters, and of its separators of lines, that show nothing.
bool is_invisible(char32_t c) {
  constexpr std::array<std::pair<char32_t, char32_t>, 17> ranges{{{0xAD, 0xAD},
                                                                  {0x34F, 0x34F},
                                                                  {0x61C, 0x61C},
                                                                  {0x115F, 0x1160},
                                                                  {0x17B4, 0x17B5},
                                                                  {0x180B, 0x180F},
                                                                  {0x200B, 0x200F},
                                                                  {0x2028, 0x202E},
                                                                  {0x2060, 0x206F},
                                                                  {0x3164, 0x3164},
                                                                  {0xFE00, 0xFE0F},
                                                                  {0xFEFF, 0xFEFF},
                                                                  {0xFFA0, 0xFFA0},
                                                                  {0xFFF9, 0xFFFB},
                                                                  {0x1BCA0, 0x1BCA3},
                                                                  {0x1D173, 0x1D17A},
                                                                  {0xE0000, 0xE0FFF}}};
  return std::any_of(ranges.begin(), ranges.end(),
                     [c](const auto& range) { return range.first <= c && c <= range.second; });
}

// Of Unicode's white space what looks like a blank and is none.
bool is_like_blank(char32_t c) {
  return c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F ||
         c == 0x2800 || c == 0x3000;
}

std::string escaped(char32_t c) {
  const auto number = static_cast<unsigned>(c);
  return number < 0x10000 ? fmt::format("\\u{:04x}", number) : fmt::format("\\U{:08x}", number);
}

std::string escaped(unsigned char byte) {
  if (byte == '\n') return "\\n";
  if (byte == '\r') return "\\r";
  if (byte == '\t') return "\\t";
  return fmt::format("\\x{:02x}", byte);
}

template <typename Predicate>
std::string escaped_where(Predicate is_escaped, std::string_view text, std::size_t limit) {
  std::string result;
  while (!text.empty()) {
    if (result.size() >= limit) return result + "…";
    const std::size_t length = std::max<std::size_t>(utf8_sequence(text), 1);
    const std::string_view sequence = text.substr(0, length);
    if (utf8_sequence(text) == 0 || is_control(sequence))
      for (const char c : sequence)
        result += escaped(static_cast<unsigned char>(c));
    else if (const char32_t c = code_point(sequence); is_escaped(c))
      result += escaped(c);
    else
      result += sequence;
    text.remove_prefix(length);
  }
  return result;
}

}  // namespace

std::size_t utf8_sequence(std::string_view text) {
  if (text.empty()) return 0;
  const unsigned char first = byte_at(text, 0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if (!is_continuation(byte_at(text, i))) return 0;
  const unsigned char second = byte_at(text, 1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second > 0x9F;
  const bool past_unicode = first == 0xF4 && second > 0x8F;
  return overlong || surrogate || past_unicode ? 0 : length;
}

char32_t code_point(std::string_view sequence) {
  if (sequence.size() == 1) return byte_at(sequence, 0);
  char32_t value = byte_at(sequence, 0) & (0x7FU >> sequence.size());
  for (std::size_t i = 1; i < sequence.size(); ++i)
    value = value << 6U | (byte_at(sequence, i) & 0x3FU);
  return value;
}

bool is_hidden(char32_t c) {
  return (c >= 0x7F && c < 0xA0) || is_invisible(c);
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string replace_invalid_utf8(std::string text) {
  if (is_utf8(text)) return text;
  std::string result;
  result.reserve(text.size());
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t length = utf8_sequence(rest);
    result += length == 0 ? "\uFFFD" : rest.substr(0, length);
    rest.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return result;
}

std::string printable(std::string_view text, std::size_t limit) {
  return escaped_where(is_invisible, text, limit);
}

std::string printable_name(std::string_view text) {
  const std::string name = escaped_where(
      [](char32_t c) { return is_invisible(c) || is_like_blank(c); }, text, longest_printable);
  return name == text && text.find(' ') == std::string_view::npos ? name
                                                                  : fmt::format("\"{}\"", name);
}

std::string shell_word(std::string_view text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,:@%=";
  if (!text.empty() && text.find_first_not_of(plain) == std::string_view::npos)
    return std::string(text);
  if (printable(text, std::string_view::npos) == text)
    return fmt::format("'{}'", join(split(text, '\''), R"('\'')"));
  std::string word = "$'";
  for (const char byte : text)
    word += plain.find(byte) != std::string_view::npos
                ? std::string(1, byte)
                : fmt::format("\\{:03o}", static_cast<unsigned char>(byte));
  return word += '\'';
}

std::string shell_operand(std::string_view text) {
  return (text.starts_with('-') ? "-- " : "") + shell_word(text);
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char byte) { return byte < 0x20 || byte == 0x7F; });
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view white_space = " \t\r\n";
  const std::size_t first = text.find_first_not_of(white_space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

std::string_view trim_unseen(std::string_view text) {
  std::size_t begin = text.size(), end = 0;  // of what is seen
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_sequence(text.substr(at));
    const std::size_t next = at + std::max<std::size_t>(length, 1);
    const char32_t c = length == 0 ? 0 : code_point(text.substr(at, length));
    const bool is_seen = length == 0 || !(c <= ' ' || is_hidden(c) || is_like_blank(c));
    if (is_seen) {
      begin = std::min(begin, at);
      end = next;
    }
    at = next;
  }
  return begin < end ? text.substr(begin, end - begin) : std::string_view();
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), ascii_lower);
  return result;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> pieces;
  for (std::size_t end = text.find(separator); end != std::string_view::npos;
       end = text.find(separator)) {
    pieces.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  pieces.emplace_back(text);
  return pieces;
}

std::string join(const std::vector<std::string>& texts, std::string_view separator) {
  std::string joined;
  for (const std::string& text : texts) {
    if (&text != &texts.front()) joined += separator;
    joined += text;
  }
  return joined;
}

std::vector<std::string> without_repeats(std::vector<std::string> texts) {
  std::unordered_set<std::string> seen;
  std::erase_if(texts, [&](const std::string& text) { return !seen.insert(text).second; });
  return texts;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

// A row of the distances of all beginnings at a time.
std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::optional<std::string> nearest(const std::string& word,
                                   const std::vector<std::string>& candidates) {
  constexpr std::size_t most_edits = 2, least_prefix = 2;
  const auto longer =
      std::find_if(candidates.begin(), candidates.end(), [&](const std::string& candidate) {
        return word.size() >= least_prefix && candidate.starts_with(word);
      });
  if (longer != candidates.end()) return *longer;
  const auto closest = std::min_element(candidates.begin(), candidates.end(),
                                        [&](const std::string& a, const std::string& b) {
                                          return edit_distance(word, a) < edit_distance(word, b);
                                        });
  if (closest == candidates.end()) return std::nullopt;
  const std::size_t edits = edit_distance(word, *closest);
  return edits <= most_edits && edits < word.size() ? std::optional(*closest) : std::nullopt;
}

std::string size_in_words(std::size_t bytes) {
  constexpr std::size_t mebibyte = 1024UL * 1024;
  return bytes % mebibyte == 0 ? fmt::format("{} MiB", bytes / mebibyte)
                               : fmt::format("{} bytes", bytes);
}

}  // namespace pullsecret
