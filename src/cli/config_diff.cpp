#include "cli/config_diff.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <fmt/format.h>

#include "cli/hunks.h"
#include "credential/go_json_reader.h"
#include "credential/go_json_writer.h"
#include "credential/registry.h"
#include "system/text.h"

namespace pullsecret {
namespace {

bool is_name(std::string_view text, std::size_t string_end) {
  const std::size_t next = text.find_first_not_of(" \t\r\n", string_end);
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

}  // namespace

std::string config_diff(const JsonText& before, const JsonText& after) {
  const std::string changes = hunks(shown_lines(before), shown_lines(after));
  if (changes.empty()) return {};
  return fmt::format("--- {}\n+++ {}\n{}", before.file, after.file, changes);
}

}  // namespace pullsecret
