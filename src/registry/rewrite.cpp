#include "registry/rewrite.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::size_t longest_pattern = 1024, longest_result = 4096;
constexpr std::uint32_t most_steps = 100'000, most_memory_kib = 1024;

struct Free {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
  void operator()(pcre2_match_data* match) const { pcre2_match_data_free(match); }
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};
using Code = std::unique_ptr<pcre2_code, Free>;
using Match = std::unique_ptr<pcre2_match_data, Free>;
using Context = std::unique_ptr<pcre2_match_context, Free>;

PCRE2_SPTR bytes_of(const std::string& text) {
  return reinterpret_cast<PCRE2_SPTR>(text.data());
}

Error no_pattern(const std::string& pattern, std::string_view why) {
  return {"", fmt::format("{} is no regular expression that Go knows: {}", printable(pattern, 100),
                          why)};
}

// What Perl has and Go refuses, as far as the compiled pattern does not tell.
bool has_perl_alone(std::string_view pattern) {
  static constexpr std::array<std::string_view, 9> groups{"(?=", "(?!", "(?<=", "(?<!", "(?>",
                                                          "(?|", "(?(", "(?#",  "(*"};
  for (std::size_t at = 0; at < pattern.size(); ++at)
    if (pattern[at] == '\\')
      ++at;
    else if (std::any_of(
                 groups.begin(), groups.end(),
                 [&](std::string_view group) { return pattern.substr(at).starts_with(group); }) ||
             (pattern[at] == '+' && at > 0 &&
              is_one_of(pattern.substr(at - 1, 1), {"*", "+", "?", "}"})))
      return true;
  return false;
}

Code compiled(const std::string& pattern) {
  if (pattern.size() > longest_pattern) throw no_pattern(pattern, "it is longer than 1 KiB");
  if (has_perl_alone(pattern)) throw no_pattern(pattern, "it has what Perl alone has");
  int fault = 0;
  std::size_t offset = 0;
  Code code(pcre2_compile(bytes_of(pattern), pattern.size(),
                          PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY, &fault,
                          &offset, nullptr));
  if (!code) {
    std::array<PCRE2_UCHAR, 256> words{};
    pcre2_get_error_message(fault, words.data(), words.size());
    throw no_pattern(pattern, printable(reinterpret_cast<const char*>(words.data())));
  }
  std::uint32_t back_references = 0;
  pcre2_pattern_info(code.get(), PCRE2_INFO_BACKREFMAX, &back_references);
  if (back_references > 0) throw no_pattern(pattern, "it has a back reference");
  return code;
}

/// A group of the match; empty where it has no part in it, or does not exist.
std::string_view group(const pcre2_code* code, pcre2_match_data* match, const std::string& text,
                       const std::string& name) {
  const bool is_number =
      std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
  int number = is_number && name.size() < 6 ? std::stoi(name) : -1;
  if (!is_number)
    number = pcre2_substring_number_from_name(code, reinterpret_cast<PCRE2_SPTR>(name.c_str()));
  const std::size_t* ends = pcre2_get_ovector_pointer(match);
  const auto at = static_cast<std::size_t>(number);
  if (number < 0 || at >= pcre2_get_ovector_count(match)) return {};
  const std::size_t begin = ends[2 * at], end = ends[2 * at + 1];
  return begin == PCRE2_UNSET ? std::string_view()
                              : std::string_view(text).substr(begin, end - begin);
}

// The name behind a `$` at `at`, which is moved behind it: `1`, `{1}`, `name`. Nothing if there is
// none.
std::optional<std::string> name_behind(std::string_view replacement, std::size_t& at) {
  const auto is_word = [](char c) {
    return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
  };
  const bool in_braces = replacement.substr(at).starts_with('{');
  std::size_t end = at + (in_braces ? 1 : 0);
  const std::size_t begin = end;
  while (end < replacement.size() && is_word(replacement[end]))
    ++end;
  if (end == begin || (in_braces && !replacement.substr(end).starts_with('}'))) return std::nullopt;
  at = end + (in_braces ? 1 : 0);
  return std::string(replacement.substr(begin, end - begin));
}

std::string expanded(const pcre2_code* code, pcre2_match_data* match, const std::string& text,
                     std::string_view replacement) {
  std::string result;
  for (std::size_t at = 0; at < replacement.size();) {
    const char c = replacement[at++];
    if (c == '$' && replacement.substr(at).starts_with('$'))
      result += replacement[at++];
    else if (const auto name = c == '$' ? name_behind(replacement, at) : std::nullopt)
      result += group(code, match, text, *name);
    else
      result += c;
  }
  return result;
}

}  // namespace

std::string replace_all(const std::string& pattern, const std::string& replacement,
                        const std::string& text) {
  const Code code = compiled(pattern);
  const Match match(pcre2_match_data_create_from_pattern(code.get(), nullptr));
  const Context context(pcre2_match_context_create(nullptr));
  if (!match || !context) throw std::bad_alloc();
  pcre2_set_match_limit(context.get(), most_steps);
  pcre2_set_heap_limit(context.get(), most_memory_kib);
  std::string result;
  std::size_t at = 0, last_end = std::string::npos;
  while (at <= text.size()) {
    const int count =
        pcre2_match(code.get(), bytes_of(text), text.size(), at, 0, match.get(), context.get());
    if (count == PCRE2_ERROR_NOMATCH) break;
    if (count < 0) throw no_pattern(pattern, "it takes too long, or is about other characters");
    const std::size_t* ends = pcre2_get_ovector_pointer(match.get());
    const std::size_t begin = ends[0], end = ends[1];
    result += std::string_view(text).substr(at, begin - at);
    // An empty match directly behind another one is none, to Go.
    if (end > begin || begin != last_end)
      result += expanded(code.get(), match.get(), text, replacement);
    last_end = end;
    if (end == begin && end < text.size()) result += text[end];
    at = end == begin ? end + 1 : end;
    if (result.size() > longest_result) throw no_pattern(pattern, "what it makes is too long");
  }
  return at < text.size() ? result + text.substr(at) : result;
}

}  // namespace pullsecret
