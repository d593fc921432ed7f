#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "registry/http.h"

/// Servers that are a table: what they answer to `METHOD URL`. Whoever is not in it cannot be
/// reached. Stands in for the network, and keeps what was sent.
class FakeRegistries {
 public:
  using Answer = std::function<pullsecret::HttpReply(const pullsecret::HttpRequest&)>;

  FakeRegistries& on(const std::string& request, Answer answer) {
    answers_[request] = std::move(answer);
    return *this;
  }

  FakeRegistries& on(const std::string& request, const pullsecret::HttpReply& reply) {
    return on(request, [reply](const pullsecret::HttpRequest&) { return reply; });
  }

  pullsecret::HttpExchange exchange() {
    return [this](const std::vector<pullsecret::HttpRequest>& asked) {
      rounds.push_back(asked.size());
      std::vector<pullsecret::HttpReply> replies;
      replies.reserve(asked.size());
      for (const auto& request : asked)
        replies.push_back(reply_to(request));
      return replies;
    };
  }

  /// How often `METHOD URL` was asked.
  std::size_t times(const std::string& request) const {
    std::size_t count = 0;
    for (const auto& sent : requests)
      count += named(sent) == request ? 1U : 0U;
    return count;
  }

  /// `METHOD URL` of all that was asked, in its order.
  std::vector<std::string> asked() const {
    std::vector<std::string> names;
    for (const auto& sent : requests)
      names.push_back(named(sent));
    return names;
  }

  static std::string named(const pullsecret::HttpRequest& request) {
    static const std::vector<std::string> methods{"GET ", "HEAD ", "POST "};
    return methods.at(static_cast<std::size_t>(request.method)) + request.url;
  }

  std::vector<pullsecret::HttpRequest> requests;
  std::vector<std::size_t> rounds;  ///< how many requests went side by side

 private:
  pullsecret::HttpReply reply_to(const pullsecret::HttpRequest& request) {
    requests.push_back(request);
    const auto found = answers_.find(named(request));
    if (found != answers_.end()) return found->second(request);
    return pullsecret::HttpFailure{pullsecret::HttpFailure::Kind::connection, "nobody is there"};
  }

  std::map<std::string, Answer> answers_;
};

inline pullsecret::HttpResponse response(int status, std::string body = {},
                                         std::vector<pullsecret::HttpHeader> headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

/// A 401 that sends for a token, or wants Basic.
inline pullsecret::HttpResponse challenged(const std::string& challenge, std::string body = {}) {
  return response(401, std::move(body), {{"Www-Authenticate", challenge}});
}

/// The error of the distribution spec.
inline std::string refusal_body(const std::string& code, const std::string& message) {
  return R"({"errors":[{"code":")" + code + R"(","message":")" + message + R"("}]})";
}
