#include "registry/http/transfer.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "registry/http/certificate_file.h"
#include "registry/private_address.h"
#include "registry/refusal.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::size_t max_headers = 64UL * 1024, max_token = 64UL * 1024;

template <typename Value>
void set(CURL* handle, CURLoption option, Value value) {
  if (const CURLcode failed = curl_easy_setopt(handle, option, value); failed != CURLE_OK)
    throw Error("", fmt::format("libcurl: {}", curl_easy_strerror(failed)));
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

// What the verdict or the next request hangs on. Where it points to, libcurl says.
bool is_judged(std::string_view name) {
  return is_one_of(lower_case(name),
                   {"www-authenticate", "content-type", "ratelimit-remaining", "retry-after"});
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
      origin_(*origin_of(request.url)),
      trust_(request.trust),
      timeout_(timeout),
      dial_timeout_(request.dial_timeout),
      may_be_private_(request.may_be_private),
      wants_token_(request.wants_token) {
  if (!handle_) throw Error("", "libcurl cannot be used");
  CURL* handle = handle_.get();
  set(handle, CURLOPT_PRIVATE, this);
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  if (dial_timeout_)
    set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(dial_timeout_->count()));
  set(handle, CURLOPT_WRITEFUNCTION, &take_body);
  set(handle, CURLOPT_WRITEDATA, this);
  set(handle, CURLOPT_HEADERFUNCTION, &take_header);
  set(handle, CURLOPT_HEADERDATA, this);
  set(handle, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  set(handle, CURLOPT_OPENSOCKETDATA, this);
  set(handle, CURLOPT_PREREQFUNCTION, &check_connection);
  set(handle, CURLOPT_PREREQDATA, this);
  set(handle, CURLOPT_DEBUGFUNCTION, &hear);
  set(handle, CURLOPT_DEBUGDATA, this);
  set(handle, CURLOPT_VERBOSE, 1L);  // to that function, and nowhere else
  set_request(request);
  set_trust();
}

Transfer::~Transfer() = default;

void Transfer::set_request(const HttpRequest& request) {
  CURL* handle = handle_.get();
  set(handle, CURLOPT_URL, request.url.c_str());
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  // Rather one connection for all than one for each; over http there is no HTTP/2 to be waited for.
  set(handle, CURLOPT_PIPEWAIT, origin_.is_https ? 1L : 0L);
  set(handle, CURLOPT_USERAGENT, "pullsecret/" PULLSECRET_VERSION);
  set_proxy();
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

void Transfer::set_authorities() {
  const std::string file = system_authorities();
  for (const auto& authority : trust_.authorities)
    authorities_ += read_certificates(authority) + "\n";
  if (authorities_.empty() && !environment_variable("SSL_CERT_FILE")) {
    if (!file.empty()) set(handle_.get(), CURLOPT_CAINFO, file.c_str());
    return;
  }
  if (!file.empty()) authorities_ += read_certificates(file);
  set_blob(CURLOPT_CAINFO_BLOB, authorities_);
}

void Transfer::set_blob(CURLoption option, std::string& bytes) {
  curl_blob blob{bytes.data(), bytes.size(), CURL_BLOB_NOCOPY};
  set(handle_.get(), option, &blob);
}

void Transfer::set_trust() {
  CURL* handle = handle_.get();
  set(handle, CURLOPT_SSL_VERIFYPEER, trust_.anybody ? 0L : 1L);
  set(handle, CURLOPT_SSL_VERIFYHOST, trust_.anybody ? 0L : 2L);
  if (trust_.anybody)
    skip_authorities();
  else
    set_authorities();
  if (trust_.client_certificate) {
    certificate_ = read_certificates(*trust_.client_certificate);
    key_ = read_certificates(*trust_.client_key);
    set_blob(CURLOPT_SSLCERT_BLOB, certificate_);
    set_blob(CURLOPT_SSLKEY_BLOB, key_);
  }
}

// As Go programs do, what is on this machine is asked without a proxy. What has a fault is not for
// libcurl to read, which would ask a host that nobody has named; whether NO_PROXY takes the host
// out is for it to say, before it finds the scheme to be none.
void Transfer::set_proxy() {
  if (is_loopback(origin_.host)) return set(handle_.get(), CURLOPT_PROXY, "");
  proxy_ = proxy_for(origin_);
  if (!proxy_) return;
  set(handle_.get(), CURLOPT_PROXY,
      proxy_->fault.empty() ? proxy_->url.c_str() : "none://none.invalid");
}

// Another port than the URL's is a proxy's: what is behind that, the proxy decides.
bool Transfer::is_refused_address(const std::string& address, int port) {
  is_connected_ = true;
  has_proxy_ = port != static_cast<int>(origin_.port);
  has_refused_address_ = !may_be_private_ && !has_proxy_ && is_private_address(address);
  return has_refused_address_;
}

// libcurl is C: what is thrown must not pass through it. A callback that cannot do its work ends
// the transfer, and its failure says so.
template <typename Result, typename Work>
Result Transfer::guarded(void* transfer, Result failure, Work work) noexcept {
  auto& self = *static_cast<Transfer*>(transfer);
  try {
    return work(self);
  } catch (const std::exception&) {
    self.has_thrown_ = true;
    return failure;
  }
}

curl_socket_t Transfer::open_socket(void* transfer, curlsocktype /*purpose*/,
                                    curl_sockaddr* address) noexcept {
  return guarded(transfer, curl_socket_t{CURL_SOCKET_BAD}, [&](Transfer& self) {
    if (self.is_refused_address(text_of(address->addr), port_of(address->addr)))
      return curl_socket_t{CURL_SOCKET_BAD};
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  });
}

// A connection that is used again. libcurl prescribes the parameters.
// NOLINTNEXTLINE(readability-non-const-parameter)
int Transfer::check_connection(void* transfer, char* address, char* /*own_address*/, int port,
                               int /*own_port*/) noexcept {
  return guarded(transfer, int{CURL_PREREQFUNC_ABORT}, [&](Transfer& self) {
    return self.is_refused_address(address, port) ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
  });
}

// What exceeds the bound ends the transfer: its reply is what there is by then.
std::size_t Transfer::take_body(char* bytes, std::size_t /*one*/, std::size_t count,
                                void* transfer) noexcept {
  return guarded(transfer, std::size_t{0}, [&](Transfer& self) {
    std::string& body = self.response_.body;
    const std::size_t taken = std::min(count, max_body - body.size());
    body.append(bytes, taken);
    return taken;
  });
}

std::size_t Transfer::take_header(char* bytes, std::size_t /*one*/, std::size_t count,
                                  void* transfer) noexcept {
  return guarded(transfer, std::size_t{0}, [&](Transfer& self) {
    std::vector<HttpHeader>& headers = self.response_.headers;
    self.header_bytes_ += count;
    if (self.header_bytes_ > max_headers) return std::size_t{0};
    const std::string_view line = trim({bytes, count});
    const std::size_t colon = line.find(':');
    const std::string_view name = trim(line.substr(0, colon));
    if (line.starts_with("HTTP/"))
      headers.clear();  // a proxy's, or those of a 100 before it
    else if (colon != std::string_view::npos && is_judged(name))
      headers.push_back({std::string(name), std::string(trim(line.substr(colon + 1)))});
    return count;
  });
}

int Transfer::hear(CURL* /*handle*/, curl_infotype type, char* bytes, std::size_t count,
                   void* transfer) noexcept {
  if (type == CURLINFO_SSL_DATA_IN) static_cast<Transfer*>(transfer)->tls_.hear({bytes, count});
  return 0;
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
  response_.is_private =
      address != nullptr && port == static_cast<long>(origin_.port) && is_private_address(address);
  response_.wants_certificate = wants_certificate_ && !trust_.client_certificate;
  const bool has_token = wants_token_ && status >= 200 && status < 300;
  if (!has_token || response_.body.size() > max_token) response_.body = condensed_body(response_);
  return std::move(response_);
}

TransferEnd Transfer::end(CURLcode result) const {
  TransferEnd end{.result = result,
                  .asked = origin_,
                  .trust = &trust_,
                  .timeout = timeout_,
                  .proxy = proxy_,
                  .is_by_proxy = has_proxy_,
                  .is_connected = is_connected_,
                  .tls_alert = tls_.alert(),
                  .wants_certificate = wants_certificate_,
                  .is_answered = header_bytes_ > 0,
                  .is_plain = tls_.is_plain()};
  long system_error = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_HTTP_CONNECTCODE, &end.proxy_status);
  curl_easy_getinfo(handle_.get(), CURLINFO_SSL_VERIFYRESULT, &end.verify_result);
  curl_easy_getinfo(handle_.get(), CURLINFO_OS_ERRNO, &system_error);
  end.system_error = static_cast<int>(system_error);
  curl_off_t connected_after = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_PRETRANSFER_TIME_T, &connected_after);
  if (dial_timeout_ && connected_after == 0) end.timeout = std::min(timeout_, *dial_timeout_);
  return end;
}

HttpReply Transfer::reply(CURLcode result, std::set<std::string>& wanting_certificates) {
  if (tls_.wants_certificate()) wanting_certificates.insert(origin_.authority());
  wants_certificate_ = wanting_certificates.contains(origin_.authority());
  if (has_thrown_) return HttpFailure{HttpFailure::Kind::response, "there is not enough memory"};
  const bool is_cut = result == CURLE_WRITE_ERROR && response_.body.size() == max_body;
  if (result == CURLE_OK || is_cut) return response();
  if (has_refused_address_) return private_address();
  return failure_of(end(result));
}

}  // namespace pullsecret
