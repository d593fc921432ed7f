#include "registry/follow_redirects.h"

#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "registry/origin.h"
#include "system/error.h"

namespace pullsecret {
namespace {

constexpr int most_redirects = 5;

HttpFailure refused(std::string message) {
  return {HttpFailure::Kind::response, std::move(message)};
}

// What is to be asked next, or why it is not.
std::variant<HttpRequest, HttpFailure> redirected(HttpRequest request, const HttpResponse& response,
                                                  const RegistryAccess& access) {
  const auto before = origin_of(request.url), after = origin_of(response.redirect);
  if (!after) return refused("it redirects to what is no http or https URL");
  if (before && before->is_https && !after->is_https)
    return refused(fmt::format("it redirects from https to http, at {}", after->host));
  request.url = response.redirect;
  request.may_be_private = request.may_be_private && response.is_private;
  if (before == after) return request;
  request.authorization.clear();
  try {
    request.trust = trust_for(after->authority(), access);
  } catch (const Error& error) {
    return HttpFailure{HttpFailure::Kind::certificate, error.what()};
  }
  return request;
}

bool is_to_be_followed(const HttpRequest& request, const HttpReply& reply) {
  const auto* response = std::get_if<HttpResponse>(&reply);
  return response != nullptr && response->status >= 300 && response->status < 400 &&
         !response->redirect.empty() && request.method != HttpMethod::post;
}

}  // namespace

std::vector<HttpReply> follow_redirects(std::vector<HttpRequest> requests,
                                        const HttpExchange& exchange,
                                        const RegistryAccess& access) {
  std::vector<HttpReply> replies = exchange(requests);
  for (int round = 0; round <= most_redirects; ++round) {
    std::vector<std::size_t> positions;
    std::vector<HttpRequest> next;
    for (std::size_t i = 0; i < replies.size(); ++i) {
      if (!is_to_be_followed(requests[i], replies[i])) continue;
      auto step = redirected(requests[i], std::get<HttpResponse>(replies[i]), access);
      if (round == most_redirects)
        step = refused(fmt::format("more than {} redirects", most_redirects));
      if (auto* failure = std::get_if<HttpFailure>(&step)) {
        replies[i] = std::move(*failure);
        continue;
      }
      requests[i] = std::get<HttpRequest>(std::move(step));
      positions.push_back(i);
      next.push_back(requests[i]);
    }
    if (next.empty()) break;
    std::vector<HttpReply> answers = exchange(next);
    for (std::size_t k = 0; k < positions.size(); ++k)
      replies[positions[k]] = std::move(answers[k]);
  }
  return replies;
}

}  // namespace pullsecret
