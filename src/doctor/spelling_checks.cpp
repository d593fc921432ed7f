#include "doctor/spelling_checks.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "credential/registry.h"
#include "docker/ask_stores.h"
#include "docker/podman.h"
#include "doctor/checked_registry.h"
#include "doctor/podman_checks.h"
#include "kubernetes/keyring.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// An entry about a path has but one spelling.
bool is_spelled_right(const std::string& key) {
  return is_about_path(key) ||
         (is_used_by_docker(key) && served_images(key) == served_images(docker_server_url(key)));
}

// Docker compares the key itself before it compares hosts.
bool is_exact(const Registry& registry) {
  return registry.key == registry.server_url();
}

// The entry to keep among those of one registry: the one with a credential in it where there is no
// store, then the one that Docker takes, or that is spelled right, then the first.
const Registry& choose(const std::vector<Registry>& same) {
  return *std::max_element(same.begin(), same.end(), [](const Registry& a, const Registry& b) {
    const auto rank = [](const Registry& registry) {
      const bool counts = registry.store == nullptr && registry.has_login();
      return (counts ? 4 : 0) + (is_exact(registry) ? 2 : 0) +
             (is_spelled_right(registry.key) ? 1 : 0);
    };
    return rank(a) < rank(b);
  });
}

/// What all entries go by.
struct Entries {
  const Config& config;
  const HelperStates& stores;
  HelperClient* helpers;
  std::map<std::string, int> counts = {};  ///< how many Docker may take for a name
};

// Whether Docker may take another entry for `name`, which one of just that name would hide; or
// podman, which takes either for Docker Hub where none is called docker.io, or has its own.
bool has_another_entry(const Entries& entries, const Registry& registry, const std::string& name) {
  const auto is_other = [&](const std::string& looked_up) {
    const auto found = entries.counts.find(looked_up);
    return found != entries.counts.end() &&
           found->second > (docker_lookup_name(registry.key) == looked_up ? 1 : 0);
  };
  // Of a URL podman compares the host alone, in no order.
  const auto& auths = entries.config.auths;
  const bool has_token = name == docker_hub_key && !podmans_here().empty() &&
                         std::any_of(auths.begin(), auths.end(), [](const AuthEntry& entry) {
                           return is_docker_hub_token(entry.key);
                         });
  return has_token || is_other(name) ||
         (name == docker_hub_key && is_other(std::string(docker_hub_host))) ||
         podman_takes_its_own(name, entries.helpers);
}

enum class Stored { no, yes, unknown };

// Whether the store that Docker asks has a credential for `name`.
Stored is_stored(const Entries& entries, const std::string& name) {
  const std::string* store = store_for(entries.config, name);
  if (store == nullptr) return Stored::no;
  if (entries.helpers == nullptr || !works(entries.stores, *store)) return Stored::unknown;
  const StoreAnswer answer = get_from_stores({{*store, name}}, *entries.helpers).front();
  if (std::holds_alternative<Error>(answer)) return Stored::unknown;
  return std::holds_alternative<Credential>(answer) ? Stored::yes : Stored::no;
}

Remedy take_out(const Registry& registry) {
  return fix(" takes it out", {.entries = {{registry.key, Removed{}}}});
}

// What would be an entry without a credential under the right name, too, goes.
Finding misspelled(const Entries& entries, const Registry& registry, const std::string& right) {
  Finding finding = warning("entry-spelling", key_in_words(registry.key),
                            fmt::format("Docker or the kubelet does not use it under this name: it "
                                        "has to be {}",
                                        key_in_words(right)),
                            login_command(right));
  if (entries.config.auths.find(right) != nullptr) {
    finding.hint = fmt::format("take it out of the file: {} is there, too", key_in_words(right));
    if (registry.is_mere_name()) finding.remedy = take_out(registry);
    return finding;
  }
  if (has_another_entry(entries, registry, right)) return finding;
  const Stored stored = registry.is_mere_name() ? is_stored(entries, right) : Stored::yes;
  if (stored == Stored::no) finding.remedy = take_out(registry);
  if (stored != Stored::yes) return finding;
  finding.hint.clear();
  finding.remedy = fix(" renames it", {.entries = {{registry.key, Renamed{right}}}});
  return finding;
}

// Docker tells such a name apart, in letter case, too, and sends its credential for images of that
// host. It stays. With a store of just this name the line that says so comes first: a login under
// the other one would go elsewhere.
std::optional<Finding> misspelled_for_others(const Entries& entries, const Registry& registry) {
  const Config& config = entries.config;
  const std::string right = docker_server_url(registry.key);
  const std::string* store = store_for(config, right);
  if (registry.store && (store == nullptr || *store != *registry.store)) return std::nullopt;
  if (config.auths.find(right) != nullptr) return std::nullopt;
  Finding finding = warning("entry-spelling", key_in_words(registry.key),
                            fmt::format("the kubelet does not use it under this name, and Docker "
                                        "for just this host: for others it has to be {}",
                                        key_in_words(right)),
                            login_command(right));
  const bool is_asked_inline = registry.store == nullptr && store == nullptr;
  if (!registry.has_inline() || !is_asked_inline || has_another_entry(entries, registry, right))
    return finding;
  finding.hint.clear();
  finding.remedy =
      fix(" adds that, too", {.entries = {{right, Inline{registry.entry->credential}}}});
  return finding;
}

Finding for_kubelet_alone(const Registry& registry) {
  Finding finding = warning("entry-spelling", key_in_words(registry.key),
                            "the kubelet takes it for each host that matches, and Docker looks for "
                            "no such name",
                            "log in to each of its registries by name");
  if (registry.is_mere_name()) finding.remedy = take_out(registry);
  return finding;
}

std::optional<Finding> check_spelling(const Entries& entries, const Registry& registry) {
  const std::string& key = registry.key;
  if (const auto reason = why_serves_nothing(key)) {
    const std::string right = docker_server_url(bare_host(key));
    if (!is_about_path(trim_unseen(key)) && right != key && !why_serves_nothing(right))
      return misspelled(entries, registry, right);
    return warning("entry-spelling", key_in_words(key),
                   "no image's name has it: neither Docker nor the kubelet uses it",
                   reason->hint());
  }
  if (has_star(key)) return for_kubelet_alone(registry);
  if (is_spelled_right(key)) return std::nullopt;
  const std::string right = docker_server_url(key);
  return docker_lookup_name(key) != right ? misspelled_for_others(entries, registry)
                                          : misspelled(entries, registry, right);
}

const char* which_counts(const Registry& registry, const Registry& kept) {
  if (!is_used_by_docker(kept.key)) return "which has the credential, where Docker does not look";
  if (is_exact(kept) || !is_used_by_docker(registry.key)) return "which is the one that counts";
  if (registry.store != nullptr) return "and Docker asks the store once for both";
  return is_exact(registry) ? "which has the credential, and Docker takes this one, which has none"
                            : "and Docker takes either";
}

Finding twice(const Registry& registry, const Registry& counting) {
  Finding finding = warning("entry-twice", key_in_words(registry.key),
                            fmt::format("the same registry as {}, {}", key_in_words(counting.key),
                                        which_counts(registry, counting)),
                            "");
  const bool is_needless = !registry.has_login() ||
                           (counting.has_inline() &&
                            is_same_login(registry.entry->credential, counting.entry->credential));
  if (is_needless && !registry.entry->problem && !registry.entry->hides_another)
    finding.remedy = take_out(registry);
  else
    finding.hint = "keep one of them in the file; docker logout takes both";
  return finding;
}

Findings check_same(const Entries& entries, const std::vector<Registry>& same) {
  Findings findings;
  const Registry& counting = choose(same);
  append(findings, check_spelling(entries, counting));
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
    const auto differs = [&first = same.front()->credential](const AuthEntry* entry) {
      return !is_same_login(entry->credential, first);
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

}  // namespace

Findings check_spellings(const Config& config, const HelperStates& stores, HelperClient* helpers) {
  std::map<std::string, std::vector<Registry>> by_name;
  Entries entries{.config = config, .stores = stores, .helpers = helpers};
  for (const AuthEntry& entry : config.auths)
    ++entries.counts[docker_lookup_name(entry.key)];
  for (const AuthEntry& entry : config.auths)
    if (!is_docker_hub_token(entry.key)) {
      const std::string name = is_about_path(entry.key) ? entry.key : docker_lookup_name(entry.key);
      by_name[name].push_back(registry_of(config, entry.key));
    }
  Findings findings;
  append(findings, check_chance(config));
  for (const AuthEntry& entry : config.auths)
    append(findings, check_login_in_key(entry.key));
  for (const auto& [name, same] : by_name)
    append(findings, check_same(entries, same));
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
