#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pullsecret {

// What goes to a registry and comes back, as far as this project needs HTTP. Nothing is decided
// here: no redirect is followed, no status is an error, no credential is added.

/// The most bytes that are kept of a body. A token has a few KiB, and so has what is read of a
/// refusal.
inline constexpr std::size_t max_body = 256UL * 1024;

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
  std::string form = {};  ///< what is posted, as application/x-www-form-urlencoded; a secret
  TlsTrust trust = {};
  bool may_be_private =
      true;  ///< false: an address of a local network, or this machine's, is refused
};

/// The value of the header `name`, in any letter case; every one of them if there are several.
std::vector<std::string> headers_named(const std::vector<HttpHeader>& headers,
                                       std::string_view name);

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers = {};
  std::string body = {};      ///< at most max_body of it
  std::string redirect = {};  ///< where the response points to, an absolute URL; empty: nowhere
  bool is_private = false;    ///< it came from an address of a local network, or this machine's
};

/// Whether it is for a browser, such as what a portal answers in every server's place.
bool is_web_page(const HttpResponse& response);

/// Why there is no response.
struct HttpFailure {
  enum class Kind {
    name,         ///< the host's name is not known
    connection,   ///< nobody answers there, or the connection broke
    proxy,        ///< the proxy's name, connection or refusal
    certificate,  ///< it has expired, is another host's, or nobody trusted has signed it
    tls,          ///< else no TLS connection: the other side may not speak it
    time,         ///< no answer in time
    address,      ///< it is one of those that the request does not allow
    response,     ///< no HTTP, or more of it than is taken
  };
  Kind kind = Kind::connection;
  std::string message;  ///< a phrase as Error's, printable, without secrets
};

using HttpReply = std::variant<HttpResponse, HttpFailure>;

/// Makes all requests side by side; the replies are in their order.
using HttpExchange = std::function<std::vector<HttpReply>(const std::vector<HttpRequest>&)>;

}  // namespace pullsecret
