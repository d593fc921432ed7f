#include "registry/origin.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include <fmt/format.h>

#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::string_view letters_and_digits =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr std::size_t longest_url = 4096, longest_host = 255;

bool consists_of(std::string_view text, std::string_view characters, std::string_view more) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return characters.find(c) != std::string_view::npos || more.find(c) != std::string_view::npos;
  });
}

bool is_host(std::string_view host) {
  if (host.size() > longest_host) return false;
  if (host.starts_with('[') && host.ends_with(']'))
    return consists_of(host.substr(1, host.size() - 2), "0123456789abcdefABCDEF", ":.");
  return consists_of(host, letters_and_digits, "-._");
}

std::optional<unsigned> port_of(std::string_view text) {
  unsigned port = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool is_port = failed == std::errc() && end == text.data() + text.size();
  return is_port && port > 0 && port <= 65535 ? std::optional(port) : std::nullopt;
}

bool has_odd_character(std::string_view url) {
  return std::any_of(url.begin(), url.end(),
                     [](char c) { return c <= ' ' || c >= '\x7F' || c == '\\'; });
}

}  // namespace

std::string Origin::authority() const {
  const bool is_usual = port == (is_https ? 443U : 80U);
  return is_usual ? host : fmt::format("{}:{}", host, port);
}

bool speaks_for(const Origin& answering, const Origin& asked) {
  return answering == asked ||
         (answering.is_https && !asked.is_https && answering.authority() == asked.authority());
}

std::optional<Origin> origin_of(std::string_view url) {
  if (url.size() > longest_url || has_odd_character(url)) return std::nullopt;
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return std::nullopt;
  const std::string scheme = lower_case(url.substr(0, scheme_end));
  if (scheme != "https" && scheme != "http") return std::nullopt;
  const std::string_view after = url.substr(scheme_end + 3);
  const std::string_view authority = after.substr(0, after.find_first_of("/?#"));
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  const std::size_t colon = authority.find(':', std::min(bracket, authority.size()));
  const std::string_view host = authority.substr(0, colon);
  if (!is_host(host)) return std::nullopt;
  Origin origin{scheme == "https", lower_case(host), scheme == "https" ? 443U : 80U};
  if (colon == std::string_view::npos) return origin;
  const auto port = port_of(authority.substr(colon + 1));
  if (!port) return std::nullopt;
  origin.port = *port;
  return origin;
}

bool is_loopback(std::string_view host) {
  return equal_ignoring_case(host, "localhost") || host == "[::1]" ||
         (host.starts_with("127.") && consists_of(host, "0123456789", "."));
}

}  // namespace pullsecret
