#include "kubernetes/name_rules.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include <fmt/format.h>

#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::size_t longest_subdomain = 253;
constexpr std::size_t longest_label = 63;
constexpr std::size_t longest_name = 63;

bool is_lower_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_alphanumeric(char c) {
  return is_lower_alphanumeric(c) || (c >= 'A' && c <= 'Z');
}

bool is_label_character(char c) {
  return is_lower_alphanumeric(c) || c == '-';
}

bool is_name_character(char c) {
  return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
}

bool is_dns_label(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_label_character) &&
         text.front() != '-' && text.back() != '-';
}

bool is_dns_subdomain(std::string_view text) {
  if (text.size() > longest_subdomain) return false;
  const auto labels = split(text, '.');
  return std::all_of(labels.begin(), labels.end(), is_dns_label);
}

// What a label's value and the name in its key have in common.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_name &&
         std::all_of(text.begin(), text.end(), is_name_character) &&
         is_alphanumeric(text.front()) && is_alphanumeric(text.back());
}

bool is_qualified_name(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return is_name(text);
  return is_dns_subdomain(text.substr(0, slash)) && is_name(text.substr(slash + 1));
}

// `text` with a dash for each character that is not `allowed`, cut to `limit` and to a letter or
// digit at both ends; empty if nothing is left.
template <typename Allowed>
std::string mended(std::string text, Allowed allowed, std::size_t limit) {
  std::replace_if(
      text.begin(), text.end(), [allowed](char c) { return !allowed(c); }, '-');
  text.erase(text.begin(), std::find_if(text.begin(), text.end(), is_alphanumeric));
  text.resize(std::min(text.size(), limit));
  text.erase(std::find_if(text.rbegin(), text.rend(), is_alphanumeric).base(), text.end());
  return text;
}

[[noreturn]] void refuse(std::string_view text, std::string_view rule,
                         std::string_view suggestion = {}) {
  throw Error("", fmt::format("\"{}\" is not {}", printable(text, 100), rule),
              suggestion.empty() ? "" : fmt::format("\"{}\" would do", suggestion));
}

void check_qualified_name(std::string_view text, std::string_view qualified_name) {
  if (!is_qualified_name(qualified_name))
    refuse(text,
           "a key: [PREFIX/]NAME, where PREFIX is a domain name in lower case and NAME at most 63 "
           "of A-Z, a-z, 0-9, '-', '_' and '.', with a letter or digit at both ends");
}

void check_name(std::string_view text, std::string_view whose) {
  if (is_secret_name(text)) return;
  const std::string suggestion = mended(
      lower_case(text), [](char c) { return is_label_character(c) || c == '.'; },
      longest_subdomain);
  refuse(text,
         fmt::format("{} name: at most 253 of a-z, 0-9, '-' and '.', with a letter or digit at "
                     "both ends and beside each dot",
                     whose),
         is_dns_subdomain(suggestion) ? suggestion : "");
}

}  // namespace

bool is_secret_name(std::string_view text) {
  return is_dns_subdomain(text);
}

bool is_namespace(std::string_view text) {
  return text.size() <= longest_label && is_dns_label(text);
}

void check_secret_name(std::string_view text) {
  check_name(text, "a Secret's");
}

void check_object_name(std::string_view text) {
  check_name(text, "an object's");
}

void check_namespace(std::string_view text) {
  if (is_namespace(text)) return;
  refuse(text, "a namespace: at most 63 of a-z, 0-9 and '-', with a letter or digit at both ends",
         mended(lower_case(text), is_label_character, longest_label));
}

void check_label_key(std::string_view text) {
  check_qualified_name(text, text);
}

void check_annotation_key(std::string_view text) {
  check_qualified_name(text, lower_case(text));
}

void check_label_value(std::string_view text) {
  if (text.empty() || is_name(text)) return;
  refuse(text,
         "a label's value: at most 63 of A-Z, a-z, 0-9, '-', '_' and '.', with a letter or digit "
         "at both ends",
         mended(std::string(text), is_name_character, longest_name));
}

}  // namespace pullsecret
