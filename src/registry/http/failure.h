#pragma once

#include <curl/curl.h>

#include <chrono>
#include <optional>
#include <string>

#include "registry/http.h"
#include "registry/origin.h"
#include "registry/proxy.h"

namespace pullsecret {

/// How a transfer of libcurl ended, and what is known of it beside.
struct TransferEnd {
  CURLcode result = CURLE_OK;
  Origin asked = {};
  const TlsTrust* trust = nullptr;
  std::chrono::milliseconds timeout = {};
  std::optional<Proxy> proxy = std::nullopt;  ///< what the environment has; NO_PROXY may be against
  bool is_by_proxy = false;                   ///< whether a connection to that was begun
  bool is_connected = false;                  ///< whether a connection was begun at all
  long proxy_status = 0;                      ///< to CONNECT; 0: none
  long verify_result = 0;                     ///< CURLINFO_SSL_VERIFYRESULT
  int system_error = 0;                       ///< errno of connecting; 0: none
  std::optional<int> tls_alert = std::nullopt;
  bool wants_certificate = false;  ///< TLS asked for one
  bool is_answered = false;        ///< there was at least a line of HTTP
  bool is_plain = false;           ///< HTTP answered to TLS
};

/// Why there is no response, in words of our own. Those of libcurl are not passed on: they repeat
/// the value of a proxy's variable, password and all.
HttpFailure failure_of(const TransferEnd& end);

}  // namespace pullsecret
