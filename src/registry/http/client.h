#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "registry/http.h"
#include "registry/http/transfer.h"

namespace pullsecret {

/// Makes requests by libcurl, whose connections live as long as this. No program but
/// pullsecret-check has it: no other command takes the time to load libcurl, and what OpenSSL
/// leaves in its heap is gone with a process that does nothing else.
class HttpClient {
 public:
  /// Called about ten times a second while requests run: how many of how many are done, and the URL
  /// of one that is not.
  using Progress = std::function<void(std::size_t done, std::size_t total, const std::string& url)>;

  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  /// A time limit for all begins now, by `clock`. Throws Error if libcurl cannot be used.
  explicit HttpClient(HttpLimits limits, Clock clock = std::chrono::steady_clock::now);

  /// An HttpExchange: makes all requests side by side; the replies are in their order.
  std::vector<HttpReply> exchange(const std::vector<HttpRequest>& requests,
                                  const Progress& progress = {});

 private:
  struct MultiCleanup {
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
  };
  using Running = std::map<CURL*, std::unique_ptr<Transfer>>;

  std::chrono::milliseconds time_left() const;
  std::optional<HttpReply> start(std::size_t number, const HttpRequest& request, Running& running);
  void take_replies(Running& running, std::vector<HttpReply>& replies);

  HttpLimits limits_;
  Clock clock_;
  std::chrono::steady_clock::time_point begun_;
  std::unique_ptr<CURLM, MultiCleanup> multi_;  // keeps the connections
  std::set<std::string> wanting_certificates_;  // hosts, with port
};

}  // namespace pullsecret
