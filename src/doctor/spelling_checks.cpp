#include "doctor/spelling_checks.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "credential/registry.h"
#include "doctor/registry.h"
#include "kubernetes/keyring.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// Docker compares the key itself, and then host names.
bool is_spelled_right(const std::string& key) {
  const std::string server_url = docker_server_url(key);
  return registry_host(key) == registry_host(server_url) &&
         served_images(key) == served_images(server_url);
}

// The entry that counts among those of one registry: the one with a credential in it where there is
// no store, then the one that is spelled right, then the first.
const Registry& choose(const std::vector<Registry>& same) {
  return *std::max_element(same.begin(), same.end(), [](const Registry& a, const Registry& b) {
    const auto rank = [](const Registry& registry) {
      const bool counts = registry.store == nullptr && registry.has_inline();
      return (counts ? 2 : 0) + (is_spelled_right(registry.key) ? 1 : 0);
    };
    return rank(a) < rank(b);
  });
}

Finding misspelled(const Registry& registry, bool is_taken) {
  const std::string right = docker_server_url(registry.key);
  Finding finding = warning("entry-spelling", key_in_words(registry.key),
                            fmt::format("Docker or the kubelet does not use it under this name: it "
                                        "has to be {}",
                                        key_in_words(right)),
                            "pullsecret doctor --fix renames it");
  if (!is_taken) finding.change.entries[registry.key] = Renamed{right};
  return finding;
}

Finding twice(const Registry& registry, const Registry& counting) {
  Finding finding = warning("entry-twice", key_in_words(registry.key),
                            fmt::format("the same registry as {}, which is the one that counts",
                                        key_in_words(counting.key)),
                            "docker logout " + key_in_words(registry.key));
  const bool is_needless = !registry.has_inline() ||
                           (counting.has_inline() &&
                            is_same_login(registry.entry->credential, counting.entry->credential));
  if (is_needless && !registry.entry->problem) finding.change.entries[registry.key] = Removed{};
  return finding;
}

Findings check_same(const std::vector<Registry>& same) {
  Findings findings;
  const Registry& counting = choose(same);
  const bool is_taken = std::any_of(same.begin(), same.end(), [&](const Registry& registry) {
    return registry.key == docker_server_url(counting.key);
  });
  if (!is_spelled_right(counting.key)) findings.push_back(misspelled(counting, is_taken));
  for (const Registry& registry : same)
    if (registry.key != counting.key) findings.push_back(twice(registry, counting));
  return findings;
}

// Nobody reads it there, and everybody sees it.
std::optional<Finding> check_login_in_key(const std::string& key) {
  if (key_in_words(key) == printable(key)) return std::nullopt;
  return warning("entry-login-in-key", key_in_words(key),
                 "its name holds a login, which Docker does not use",
                 "take it out of the name, and change the password");
}

// Whether Docker, as the config is, may find a credential for the registry elsewhere. A line that
// comes into effect would hide it.
bool may_be_found(const Config& config, const std::string& server_url) {
  return !config.creds_store.empty() ||
         std::any_of(config.auths.begin(), config.auths.end(), [&](const AuthEntry& entry) {
           return docker_server_url(entry.key) == server_url && !is_empty(entry.credential);
         });
}

Finding misspelled_line(const Config& config, const std::string& key, const std::string& helper) {
  const std::string right = docker_server_url(key);
  Finding finding = problem("entry-spelling", key_in_words(key),
                            fmt::format("Docker looks into credHelpers for {}, and does not find "
                                        "this name",
                                        key_in_words(right)),
                            "rename it, if that helper is meant; or take the line out");
  if (config.cred_helpers.contains(right)) {
    finding.change.cred_helpers[key] = "";
  } else if (!may_be_found(config, right)) {
    finding.change.cred_helpers[key] = "";
    finding.change.cred_helpers[right] = helper;
  }
  if (!finding.change.empty()) finding.hint = "pullsecret doctor --fix mends it";
  return finding;
}

// Docker looks into credHelpers by exactly the name that it asks for.
Findings check_helper_keys(const Config& config) {
  Findings findings;
  for (const auto& [key, helper] : config.cred_helpers)
    if (key != docker_server_url(key)) findings.push_back(misspelled_line(config, key, helper));
  return findings;
}

}  // namespace

Findings check_spellings(const Config& config) {
  std::map<std::string, std::vector<Registry>> by_server_url;
  for (const AuthEntry& entry : config.auths)
    if (!is_docker_hub_token(entry.key))
      by_server_url[docker_server_url(entry.key)].push_back(registry_of(config, entry.key));
  Findings findings = check_helper_keys(config);
  for (const AuthEntry& entry : config.auths)
    append(findings, check_login_in_key(entry.key));
  for (const auto& [server_url, same] : by_server_url)
    append(findings, check_same(same));
  return findings;
}

}  // namespace pullsecret
