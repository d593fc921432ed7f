#include "registry/asked_registry.h"

#include <utility>
#include <variant>

#include <fmt/format.h>

#include "registry/follow_redirects.h"
#include "registry/origin.h"
#include "system/error.h"

namespace pullsecret {
namespace {

// Of one that was asked over http and sends to https, that.
std::string base_of(const std::string& url) {
  const auto origin = origin_of(url);
  return fmt::format("{}://{}", origin->is_https ? "https" : "http", origin->authority());
}

// What is no registry's answer counts only where there is no other. What it says of a scope is
// about no image: GitHub's names a repository that is a placeholder.
void take_greeting(AskedRegistry& registry, std::size_t which, const HttpReply& reply) {
  const auto* response = std::get_if<HttpResponse>(&reply);
  registry.answers = response != nullptr && !response->is_from_elsewhere &&
                     !is_web_page(*response) &&
                     (response->status == 200 || response->status == 401);
  if (which > 0 && !registry.answers) return;
  registry.used = which;
  registry.failure.reset();
  if (response == nullptr) {
    registry.failure = std::get<HttpFailure>(reply);
    return;
  }
  registry.is_private = response->is_private;
  registry.challenges = challenges_of(*response);
  for (Challenge& challenge : registry.challenges)
    challenge.scopes.clear();
  if (!response->is_from_elsewhere) registry.urls[which] = base_of(response->url);
}

// At the first or second URL of each.
void greet_at(std::size_t which, const std::vector<AskedRegistry*>& registries,
              const HttpExchange& exchange, const RegistryAccess& access) {
  if (registries.empty()) return;
  std::vector<HttpRequest> requests;
  requests.reserve(registries.size());
  for (const AskedRegistry* registry : registries)
    requests.push_back(registry->request(registry->urls[which], "/"));
  const std::vector<HttpReply> replies = follow_redirects(std::move(requests), exchange, access);
  for (std::size_t i = 0; i < replies.size(); ++i)
    take_greeting(*registries[i], which, replies[i]);
}

}  // namespace

HttpRequest AskedRegistry::request(const std::string& url_of_it, const std::string& path,
                                   const std::string& authorization) const {
  HttpRequest request{
      .url = url_of_it + "/v2" + path, .authorization = authorization, .trust = trust};
  if (endpoint == nullptr) return request;
  request.url = url_of_it + clean_path(endpoint->root + path) + (path == "/" ? "/" : "");
  set_endpoint(request, *endpoint);
  return request;
}

AskedRegistry asked_registry(const std::string& registry_host, const Endpoint* endpoint,
                             const RegistryAccess& access) {
  if (endpoint != nullptr) return {.endpoint = endpoint, .urls = endpoint->urls};
  const std::string host = serving_host(registry_host);
  AskedRegistry registry{.urls = {"https://" + host}};
  try {
    registry.trust = trust_for(host, access);
  } catch (const Error& error) {
    registry.failure = file_failure(error);
  }
  if (!registry.trust.anybody) return registry;
  registry.urls.push_back("http://" + host);
  if (is_loopback(origin_of(registry.url())->host))
    std::swap(registry.urls.front(), registry.urls.back());
  return registry;
}

void greet(std::vector<AskedRegistry*> registries, const HttpExchange& exchange,
           const RegistryAccess& access) {
  std::erase_if(registries,
                [](const AskedRegistry* registry) { return registry->failure.has_value(); });
  greet_at(0, registries, exchange, access);
  std::erase_if(registries, [](const AskedRegistry* registry) {
    return registry->answers || registry->urls.size() == 1;
  });
  greet_at(1, registries, exchange, access);
}

}  // namespace pullsecret
