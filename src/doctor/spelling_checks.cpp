#include "doctor/spelling_checks.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "credential/image_grammar.h"
#include "credential/registry.h"
#include "credential/url_pattern.h"
#include "docker/ask_stores.h"
#include "docker/podman.h"
#include "doctor/checked_registry.h"
#include "kubernetes/keyring.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// What people put around the name of a host and Docker does not take off: white space, a tag, and
// in credHelpers, where it looks for the bare name, all else.
std::string bare_host(const std::string& key) {
  std::string host = registry_host(trim_unseen(key));
  host.erase(0, host.rfind('@') + 1);
  const std::size_t colon = host.rfind(':');
  const bool is_port = colon == std::string::npos || host.ends_with(']') ||
                       host.find_first_not_of("0123456789", colon + 1) == std::string::npos;
  if (!is_port || host.ends_with(':')) host.erase(colon);
  return host;
}

// It stands for several hosts, to the kubelet.
bool has_star(const std::string& key) {
  return registry_host(key).find('*') != std::string::npos;
}

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
// podman, which takes either for Docker Hub where none is called docker.io.
bool has_another_entry(const Entries& entries, const Registry& registry, const std::string& name) {
  const auto is_other = [&](const std::string& looked_up) {
    const auto found = entries.counts.find(looked_up);
    return found != entries.counts.end() &&
           found->second > (docker_lookup_name(registry.key) == looked_up ? 1 : 0);
  };
  return is_other(name) || (name == docker_hub_key && is_other(std::string(docker_hub_host)));
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

// ---- The lines of credHelpers

/// Hosts by what stands behind each of their dots, and all of them by nothing.
using Hosts = std::map<std::string, std::vector<std::string>, std::less<>>;

// Of `keys` those that Docker looks for.
Hosts hosts_of(const std::vector<std::string>& keys) {
  Hosts hosts;
  for (const std::string& key : keys) {
    const std::string host = docker_lookup_name(key);
    if (!is_looked_for(host)) continue;
    hosts[""].push_back(host);
    for (std::size_t dot = host.find('.'); dot != std::string::npos; dot = host.find('.', dot + 1))
      hosts[host.substr(dot + 1)].push_back(host);
  }
  return hosts;
}

// Those that `pattern` matches.
std::vector<std::string> hosts_like(const Hosts& hosts, std::string_view pattern) {
  const std::size_t dot = pattern.find('.', pattern.find_last_of("*]"));
  const auto alike = hosts.find(dot == std::string_view::npos ? "" : pattern.substr(dot + 1));
  std::vector<std::string> matching;
  if (alike != hosts.end())
    std::copy_if(alike->second.begin(), alike->second.end(), std::back_inserter(matching),
                 [&](const std::string& host) { return glob_matches(pattern, host); });
  return matching;
}

/// What all lines go by.
struct Lines {
  const Config& config;
  const HelperStates& stores;
  HelperClient* helpers;
  std::set<std::string> inline_names = {};  ///< that Docker would find in the file without a store
  /// By the name that they mean, the helpers of those that do not have just that.
  std::map<std::string, std::set<std::string>> meant = {};
  Hosts hosts = {};                          ///< that the config names
  std::map<std::string, Hosts> stored = {};  ///< by store
};

struct Line {
  const std::string& key;
  const std::string& helper;
  const Lines& all;
};

std::string name_meant(const std::string& key) {
  return docker_lookup_name(bare_host(key));
}

Lines lines_of(const Config& config, const HelperStates& stores, HelperClient* helpers) {
  Lines lines{.config = config, .stores = stores, .helpers = helpers};
  if (config.cred_helpers.empty()) return lines;
  for (const AuthEntry& entry : config.auths)
    if (!is_empty(entry.credential)) lines.inline_names.insert(docker_lookup_name(entry.key));
  for (const auto& [key, helper] : config.cred_helpers)
    if (std::string name = name_meant(key); name != key)
      lines.meant[std::move(name)].insert(helper);
  lines.hosts = hosts_of(registries_looked_for(config));
  for (const auto& [name, store] : stores)
    if (store.listed) lines.stored[name] = hosts_of(*store.listed);
  return lines;
}

// Whether `credsStore` may give what the line's helper would be asked for.
bool may_be_stored(const Line& line, const std::string& name) {
  const std::string& creds_store = line.all.config.creds_store;
  if (creds_store.empty() || creds_store == line.helper) return false;
  const auto store = line.all.stores.find(creds_store);
  if (store != line.all.stores.end() && store->second.condition == Condition::lost) return false;
  return line.all.helpers == nullptr ||
         !std::holds_alternative<NotFound>(
             get_from_stores({{creds_store, name}}, *line.all.helpers).front());
}

// Whether Docker, as the config is, may find a credential for `name` where it would not look if a
// line of that name came into effect.
bool may_hide(const Line& line, const std::string& name) {
  return line.all.inline_names.contains(name) || may_be_stored(line, name);
}

// Whether a line that says something else would get the same name.
bool has_rival(const Line& line, const std::string& name) {
  const auto meant = line.all.meant.find(name);
  return meant != line.all.meant.end() &&
         (meant->second.size() > 1 || *meant->second.begin() != line.helper);
}

Finding misspelled_line(const Line& line, const std::string& right) {
  Finding finding = problem("entry-spelling", key_in_words(line.key),
                            fmt::format("Docker looks into credHelpers for {}, and does not find "
                                        "this name",
                                        key_in_words(right)),
                            "rename it, if that helper is meant; or take the line out");
  HelperChanges lines;
  if (line.key != podman_lookup_name(right)) lines[line.key] = std::nullopt;
  const bool is_there = line.all.config.cred_helpers.contains(right);
  if (!is_there && !line.helper.empty()) lines[right] = line.helper;
  if (is_there || (!may_hide(line, right) && !has_rival(line, right)))
    finding.remedy = fix(" mends it", {.cred_helpers = std::move(lines)});
  return finding;
}

std::string example_line(const std::string& name, const std::string& helper) {
  return fmt::format(R"("{}": "{}")", printable(name), printable(helper));
}

// Docker tells such a name apart, in letter case, too: `docker login` under another one keeps its
// credential elsewhere.
std::optional<Finding> line_for_one_spelling(const Line& line) {
  const std::string right = docker_server_url(line.key);
  if (right == line.key || line.helper.empty() || line.all.config.cred_helpers.contains(right))
    return std::nullopt;
  Finding finding = warning(
      "entry-spelling", key_in_words(line.key),
      fmt::format("Docker takes this line of credHelpers for just this spelling: for others it has "
                  "to be {}",
                  key_in_words(right)),
      fmt::format("add {} to credHelpers, if that helper is meant",
                  example_line(right, line.helper)));
  if (may_hide(line, right)) return finding;
  finding.hint.clear();
  finding.remedy = fix(" adds that, too", {.cred_helpers = {{right, line.helper}}});
  return finding;
}

// The registries that the config or a store knows, and for which it seems to stand.
std::vector<std::string> hosts_like(const Line& line) {
  const std::string pattern = bare_host(line.key);
  std::vector<std::string> hosts = hosts_like(line.all.hosts, pattern);
  for (const auto& [store, stored] : line.all.stored)
    if (store == line.helper || store == line.all.config.creds_store)
      for (std::string& host : hosts_like(stored, pattern))
        hosts.push_back(std::move(host));
  return without_repeats(std::move(hosts));
}

Finding line_with_star(const Line& line) {
  std::vector<std::string> hosts = hosts_like(line), examples;
  ConfigChange change{.cred_helpers = {{line.key, std::nullopt}}};
  bool is_safe = !hosts.empty();
  for (const std::string& host : hosts) {
    examples.push_back(example_line(host, line.helper));
    if (line.all.config.cred_helpers.contains(host)) continue;
    is_safe &= works(line.all.stores, line.helper) && !may_hide(line, host);
    change.cred_helpers[host] = line.helper;
  }
  if (hosts.empty()) examples.push_back(example_line("REGISTRY", line.helper));
  Finding finding = problem(
      "entry-spelling", key_in_words(line.key),
      "Docker looks into credHelpers for the name of a registry, and takes no * for one: this line "
      "is for none",
      fmt::format("write a line for each registry in its place: {}", join(examples, ", ")));
  if (is_safe) finding.remedy = fix(" does that", std::move(change));
  return finding;
}

// Whatever Docker asks for Docker Hub, docker.io is what podman asks for.
bool is_for_podman_alone(const Line& line) {
  return is_podmans_name(line.key) && line.key != docker_lookup_name(line.key) &&
         (is_line_for_podman(line.all.config, line.key) ||
          line.all.config.cred_helpers.contains(docker_lookup_name(line.key)));
}

// Docker looks into credHelpers by exactly the name that it asks for.
std::optional<Finding> check_line(const Line& line) {
  if (is_for_podman_alone(line)) return std::nullopt;
  const std::string right = name_meant(line.key);
  if (is_docker_hub_token(line.key)) return std::nullopt;
  if (is_looked_for(right))
    return line.key == right ? line_for_one_spelling(line) : misspelled_line(line, right);
  if (has_star(line.key)) return line_with_star(line);
  return problem("entry-spelling", key_in_words(line.key),
                 "no registry has such a name: Docker never finds this line of credHelpers",
                 "write the registry's HOST or HOST:PORT in its place, or take the line out");
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
  const Lines lines = lines_of(config, stores, helpers);
  for (const auto& [key, helper] : config.cred_helpers)
    append(findings, check_line({key, helper, lines}));
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
