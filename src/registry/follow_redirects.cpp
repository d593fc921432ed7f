#include "registry/follow_redirects.h"

#include <cstddef>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "registry/origin.h"
#include "system/error.h"

namespace pullsecret {
namespace {

constexpr int most_redirects = 5;

std::optional<HttpFailure> refused(std::string message) {
  return HttpFailure{HttpFailure::Kind::response, std::move(message)};
}

/// A request on its way.
struct Walk {
  HttpRequest asked;    // as it came
  HttpRequest request;  // of this step

  bool is_elsewhere() const {
    const auto now = origin_of(request.url), first = origin_of(asked.url);
    return !now || !first || !speaks_for(*now, *first);
  }
};

// Takes the next step, or says why it is not taken.
std::optional<HttpFailure> take_step(Walk& walk, const HttpResponse& response,
                                     const RegistryAccess& access) {
  const auto before = origin_of(walk.request.url), after = origin_of(response.redirect);
  if (!after) return refused("it redirects to what is no http or https URL");
  if (before && before->is_https && !after->is_https)
    return refused(fmt::format("it redirects from https to http, at {}", after->host));
  walk.request.url = response.redirect;
  walk.request.may_be_private = walk.request.may_be_private && response.is_private;
  if (before == after) return std::nullopt;
  if (!walk.is_elsewhere()) {
    walk.request.authorization = walk.asked.authorization;
    walk.request.trust = walk.asked.trust;
    return std::nullopt;
  }
  walk.request.authorization.clear();
  if (walk.asked.is_trust_of_all) return std::nullopt;
  try {
    walk.request.trust = trust_for(after->authority(), access);
  } catch (const Error& error) {
    return file_failure(error);
  }
  return std::nullopt;
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
  std::vector<Walk> walks;
  walks.reserve(requests.size());
  for (HttpRequest& request : requests) {
    walks.push_back({.asked = request, .request = {}});
    walks.back().request = std::move(request);
  }
  for (int round = 0; round <= most_redirects; ++round) {
    std::vector<std::size_t> positions;
    std::vector<HttpRequest> next;
    for (std::size_t i = 0; i < replies.size(); ++i) {
      if (!is_to_be_followed(walks[i].request, replies[i])) continue;
      auto failure = round == most_redirects
                         ? refused(fmt::format("more than {} redirects", most_redirects))
                         : take_step(walks[i], std::get<HttpResponse>(replies[i]), access);
      if (failure) {
        replies[i] = *std::move(failure);
        continue;
      }
      positions.push_back(i);
      next.push_back(walks[i].request);
    }
    if (next.empty()) break;
    std::vector<HttpReply> answers = exchange(next);
    for (std::size_t k = 0; k < positions.size(); ++k)
      replies[positions[k]] = std::move(answers[k]);
  }
  for (std::size_t i = 0; i < replies.size(); ++i)
    if (auto* response = std::get_if<HttpResponse>(&replies[i])) {
      response->url = walks[i].request.url;
      response->is_from_elsewhere = walks[i].is_elsewhere();
    }
  return replies;
}

}  // namespace pullsecret
