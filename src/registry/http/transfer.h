#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "registry/http.h"
#include "registry/http/failure.h"
#include "registry/http/tls_watch.h"
#include "registry/origin.h"
#include "registry/proxy.h"

namespace pullsecret {

/// Why `request` is not made at all: its URL is none, or leads to an address that it does not
/// allow.
std::optional<HttpFailure> refusal_of(const HttpRequest& request);

/// One request on its way, as a transfer of libcurl. Proxies are those of the environment
/// (proxy.h); no cookie, no netrc and no .curlrc has a part in it.
class Transfer {
 public:
  /// `request` is one without a refusal. Throws Error for a certificate that cannot be read.
  Transfer(std::size_t number, const HttpRequest& request, std::chrono::milliseconds timeout);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  std::size_t number() const { return number_; }
  CURL* handle() const { return handle_.get(); }

  /// What came of it, once libcurl has ended it with `result`. `wanting_certificates` are the
  /// hosts, with port, that have asked for a client certificate: a connection that is used again
  /// does not say it again.
  HttpReply reply(CURLcode result, std::set<std::string>& wanting_certificates);

 private:
  void set_request(const HttpRequest& request);
  void set_proxy();
  void set_trust();
  void skip_authorities();
  void set_authorities();
  void set_blob(CURLoption option, std::string& bytes);
  HttpResponse response();
  TransferEnd end(CURLcode result) const;
  bool is_refused_address(const std::string& address, int port);

  template <typename Result, typename Work>
  static Result guarded(void* transfer, Result failure, Work work) noexcept;
  static std::size_t take_body(char* bytes, std::size_t one, std::size_t count,
                               void* transfer) noexcept;
  static std::size_t take_header(char* bytes, std::size_t one, std::size_t count,
                                 void* transfer) noexcept;
  static curl_socket_t open_socket(void* transfer, curlsocktype purpose,
                                   curl_sockaddr* address) noexcept;
  static int check_connection(void* transfer, char* address, char* own_address, int port,
                              int own_port) noexcept;
  static int hear(CURL* handle, curl_infotype type, char* bytes, std::size_t count,
                  void* transfer) noexcept;

  struct EasyCleanup {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  struct ListCleanup {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  std::size_t number_;
  std::unique_ptr<CURL, EasyCleanup> handle_;
  std::unique_ptr<curl_slist, ListCleanup> headers_;
  std::string form_;                             // libcurl does not copy it
  std::string authorities_, certificate_, key_;  // nor these
  Origin origin_;
  TlsTrust trust_;
  std::chrono::milliseconds timeout_;
  std::optional<std::chrono::milliseconds> dial_timeout_;
  std::optional<Proxy> proxy_;
  bool may_be_private_, wants_token_;
  bool has_proxy_ = false;  // its port is another than the URL's
  bool is_connected_ = false;
  bool has_refused_address_ = false;
  bool has_thrown_ = false;
  bool wants_certificate_ = false;
  TlsWatch tls_;
  std::size_t header_bytes_ = 0;
  HttpResponse response_;
};

}  // namespace pullsecret
