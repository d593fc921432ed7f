#include "registry/proxy.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <utility>

#include "system/environment.h"
#include "system/text.h"

namespace pullsecret {
namespace {

bool has_only(std::string_view text, std::string_view more) {
  constexpr std::string_view usual =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return usual.find(c) != std::string_view::npos || more.find(c) != std::string_view::npos;
  });
}

// A name (in any script), or an address; an IPv6 address, with its zone, in brackets.
bool is_proxy_host(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']'))
    return has_only(host.substr(1, host.size() - 2), ":.%-_");
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return c < 0 || has_only({&c, 1}, "-._");
  });
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
  return failed == std::errc() && end == text.data() + text.size() && port > 0 && port <= 65535;
}

/// A value in its parts; views of it.
struct Parts {
  std::string_view userinfo, host, rest;
  std::optional<std::string_view> scheme = std::nullopt, port = std::nullopt;
};

Parts parts_of(std::string_view value) {
  Parts parts{};
  if (const std::size_t end = value.find("://"); end != std::string_view::npos) {
    parts.scheme = value.substr(0, end);
    value.remove_prefix(end + 3);
  }
  std::string_view authority = value.substr(0, value.find_first_of("/?#\\"));
  parts.rest = value.substr(authority.size());
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    parts.userinfo = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  const std::size_t colon = authority.find(':', std::min(bracket, authority.size()));
  parts.host = authority.substr(0, colon);
  if (colon != std::string_view::npos) parts.port = authority.substr(colon + 1);
  return parts;
}

int digit_of(char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  const std::size_t digit = digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
  return digit == std::string_view::npos ? -1 : static_cast<int>(digit);
}

// As libcurl does: what is no code stays as it is.
std::string curl_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_code = text[i] == '%' && i + 2 < text.size() && digit_of(text[i + 1]) >= 0 &&
                         digit_of(text[i + 2]) >= 0;
    decoded +=
        is_code ? static_cast<char>(digit_of(text[i + 1]) * 16 + digit_of(text[i + 2])) : text[i];
    if (is_code) i += 2;
  }
  return decoded;
}

std::string fault_of(std::string_view value, const Parts& parts) {
  const auto is_odd = [](char c) { return (c >= 0 && c <= ' ') || c == '\x7F'; };
  if (std::any_of(value.begin(), value.end(), is_odd))
    return "there is a blank or a control character in it";
  if (parts.rest.find('@') != std::string_view::npos ||
      parts.userinfo.find('@') != std::string_view::npos)
    return "in a username and password / ? # @ and \\ have to be written as %2F %3F %23 %40 and "
           "%5C";
  // libcurl refuses it, and says that the registry's URL is none.
  const std::string login = curl_decoded(parts.userinfo);
  if (std::any_of(login.begin(), login.end(), [](char c) { return c >= 0 && c < ' '; }))
    return "there is a control character in its username or password, from %00 to %1F";
  if (parts.scheme && !is_one_of(lower_case(*parts.scheme),
                                 {"http", "https", "socks4", "socks4a", "socks5", "socks5h"}))
    return "its scheme is none of http, https, socks4, socks4a, socks5 and socks5h";
  if (!is_proxy_host(parts.host)) return "what should be its host is no name and no address";
  if (parts.port && !is_port(*parts.port)) return "its port is no number from 1 to 65535";
  return {};
}

}  // namespace

Proxy read_proxy(std::string variable, const std::string& value) {
  const Parts parts = parts_of(value);
  Proxy proxy{.variable = std::move(variable), .fault = fault_of(value, parts)};
  if (!proxy.fault.empty()) return proxy;
  proxy.url = value;
  proxy.host = printable(parts.host);
  if (parts.port) proxy.host += ":" + std::string(*parts.port);
  return proxy;
}

std::optional<Proxy> proxy_for(const Origin& origin) {
  const std::vector<const char*> variables =
      origin.is_https ? std::vector{"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}
                      : std::vector{"http_proxy", "all_proxy", "ALL_PROXY"};
  for (const char* variable : variables)
    if (const auto value = environment_variable(variable)) return read_proxy(variable, *value);
  return std::nullopt;
}

std::vector<std::string> proxy_secrets() {
  std::vector<std::string> secrets;
  for (const char* variable :
       {"https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY"}) {
    const std::string value = environment_variable(variable).value_or("");
    const std::string_view userinfo = parts_of(value).userinfo;
    const std::size_t colon = userinfo.find(':');
    if (colon == std::string_view::npos) continue;
    for (const std::string_view secret : {userinfo, userinfo.substr(colon + 1)}) {
      secrets.emplace_back(secret);
      secrets.push_back(curl_decoded(secret));
    }
  }
  return secrets;
}

}  // namespace pullsecret
