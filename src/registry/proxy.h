#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/origin.h"

namespace pullsecret {

/// The proxy that the environment has for requests, as libcurl looks for it. Whether NO_PROXY takes
/// a host out, it decides.
struct Proxy {
  std::string variable;    ///< such as `HTTPS_PROXY`
  std::string url = {};    ///< its value, which may hold a password; empty if that has a fault
  std::string host = {};   ///< HOST[:PORT] of it, printable
  std::string fault = {};  ///< what is wrong with the value, without any part of it; else empty
};

/// The proxy for `origin`: the first of https_proxy, HTTPS_PROXY, all_proxy and ALL_PROXY that is
/// set; over http the first of http_proxy, all_proxy and ALL_PROXY (CURLOPT_PROXY(3)).
std::optional<Proxy> proxy_for(const Origin& origin);

/// Reads `value`: [SCHEME://][USER[:PASSWORD]@]HOST[:PORT][/…]. libcurl takes more than that, and
/// of a password with `/`, `?`, `#` or `@` in it a part for the host: such a value has a fault.
Proxy read_proxy(std::string variable, const std::string& value);

/// The passwords in the variables of proxies, and what goes to a proxy with them: what no message
/// may have.
std::vector<std::string> proxy_secrets();

}  // namespace pullsecret
