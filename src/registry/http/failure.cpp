#include "registry/http/failure.h"

#include <utility>

#include <fmt/format.h>

#include "system/error.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using Kind = HttpFailure::Kind;

// What libcurl ends with at a header line that is longer than it takes: before 8.6
// CURLE_OUT_OF_MEMORY, then CURLE_TOO_LARGE.
constexpr auto too_large = static_cast<CURLcode>(100);

// What OpenSSL finds in a chain of certificates (x509_vfy.h). libcurl has no names for them.
enum VerifyResult : long {
  is_valid = 0,
  not_verified = 1,
  not_yet_valid = 9,
  has_expired = 10,
  hostname_mismatch = 62,
  address_mismatch = 64,
};

bool is_about_certificate(CURLcode result) {
  return result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_ISSUER_ERROR;
}

bool is_about_tls(CURLcode result) {
  return is_about_certificate(result) || result == CURLE_SSL_CONNECT_ERROR ||
         result == CURLE_SSL_CIPHER || result == CURLE_SSL_CACERT_BADFILE;
}

// libcurl compares the name by itself, when OpenSSL is content, and before it asks for the result.
HttpFailure certificate_failure(const TransferEnd& end) {
  switch (end.verify_result) {
    case has_expired:
      return {Kind::expired, "its certificate has expired"};
    case not_yet_valid:
      return {Kind::expired, "its certificate is not valid yet"};
    case is_valid:
    case not_verified:
    case hostname_mismatch:
    case address_mismatch:
      return {
          Kind::other_name,
          fmt::format("its certificate is another host's: it has not the name {}", end.asked.host)};
    default:
      return {Kind::authority, "no authority that is trusted here has signed its certificate"};
  }
}

// Of TLS 1.3 the client is done before the server says what it misses, and may find the connection
// closed before it has read that.
std::optional<HttpFailure> client_certificate_failure(const TransferEnd& end) {
  const bool is_broken = end.result == CURLE_SEND_ERROR || end.result == CURLE_RECV_ERROR ||
                         end.result == CURLE_GOT_NOTHING || end.result == CURLE_HTTP2;
  if (!end.wants_certificate || end.is_answered || !(end.tls_alert || is_broken))
    return std::nullopt;
  if (!end.trust->client_certificate)
    return HttpFailure{Kind::client_certificate,
                       "it demands a client certificate, and there is none"};
  return HttpFailure{Kind::client_certificate,
                     fmt::format("it does not take the client certificate {}",
                                 place_of(*end.trust->client_certificate))};
}

HttpFailure tls_failure(const TransferEnd& end) {
  if (end.is_plain) return {Kind::plain, "what answers there speaks HTTP, and no TLS"};
  if (end.tls_alert)
    return {Kind::tls, fmt::format("it ends the TLS connection, with alert {}", *end.tls_alert)};
  return {Kind::tls, "there is no TLS connection with what answers there"};
}

HttpFailure trust_failure(const TransferEnd& end) {
  if (end.result != CURLE_SSL_CERTPROBLEM)
    return {Kind::file,
            "there is no certificate in the files with authorities that are trusted",
            {},
            "see the file of SSL_CERT_FILE, and *.crt in the registry's folder"};
  return {Kind::file,
          fmt::format("{}: it is no client certificate, or {} is not its key",
                      place_of(*end.trust->client_certificate), place_of(*end.trust->client_key)),
          {},
          "both are PEM, and the key has no passphrase"};
}

HttpFailure connection_failure(const TransferEnd& end) {
  if (end.result == CURLE_COULDNT_CONNECT)
    return {Kind::connection,
            fmt::format("nobody answers at {} port {}{}", end.asked.host, end.asked.port,
                        end.system_error == 0 ? "" : ": " + error_text(end.system_error))};
  return {Kind::connection, fmt::format("the connection with {} broke: {}", end.asked.host,
                                        curl_easy_strerror(end.result))};
}

// A proxy that opens no tunnel, or cannot be connected to.
std::optional<HttpFailure> proxy_failure(const TransferEnd& end) {
  if (!end.proxy) return std::nullopt;
  const auto& [variable, url, host, fault] = *end.proxy;
  const bool is_resolved = end.result != CURLE_COULDNT_RESOLVE_HOST;
  if (!fault.empty() && !end.is_connected && is_resolved)
    return HttpFailure{
        Kind::proxy,
        fmt::format("{} is no proxy's URL: {}", variable, fault),
        {},
        fmt::format("write {} as http://HOST:PORT or http://USER:PASSWORD@HOST:PORT", variable)};
  const std::string named = fmt::format("the proxy {} of {}", host, variable);
  if (end.result == CURLE_COULDNT_RESOLVE_PROXY)
    return HttpFailure{Kind::proxy, fmt::format("{}: its name is not known", named)};
  // libcurl has one result for the two.
  if (!is_resolved && !end.is_connected && lower_case(url).starts_with("socks"))
    return HttpFailure{Kind::proxy,
                       fmt::format("could not resolve host {}, or {}", end.asked.host, named)};
  if (end.proxy_status >= 300)
    return HttpFailure{
        Kind::proxy, fmt::format("{} refuses to connect, with status {}", named, end.proxy_status)};
  const bool is_tunnel_open = end.proxy_status != 0 || !end.asked.is_https;
  if (end.result == CURLE_COULDNT_CONNECT && end.is_by_proxy)
    return HttpFailure{Kind::proxy, fmt::format("{} does not answer", named)};
  if (end.result == CURLE_PROXY || (end.is_by_proxy && !is_tunnel_open && is_about_tls(end.result)))
    return HttpFailure{Kind::proxy, fmt::format("{} opens no connection: {}", named,
                                                curl_easy_strerror(end.result))};
  return std::nullopt;
}

HttpFailure failure_without_host(const TransferEnd& end) {
  if (auto failure = proxy_failure(end)) return *std::move(failure);
  if (is_about_certificate(end.result)) return certificate_failure(end);
  if (auto failure = client_certificate_failure(end)) return *std::move(failure);
  switch (end.result) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return {Kind::name, fmt::format("could not resolve host {}", end.asked.host)};
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
      return trust_failure(end);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
      return tls_failure(end);
    case CURLE_OPERATION_TIMEDOUT:
      return {Kind::time, fmt::format("timed out: {} has not answered within {} ms", end.asked.host,
                                      end.timeout.count())};
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return {Kind::response, "what answers there does not speak HTTP"};
    case CURLE_WRITE_ERROR:
    case CURLE_OUT_OF_MEMORY:
    case too_large:
      return {Kind::response, "its headers are longer than is taken"};
    case CURLE_URL_MALFORMAT:
      return {Kind::response, "no http or https URL"};
    default:
      return connection_failure(end);
  }
}

}  // namespace

HttpFailure failure_of(const TransferEnd& end) {
  HttpFailure failure = failure_without_host(end);
  failure.host = end.asked.authority();
  return failure;
}

}  // namespace pullsecret
