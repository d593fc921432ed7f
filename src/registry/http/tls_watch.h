#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace pullsecret {

/// What the other side of a TLS connection has said while it was opened, as far as it tells one
/// failure from another. libcurl has a result for none of it.
class TlsWatch {
 public:
  /// `bytes` came in: one message of TLS, or the head of one, as libcurl hands them to
  /// CURLOPT_DEBUGFUNCTION (CURLINFO_SSL_DATA_IN).
  void hear(std::string_view bytes);

  /// Whether a client certificate was asked for (CertificateRequest, RFC 8446, section 4.3.2).
  bool wants_certificate() const { return wants_certificate_; }

  /// The alert that ended the connection (RFC 8446, section 6).
  std::optional<int> alert() const { return alert_; }

  /// Whether plain HTTP was answered to the first message.
  bool is_plain() const { return is_plain_; }

 private:
  bool wants_certificate_ = false, is_plain_ = false;
  std::optional<int> alert_;
};

}  // namespace pullsecret
