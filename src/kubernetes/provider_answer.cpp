#include "kubernetes/provider_answer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "kubernetes/keyring.h"

namespace pullsecret {
namespace {

bool serves_a_part(const std::string& key, const Image& image) {
  const auto filed = filed_key(kubelet_registry_key(key));
  const std::size_t path = filed ? filed->find('/') : std::string::npos;
  return path != std::string::npos && serves_image(filed->substr(0, path), image);
}

std::optional<std::chrono::seconds> shortest_time(const std::map<std::string, Credential>& auth,
                                                  Time now) {
  std::optional<std::chrono::seconds> shortest;
  for (const auto& [key, credential] : auth) {
    const auto end = expiry_of(credential);
    if (!end) continue;
    const auto kept = time_to_keep(*end, now);
    shortest = std::min(kept, shortest.value_or(kept));
  }
  return shortest;
}

}  // namespace

std::chrono::seconds time_to_keep(Time end, Time now) {
  constexpr std::chrono::seconds most = std::chrono::hours(12);
  return std::clamp((end - now) / 10 * 9, std::chrono::seconds(0), most);
}

ProviderResponse provider_answer(const ProviderRequest& request,
                                 const std::map<std::string, Credential>& credentials,
                                 const std::vector<std::string>& known_keys, Time now) {
  std::vector<KeyringEntry> entries;
  entries.reserve(credentials.size());
  for (const auto& [key, credential] : credentials)
    entries.push_back({key, credential});
  const Keyring keyring(std::move(entries));
  ProviderResponse response{.api_version = request.api_version};
  for (const KeyringEntry* entry : keyring.offered(request.image))
    response.auth.emplace(entry->key, entry->credential);
  const bool has_parts =
      std::any_of(known_keys.begin(), known_keys.end(),
                  [&](const std::string& key) { return serves_a_part(key, request.image); });
  response.cache_key_type = has_parts ? CacheKeyType::image : CacheKeyType::registry;
  response.cache_duration = shortest_time(response.auth, now);
  return response;
}

}  // namespace pullsecret
