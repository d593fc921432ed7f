#include "operations/provide.h"

#include <map>
#include <utility>
#include <variant>
#include <vector>

#include "credential/registry.h"
#include "docker/config_file.h"
#include "docker/resolve.h"
#include "kubernetes/provider_answer.h"
#include "kubernetes/pull_credential.h"
#include "operations/usable_credentials.h"

namespace pullsecret {
namespace {

// What has no credential has none, of which an account that was named is told; any other reason is
// an error.
WithNotices<KeyedCredentials> take_known(std::vector<Resolved> resolved, bool is_of_account) {
  WithNotices<KeyedCredentials> known;
  for (Resolved& registry : resolved) {
    if (const auto* absent = std::get_if<NoCredential>(&registry.outcome)) {
      if (is_of_account)
        known.notices.push_back({.text = {key_in_words(registry.key), absent->reason.what()}});
      continue;
    }
    try {
      if (const Error* error = why_unresolved(registry)) throw *error;
      auto& credential = std::get<Credential>(registry.outcome);
      known.value.emplace_back(registry.key, pull_credential(registry.key, std::move(credential)));
    } catch (const Error& error) {
      throw Error(key_in_words(registry.key), error.what());
    }
  }
  return known;
}

}  // namespace

WithNotices<ProviderResponse> provide(const ProviderRequest& request,
                                      const std::optional<std::string>& named,
                                      const std::string& account, HelperClient& helpers, Time now) {
  if (!is_any_config(named)) return {provider_answer(request, {}, {}, {})};
  Config config = load_config(named).config;
  config.account = account;
  const std::vector<std::string> known = named_registries(config);
  WithNotices<KeyedCredentials> found =
      take_known(resolve(config, registries_for_images(config, known, {request.image}), helpers),
                 !account.empty());
  KeyedCredentials credentials = mend_keys(std::move(found.value)).value;
  const std::map<std::string, Credential> by_key(std::move_iterator(credentials.begin()),
                                                 std::move_iterator(credentials.end()));
  return {provider_answer(request, by_key, known, now), std::move(found.notices)};
}

}  // namespace pullsecret
