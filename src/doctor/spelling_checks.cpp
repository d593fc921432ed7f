#include "doctor/spelling_checks.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "credential/registry.h"
#include "doctor/checked_registry.h"
#include "kubernetes/keyring.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// An entry about a path has but one spelling.
bool is_spelled_right(const std::string& key) {
  return is_about_path(key) ||
         (is_used_by_docker(key) && served_images(key) == served_images(docker_server_url(key)));
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

// Whether Docker may take another entry for `name`, which one of just that name would hide.
bool has_another_entry(const Config& config, const Registry& registry, const std::string& name) {
  return std::any_of(config.auths.begin(), config.auths.end(), [&](const AuthEntry& other) {
    return other.key != registry.key && docker_lookup_name(other.key) == name;
  });
}

Finding misspelled(const Config& config, const Registry& registry) {
  const std::string right = docker_server_url(registry.key);
  Finding finding = warning("entry-spelling", key_in_words(registry.key),
                            fmt::format("Docker or the kubelet does not use it under this name: it "
                                        "has to be {}",
                                        key_in_words(right)),
                            login_command(right));
  if (has_another_entry(config, registry, right)) return finding;
  finding.hint.clear();
  finding.remedy = fix(" renames it", {.entries = {{registry.key, Renamed{right}}}});
  return finding;
}

// Docker tells such a name apart, in letter case, too, and sends its credential for images of that
// host. It stays.
std::optional<Finding> misspelled_for_others(const Config& config, const Registry& registry) {
  const std::string right = docker_server_url(registry.key);
  if (config.auths.find(right) != nullptr) return std::nullopt;
  Finding finding = warning("entry-spelling", key_in_words(registry.key),
                            fmt::format("the kubelet does not use it under this name, and Docker "
                                        "for just this host: for others it has to be {}",
                                        key_in_words(right)),
                            login_command(right));
  const bool is_asked_inline = registry.store == nullptr && !registry_of(config, right).store;
  if (!registry.has_inline() || !is_asked_inline || has_another_entry(config, registry, right))
    return finding;
  finding.hint.clear();
  finding.remedy =
      fix(" adds that, too", {.entries = {{right, Inline{registry.entry->credential}}}});
  return finding;
}

std::optional<Finding> check_spelling(const Config& config, const Registry& registry) {
  if (const auto reason = why_serves_nothing(registry.key))
    return warning("entry-spelling", key_in_words(registry.key),
                   "no image's name has it: neither Docker nor the kubelet uses it",
                   reason->hint());
  if (is_spelled_right(registry.key)) return std::nullopt;
  const bool is_own_name = docker_lookup_name(registry.key) != docker_server_url(registry.key);
  return is_own_name ? misspelled_for_others(config, registry) : misspelled(config, registry);
}

Finding twice(const Registry& registry, const Registry& counting) {
  const bool is_either = counting.key != counting.server_url() && is_used_by_docker(registry.key);
  const char* which = !is_used_by_docker(counting.key)
                          ? "which has the credential, where Docker does not look"
                      : is_either ? "and Docker takes either"
                                  : "which is the one that counts";
  Finding finding =
      warning("entry-twice", key_in_words(registry.key),
              fmt::format("the same registry as {}, {}", key_in_words(counting.key), which), "");
  const bool is_needless = !registry.has_inline() ||
                           (counting.has_inline() &&
                            is_same_login(registry.entry->credential, counting.entry->credential));
  if (is_needless && !registry.entry->problem && !registry.entry->hides_another)
    finding.remedy = fix(" takes it out", {.entries = {{registry.key, Removed{}}}});
  else
    finding.hint = "keep one of them in the file; docker logout takes both";
  return finding;
}

Findings check_same(const Config& config, const std::vector<Registry>& same) {
  Findings findings;
  const Registry& counting = choose(same);
  append(findings, check_spelling(config, counting));
  for (const Registry& registry : same)
    if (registry.key != counting.key) findings.push_back(twice(registry, counting));
  return findings;
}

// Docker compares the hosts of all entries, in no order, where none has the registry's own name.
Findings check_chance(const Config& config) {
  std::map<std::string, std::vector<const AuthEntry*>> by_host;
  for (const AuthEntry& entry : config.auths)
    by_host[registry_host(entry.key)].push_back(&entry);
  Findings findings;
  for (const auto& [host, same] : by_host) {
    const auto differs = [&](const AuthEntry* entry) {
      return !is_same_login(entry->credential, same.front()->credential);
    };
    const auto other = std::find_if(same.begin(), same.end(), differs);
    if (other == same.end() || docker_lookup_name(host) != host ||
        config.auths.find(host) != nullptr || store_for(config, host) != nullptr)
      continue;
    findings.push_back(problem(
        "entry-by-chance", key_in_words(host),
        fmt::format("Docker takes any of {} entries for it, from run to run: such as {}, or {}",
                    same.size(), key_in_words(same.front()->key), key_in_words((*other)->key)),
        login_command(host)));
  }
  return findings;
}

// Nobody reads it there, and everybody sees it.
std::optional<Finding> check_login_in_key(const std::string& key) {
  if (!has_login(key)) return std::nullopt;
  return warning("entry-login-in-key", key_in_words(key),
                 "its name holds a login, which Docker does not use",
                 "take it out of the name, and change the password");
}

// Whether Docker, as the config is, may find a credential for the registry elsewhere. A line that
// comes into effect would hide it.
bool may_be_found(const Config& config, const std::string& server_url) {
  return !config.creds_store.empty() ||
         std::any_of(config.auths.begin(), config.auths.end(), [&](const AuthEntry& entry) {
           return docker_lookup_name(entry.key) == server_url && !is_empty(entry.credential);
         });
}

Finding misspelled_line(const Config& config, const std::string& key, const std::string& helper) {
  const std::string right = docker_lookup_name(key);
  Finding finding = problem("entry-spelling", key_in_words(key),
                            fmt::format("Docker looks into credHelpers for {}, and does not find "
                                        "this name",
                                        key_in_words(right)),
                            "rename it, if that helper is meant; or take the line out");
  if (config.cred_helpers.contains(right))
    finding.remedy = fix(" mends it", {.cred_helpers = {{key, std::nullopt}}});
  else if (!may_be_found(config, right))
    finding.remedy = fix(" mends it", {.cred_helpers = {{key, std::nullopt}, {right, helper}}});
  return finding;
}

// Docker looks into credHelpers by exactly the name that it asks for.
Findings check_helper_keys(const Config& config) {
  Findings findings;
  for (const auto& [key, helper] : config.cred_helpers)
    if (key != docker_lookup_name(key) && !is_about_path(key))
      findings.push_back(misspelled_line(config, key, helper));
  return findings;
}

}  // namespace

Findings check_spellings(const Config& config) {
  std::map<std::string, std::vector<Registry>> by_name;
  for (const AuthEntry& entry : config.auths)
    if (!is_docker_hub_token(entry.key)) {
      const std::string name = is_about_path(entry.key) ? entry.key : docker_lookup_name(entry.key);
      by_name[name].push_back(registry_of(config, entry.key));
    }
  Findings findings = check_helper_keys(config);
  append(findings, check_chance(config));
  for (const AuthEntry& entry : config.auths)
    append(findings, check_login_in_key(entry.key));
  for (const auto& [name, same] : by_name)
    append(findings, check_same(config, same));
  return findings;
}

void take_back_ok(Findings& findings, const Config& config) {
  std::set<std::string> unused;
  for (const AuthEntry& entry : config.auths)
    if (!is_about_path(entry.key) && !is_used_by_docker(entry.key))
      unused.insert(key_in_words(entry.key));
  std::erase_if(findings, [&](const Finding& finding) {
    return finding.name == "entry-ok" && unused.contains(finding.subject);
  });
}

}  // namespace pullsecret
