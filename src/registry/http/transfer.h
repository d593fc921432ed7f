#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "registry/http.h"

namespace pullsecret {

/// Why `request` is not made at all: its URL is none, or leads to an address that it does not
/// allow.
std::optional<HttpFailure> refusal_of(const HttpRequest& request);

/// One request on its way, as a transfer of libcurl. Proxies are those that curl finds in the
/// environment; no cookie, no netrc and no .curlrc has a part in it.
class Transfer {
 public:
  /// `request` is one without a refusal. Throws Error for a certificate that cannot be read.
  Transfer(std::size_t number, const HttpRequest& request, std::chrono::milliseconds timeout);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  std::size_t number() const { return number_; }
  CURL* handle() const { return handle_.get(); }

  /// What came of it, once libcurl has ended it with `result`.
  HttpReply reply(CURLcode result);

 private:
  void set_request(const HttpRequest& request);
  void set_trust(const TlsTrust& trust);
  void skip_authorities();
  void set_authorities(const TlsTrust& trust);
  HttpResponse response();
  std::optional<HttpFailure> proxy_failure(CURLcode result, const std::string& words);
  bool is_refused_address(const std::string& address, int port);

  static std::size_t take_body(char* bytes, std::size_t one, std::size_t count, void* transfer);
  static std::size_t take_header(char* bytes, std::size_t one, std::size_t count, void* transfer);
  static curl_socket_t open_socket(void* transfer, curlsocktype purpose, curl_sockaddr* address);
  static int check_connection(void* transfer, char* address, char* own_address, int port,
                              int own_port);

  struct EasyCleanup {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  struct ListCleanup {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  std::size_t number_;
  std::unique_ptr<CURL, EasyCleanup> handle_;
  std::unique_ptr<curl_slist, ListCleanup> headers_;
  std::string form_;         // libcurl does not copy it
  std::string authorities_;  // nor this
  std::string words_;        // libcurl's, of a failure
  bool may_be_private_;
  int port_ = 0;  // the URL's own: another is a proxy's
  bool has_proxy_ = false;
  bool has_refused_address_ = false;
  std::size_t header_bytes_ = 0;
  HttpResponse response_;
};

}  // namespace pullsecret
