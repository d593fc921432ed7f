#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "system/error.h"

namespace pullsecret {

// What goes to a registry and comes back, as far as this project needs HTTP. Nothing is decided
// here: no redirect is followed, no status is an error, no credential is added.

/// The most bytes that are read of a body, and that are kept of one that is no token's: of a
/// refusal of any length that is what people are told of it.
inline constexpr std::size_t max_body = 256UL * 1024, max_kept_body = 4UL * 1024;

enum class HttpMethod { get, head, post };

struct HttpHeader {
  std::string name;  ///< in any letter case
  std::string value;
};

/// Whom to believe that it is the host, for https.
struct TlsTrust {
  std::vector<std::filesystem::path> authorities = {};  ///< PEM, beside the system's
  std::optional<std::filesystem::path> client_certificate = std::nullopt;  ///< PEM
  std::optional<std::filesystem::path> client_key = std::nullopt;          ///< PEM
  bool anybody = false;  ///< no certificate is checked
};

struct HttpRequest {
  HttpMethod method = HttpMethod::get;
  std::string url;  ///< http or https, without userinfo
  std::vector<HttpHeader> headers = {};
  std::string authorization = {};  ///< the value of that header, a secret; empty: none
  /// What is posted, a secret: as application/x-www-form-urlencoded, if no header says otherwise.
  std::string form = {};
  TlsTrust trust = {};
  bool is_trust_of_all = false;  ///< whoever a redirect leads to is trusted by the same
  std::optional<std::chrono::milliseconds> dial_timeout = std::nullopt;  ///< of connecting
  bool may_be_private =
      true;  ///< false: an address of a local network, or this machine's, is refused
  bool wants_token = false;  ///< the whole body of a success is kept
};

/// The value of the header `name`, in any letter case; every one of them if there are several.
std::vector<std::string> headers_named(const std::vector<HttpHeader>& headers,
                                       std::string_view name);

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers = {};  ///< as far as anything is judged by them
  std::string body = {};                 ///< as far as it is kept
  std::string redirect = {};  ///< where the response points to, an absolute URL; empty: nowhere
  bool is_private = false;    ///< it came from an address of a local network, or this machine's
  bool wants_certificate = false;  ///< a client certificate was asked for, and there is none

  // Where redirects led, which follow_redirects() says.
  std::string url = {};            ///< whose response it is
  bool is_from_elsewhere = false;  ///< of another origin than was asked: see speaks_for()
};

/// Whether it is for a browser, such as what a portal answers in every server's place.
bool is_web_page(const HttpResponse& response);

/// Why there is no response.
struct HttpFailure {
  enum class Kind {
    name,                ///< the host's name is not known
    connection,          ///< nobody answers there, or the connection broke
    proxy,               ///< the proxy's name, connection or refusal
    authority,           ///< nobody who is trusted has signed the certificate
    expired,             ///< the certificate has ended, or not begun
    other_name,          ///< the certificate is another host's
    client_certificate,  ///< none was given, or one that is not taken
    file,                ///< a file with certificates or a key cannot be used
    plain,               ///< no TLS is spoken there
    tls,                 ///< else no TLS connection
    time,                ///< no answer in time
    address,             ///< it is one of those that the request does not allow
    response,            ///< no HTTP, or more of it than is taken
  };
  Kind kind = Kind::connection;
  std::string message;    ///< a phrase as Error's, printable, without secrets of the asker
  std::string host = {};  ///< HOST[:PORT] that was asked, if it was
  std::string hint = {};  ///< as Error's, where it says more than the kind
};

/// That of an Error about certificates in files.
HttpFailure file_failure(const Error& error);

using HttpReply = std::variant<HttpResponse, HttpFailure>;

struct HttpLimits {
  std::size_t jobs = 16;  ///< requests at once
  std::chrono::milliseconds timeout = std::chrono::seconds(30);
  bool timeout_is_for_all = false;  ///< of all requests that are ever made; else of each
};

/// Makes all requests side by side; the replies are in their order.
using HttpExchange = std::function<std::vector<HttpReply>(const std::vector<HttpRequest>&)>;

}  // namespace pullsecret
