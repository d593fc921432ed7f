#include "credential/url_pattern.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "credential/percent_encoding.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// What Go's net/url takes in a host and in the user before it. In a host it also takes bytes past
// ASCII, plain and percent-encoded, but no image's host has such.
constexpr std::string_view url_host_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~!$&'()*+,;=:[]<>\"";
constexpr std::string_view url_user_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~!$&'()*+,;=:%@";

bool consists_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

bool is_url_user(std::string_view user) {
  return consists_of(user, url_user_characters) && percent_decoded(user);
}

bool is_url_host(std::string_view host) {
  const bool bracketed = host.starts_with('[');
  const std::size_t name_end = host.rfind(bracketed ? ']' : ':');
  if (name_end == std::string_view::npos)
    return !bracketed && consists_of(host, url_host_characters);
  const std::string_view port = host.substr(bracketed ? name_end + 1 : name_end);
  return consists_of(host, url_host_characters) &&
         (port.empty() || (port.front() == ':' && consists_of(port.substr(1), "0123456789")));
}

// The length of the class that `pattern` starts with (`[a-z_]`) if `c` is in it; 0 if it is not,
// or if there is no such class.
std::size_t matching_class(std::string_view pattern, char c) {
  bool matches = false;
  std::size_t at = 1;
  do {
    const std::string_view range = pattern.substr(at, 3);
    const bool spans = range.size() > 1 && range[1] == '-';
    if (range.size() < (spans ? 3 : 1) || range.front() == ']' || range.front() == '-' ||
        (spans && (range.back() == ']' || range.back() == '-')))
      return 0;
    matches |= range.front() <= c && c <= range[spans ? 2 : 0];
    at += spans ? 3 : 1;
  } while (at < pattern.size() && pattern[at] != ']');
  return matches && at < pattern.size() ? at + 1 : 0;
}

// How much of `pattern` stands for the one character `c`; 0 if its start does not match `c`.
std::size_t matching_element(std::string_view pattern, char c) {
  if (pattern.empty()) return 0;
  if (pattern.front() == '[') return matching_class(pattern, c);
  return pattern.front() == c ? 1 : 0;
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  const std::size_t fragment = std::min(text.find('#'), text.size());
  if (has_control_character(text.substr(0, fragment)) || !percent_decoded(text.substr(fragment)))
    return std::nullopt;
  text = text.substr(0, std::min(text.find('?'), fragment));

  const std::size_t slash = std::min(text.find('/'), text.size());
  auto path = percent_decoded(text.substr(slash));
  std::string_view authority = text.substr(0, slash);
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    if (!is_url_user(authority.substr(0, at))) return std::nullopt;
    authority.remove_prefix(at + 1);
  }
  if (!path || !is_url_host(authority)) return std::nullopt;
  return Url{std::string(authority), std::move(*path)};
}

HostAndPort split_port(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos) return {authority, {}};
  const bool bracketed = authority.starts_with('[');
  if (bracketed && (colon < 2 || authority[colon - 1] != ']')) return {authority, {}};
  const std::string_view host =
      bracketed ? authority.substr(1, colon - 2) : authority.substr(0, colon);
  if (host.find_first_of(bracketed ? "[]" : "[]:") != std::string_view::npos)
    return {authority, {}};
  return {host, authority.substr(colon + 1)};
}

bool glob_matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0;
  std::size_t after_star = std::string_view::npos, star_ends = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      star_ends = t;
    } else if (const std::size_t length = matching_element(pattern.substr(p), text[t])) {
      p += length;
      ++t;
    } else if (after_star != std::string_view::npos) {
      p = after_star;
      t = ++star_ends;
    } else {
      return false;
    }
  }
  return consists_of(pattern.substr(p), "*");
}

UrlParts parts_of(const Url& url) {
  const auto [host, port] = split_port(url.host);
  return {split(host, '.'), std::string(port), url.path};
}

bool parts_match(const UrlParts& pattern, const UrlParts& target) {
  return pattern.port == target.port && target.path.starts_with(pattern.path) &&
         std::equal(pattern.labels.begin(), pattern.labels.end(), target.labels.begin(),
                    target.labels.end(), glob_matches);
}

bool url_matches(const Url& pattern, const Url& target) {
  return parts_match(parts_of(pattern), parts_of(target));
}

}  // namespace pullsecret
