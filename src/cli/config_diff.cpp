#include "cli/config_diff.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <fmt/format.h>

#include "credential/go_json_reader.h"
#include "credential/go_json_writer.h"
#include "credential/registry.h"
#include "system/text.h"

namespace pullsecret {
namespace {

bool is_name(std::string_view text, std::size_t string_end) {
  const std::size_t next = text.find_first_not_of(json_white_space, string_end);
  return next != std::string_view::npos && text[next] == ':';
}

bool is_shown(std::string_view setting) {
  return equal_ignoring_case(setting, "credsStore") || equal_ignoring_case(setting, "credHelpers");
}

// `json` with `…` in the place of every string that is a value outside of the two settings.
std::string masked(std::string_view json) {
  std::string result;
  std::string setting;
  int depth = 0;
  for (std::size_t at = 0; at < json.size();) {
    const std::size_t token = std::min(json.find_first_of("\"{}[]", at), json.size());
    result += json.substr(at, token - at);
    if (token == json.size()) break;
    if (json[token] != '"') {
      depth += json[token] == '{' || json[token] == '[' ? 1 : -1;
      result += json[token];
      at = token + 1;
      continue;
    }
    at = end_of_value(json, token);
    const std::string_view string = json.substr(token, at - token);
    const bool names = is_name(json, at);
    if (names && depth == 1) setting = decode_string(string);
    if (names && string.find('@') != std::string_view::npos)
      result += go_json_string(key_in_words(decode_string(string)));
    else
      result += names || is_shown(setting) ? string : "\"…\"";
  }
  return result;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines = split(text, '\n');
  if (lines.back().empty()) lines.pop_back();
  for (std::string& line : lines) {
    const std::size_t indent = std::min(line.find_first_not_of('\t'), line.size());
    line = line.substr(0, indent) + printable(line.substr(indent));
  }
  return lines;
}

std::vector<std::string> shown_lines(const JsonText& json) {
  return lines_of(masked(first_value(json)));
}

constexpr std::size_t context = 3;

// As a hunk's first line names the `count` lines of a text behind its first `skipped` ones.
std::string range(std::size_t skipped, std::size_t count) {
  return fmt::format("{},{}", count == 0 ? skipped : skipped + 1, count);
}

// What turns the lines `before` into `after`, as the one hunk of a unified diff, with three lines
// around it: from the first line that differs to the last. Empty if nothing does.
std::string hunk_between(const std::vector<std::string>& before,
                         const std::vector<std::string>& after) {
  const std::size_t shorter = std::min(before.size(), after.size());
  std::size_t head = 0, tail = 0;  // lines that are the same in both
  while (head < shorter && before[head] == after[head])
    ++head;
  while (tail < shorter - head && before.rbegin()[static_cast<std::ptrdiff_t>(tail)] ==
                                      after.rbegin()[static_cast<std::ptrdiff_t>(tail)])
    ++tail;
  if (head == before.size() && head == after.size()) return {};

  const std::size_t first = head - std::min(head, context), beyond = tail - std::min(tail, context);
  std::string hunk = fmt::format("@@ -{} +{} @@\n", range(first, before.size() - beyond - first),
                                 range(first, after.size() - beyond - first));
  const auto add = [&](char mark, const auto& lines, std::size_t begin, std::size_t end) {
    for (std::size_t line = begin; line < end; ++line)
      hunk += mark + lines[line] + '\n';
  };
  add(' ', before, first, head);
  add('-', before, head, before.size() - tail);
  add('+', after, head, after.size() - tail);
  add(' ', before, before.size() - tail, before.size() - beyond);
  return hunk;
}

}  // namespace

std::string config_diff(const JsonText& before, const JsonText& after) {
  const std::string changes = hunk_between(shown_lines(before), shown_lines(after));
  if (changes.empty()) return {};
  return fmt::format("--- {}\n+++ {}\n{}", before.file, after.file, changes);
}

}  // namespace pullsecret
