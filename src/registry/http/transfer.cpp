#include "registry/http/transfer.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "registry/origin.h"
#include "registry/private_address.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::size_t max_headers = 64UL * 1024, max_certificates = 4UL * 1024 * 1024;

template <typename Value>
void set(CURL* handle, CURLoption option, Value value) {
  if (const CURLcode failed = curl_easy_setopt(handle, option, value); failed != CURLE_OK)
    throw Error("", fmt::format("libcurl: {}", curl_easy_strerror(failed)));
}

// What libcurl ends with at a header line that is longer than it takes: before 8.6
// CURLE_OUT_OF_MEMORY, then CURLE_TOO_LARGE.
constexpr auto too_large = static_cast<CURLcode>(100);

HttpFailure::Kind kind_of(CURLcode result) {
  using Kind = HttpFailure::Kind;
  switch (result) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return Kind::name;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
      return Kind::proxy;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
      return Kind::certificate;
    case CURLE_SSL_CONNECT_ERROR:
      return Kind::tls;
    case CURLE_OPERATION_TIMEDOUT:
      return Kind::time;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_URL_MALFORMAT:
    case CURLE_WRITE_ERROR:
    case CURLE_OUT_OF_MEMORY:
    case too_large:
      return Kind::response;
    default:
      return Kind::connection;
  }
}

// `words` are libcurl's own, if it has some. Of answers that cannot be read they are about its API.
std::string words_of(CURLcode result, const std::string& words) {
  switch (result) {
    case CURLE_WRITE_ERROR:
    case CURLE_OUT_OF_MEMORY:
    case too_large:
      return "its headers are longer than is taken";
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return "what answers there does not speak HTTP";
    default:
      return printable(words.front() == '\0' ? curl_easy_strerror(result) : words.c_str());
  }
}

std::string text_of(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes =
      address.sa_family == AF_INET
          ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in&>(address).sin_addr)
          : &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  return inet_ntop(address.sa_family, bytes, text.data(), text.size()) == nullptr ? ""
                                                                                  : text.data();
}

int port_of(const sockaddr& address) {
  return ntohs(address.sa_family == AF_INET
                   ? reinterpret_cast<const sockaddr_in&>(address).sin_port
                   : reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
}

// The system's authorities: as Go programs do, from where OpenSSL's variable says, else from where
// libcurl was built to look.
std::string system_authorities() {
  if (const auto file = environment_variable("SSL_CERT_FILE")) return *file;
  const char* file = curl_version_info(CURLVERSION_NOW)->cainfo;
  return file == nullptr ? "" : file;
}

// An address as a URL has it, without its brackets; nothing for a name.
std::optional<std::string> address_in(const std::string& host) {
  if (host.starts_with('[')) return host.substr(1, host.size() - 2);
  const bool is_name = host.find_first_not_of("0123456789.") != std::string::npos;
  return is_name ? std::nullopt : std::optional(host);
}

HttpFailure private_address() {
  return {HttpFailure::Kind::address, "it is at a private address, where nothing public sends for"};
}

}  // namespace

std::optional<HttpFailure> refusal_of(const HttpRequest& request) {
  const auto origin = origin_of(request.url);
  if (!origin) return HttpFailure{HttpFailure::Kind::response, "no http or https URL"};
  const auto address = address_in(origin->host);
  if (!request.may_be_private && address && is_private_address(*address)) return private_address();
  return std::nullopt;
}

Transfer::Transfer(std::size_t number, const HttpRequest& request,
                   std::chrono::milliseconds timeout)
    : number_(number),
      handle_(curl_easy_init()),
      form_(request.form),
      words_(CURL_ERROR_SIZE, '\0'),
      may_be_private_(request.may_be_private) {
  if (!handle_) throw Error("", "libcurl cannot be used");
  CURL* handle = handle_.get();
  set(handle, CURLOPT_PRIVATE, this);
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  set(handle, CURLOPT_ERRORBUFFER, words_.data());
  set(handle, CURLOPT_WRITEFUNCTION, &take_body);
  set(handle, CURLOPT_WRITEDATA, this);
  set(handle, CURLOPT_HEADERFUNCTION, &take_header);
  set(handle, CURLOPT_HEADERDATA, this);
  set(handle, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  set(handle, CURLOPT_OPENSOCKETDATA, this);
  set(handle, CURLOPT_PREREQFUNCTION, &check_connection);
  set(handle, CURLOPT_PREREQDATA, this);
  set_request(request);
  set_trust(request.trust);
}

Transfer::~Transfer() = default;

void Transfer::set_request(const HttpRequest& request) {
  CURL* handle = handle_.get();
  const auto origin = origin_of(request.url);
  port_ = static_cast<int>(origin->port);
  set(handle, CURLOPT_URL, request.url.c_str());
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  // Rather one connection for all than one for each; over http there is no HTTP/2 to be waited for.
  set(handle, CURLOPT_PIPEWAIT, origin->is_https ? 1L : 0L);
  set(handle, CURLOPT_USERAGENT, "pullsecret/" PULLSECRET_VERSION);
  // As Go programs do: what is on this machine is asked without a proxy.
  if (is_loopback(origin->host)) set(handle, CURLOPT_PROXY, "");
  if (request.method == HttpMethod::head) set(handle, CURLOPT_NOBODY, 1L);
  if (request.method == HttpMethod::post) {
    set(handle, CURLOPT_POSTFIELDS, form_.c_str());
    set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(form_.size()));
  }
  std::vector<HttpHeader> headers = request.headers;
  if (!request.authorization.empty()) headers.push_back({"Authorization", request.authorization});
  for (const auto& [name, value] : headers)
    headers_.reset(
        curl_slist_append(headers_.release(), fmt::format("{}: {}", name, value).c_str()));
  set(handle, CURLOPT_HTTPHEADER, headers_.get());
  // No tunnel gets what is for the registry.
  set(handle, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
}

// Reading some hundred certificates takes longer than all else.
void Transfer::skip_authorities() {
  set(handle_.get(), CURLOPT_CAINFO, static_cast<const char*>(nullptr));
  set(handle_.get(), CURLOPT_CAPATH, static_cast<const char*>(nullptr));
}

void Transfer::set_authorities(const TlsTrust& trust) {
  const std::string file = system_authorities();
  for (const auto& authority : trust.authorities)
    authorities_ += read_file(authority, max_certificates) + "\n";
  if (authorities_.empty()) {
    if (!file.empty()) set(handle_.get(), CURLOPT_CAINFO, file.c_str());
    return;
  }
  if (!file.empty()) authorities_ += read_file(file, max_certificates);
  curl_blob blob{authorities_.data(), authorities_.size(), CURL_BLOB_NOCOPY};
  set(handle_.get(), CURLOPT_CAINFO_BLOB, &blob);
}

void Transfer::set_trust(const TlsTrust& trust) {
  CURL* handle = handle_.get();
  set(handle, CURLOPT_SSL_VERIFYPEER, trust.anybody ? 0L : 1L);
  set(handle, CURLOPT_SSL_VERIFYHOST, trust.anybody ? 0L : 2L);
  if (trust.anybody)
    skip_authorities();
  else
    set_authorities(trust);
  if (trust.client_certificate) {
    set(handle, CURLOPT_SSLCERT, trust.client_certificate->c_str());
    set(handle, CURLOPT_SSLKEY, trust.client_key->c_str());
  }
}

// Another port than the URL's is a proxy's: what is behind that, the proxy decides.
bool Transfer::is_refused_address(const std::string& address, int port) {
  has_proxy_ = port != port_;
  has_refused_address_ = !may_be_private_ && !has_proxy_ && is_private_address(address);
  return has_refused_address_;
}

curl_socket_t Transfer::open_socket(void* transfer, curlsocktype /*purpose*/,
                                    curl_sockaddr* address) {
  if (static_cast<Transfer*>(transfer)->is_refused_address(text_of(address->addr),
                                                           port_of(address->addr)))
    return CURL_SOCKET_BAD;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// A connection that is used again. libcurl prescribes the parameters.
// NOLINTNEXTLINE(readability-non-const-parameter)
int Transfer::check_connection(void* transfer, char* address, char* /*own_address*/, int port,
                               int /*own_port*/) {
  return static_cast<Transfer*>(transfer)->is_refused_address(address, port) ? CURL_PREREQFUNC_ABORT
                                                                             : CURL_PREREQFUNC_OK;
}

// What exceeds the bound ends the transfer: its reply is what there is by then.
std::size_t Transfer::take_body(char* bytes, std::size_t /*one*/, std::size_t count,
                                void* transfer) {
  std::string& body = static_cast<Transfer*>(transfer)->response_.body;
  const std::size_t taken = std::min(count, max_body - body.size());
  body.append(bytes, taken);
  return taken;
}

std::size_t Transfer::take_header(char* bytes, std::size_t /*one*/, std::size_t count,
                                  void* transfer) {
  auto& self = *static_cast<Transfer*>(transfer);
  std::vector<HttpHeader>& headers = self.response_.headers;
  self.header_bytes_ += count;
  if (self.header_bytes_ > max_headers) return 0;
  const std::string_view line = trim({bytes, count});
  const std::size_t colon = line.find(':');
  if (line.starts_with("HTTP/"))
    headers.clear();  // a proxy's, or those of a 100 before it
  else if (colon != std::string_view::npos)
    headers.push_back(
        {std::string(trim(line.substr(0, colon))), std::string(trim(line.substr(colon + 1)))});
  return count;
}

HttpResponse Transfer::response() {
  long status = 0;
  char* redirect = nullptr;
  char* address = nullptr;
  long port = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(handle_.get(), CURLINFO_REDIRECT_URL, &redirect);
  curl_easy_getinfo(handle_.get(), CURLINFO_PRIMARY_IP, &address);
  curl_easy_getinfo(handle_.get(), CURLINFO_PRIMARY_PORT, &port);
  response_.status = static_cast<int>(status);
  response_.redirect = redirect == nullptr ? "" : redirect;
  response_.is_private = address != nullptr && port == port_ && is_private_address(address);
  return std::move(response_);
}

// Of a proxy that opens no tunnel, or cannot be connected to. libcurl has no results for that.
std::optional<HttpFailure> Transfer::proxy_failure(CURLcode result, const std::string& words) {
  long status = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_HTTP_CONNECTCODE, &status);
  if (status >= 300)
    return HttpFailure{HttpFailure::Kind::proxy,
                       fmt::format("the proxy refuses to connect, with status {}", status)};
  if (has_proxy_ && result == CURLE_COULDNT_CONNECT)
    return HttpFailure{HttpFailure::Kind::proxy, "the proxy does not answer: " + words};
  return std::nullopt;
}

HttpReply Transfer::reply(CURLcode result) {
  const bool is_cut = result == CURLE_WRITE_ERROR && response_.body.size() == max_body;
  if (result == CURLE_OK || is_cut) return response();
  if (has_refused_address_) return private_address();
  const std::string words = words_of(result, words_);
  if (auto failure = proxy_failure(result, words)) return *std::move(failure);
  return HttpFailure{kind_of(result), words};
}

}  // namespace pullsecret
