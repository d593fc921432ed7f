#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "registry/http.h"
#include "system/conversation.h"

namespace pullsecret {

/// Where pullsecret's HTTP program is installed: `libexec/pullsecret/pullsecret-http` under the
/// prefix of the running program. Throws Error if it is not there.
std::filesystem::path http_program();

struct HttpLimits {
  std::size_t jobs = 16;                                         ///< requests at once
  std::chrono::milliseconds timeout = std::chrono::seconds(30);  ///< of each
};

/// Makes requests through pullsecret's HTTP program, which runs as long as this lives. libcurl is
/// in a program of its own so that no other command takes the time to load it, and so that what
/// OpenSSL leaves in its heap is gone with a short-lived process.
class HttpClient {
 public:
  /// Called about ten times a second while requests run: how many of how many are done, and the URL
  /// of one that is not.
  using Progress = std::function<void(std::size_t done, std::size_t total, const std::string& url)>;

  /// Starts the program: what is done until the first request gives it time to load. Throws Error
  /// if it cannot be run.
  HttpClient(const std::filesystem::path& program, HttpLimits limits);

  /// An HttpExchange: makes all requests side by side; the replies are in their order. Throws Error
  /// if the program fails.
  std::vector<HttpReply> exchange(const std::vector<HttpRequest>& requests,
                                  const Progress& progress = {});

 private:
  std::string name_;
  Conversation conversation_;
};

}  // namespace pullsecret
