#include "doctor/helper_line_checks.h"

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
#include "doctor/podman_checks.h"
#include "system/text.h"

namespace pullsecret {
namespace {

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

// Whether Docker or podman, as the config is, may find a credential for `name` where it would not
// look if a line of that name came into effect.
bool may_hide(const Line& line, const std::string& name) {
  return line.all.inline_names.contains(name) || may_be_stored(line, name) ||
         podman_takes_its_own(name, line.all.helpers);
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
  const std::string* store = store_for(line.all.config, right);
  if (right == line.key || line.helper.empty() || line.all.config.cred_helpers.contains(right) ||
      (store != nullptr && *store == line.helper))
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

Findings check_helper_lines(const Config& config, const HelperStates& stores,
                            HelperClient* helpers) {
  const Lines lines = lines_of(config, stores, helpers);
  Findings findings;
  for (const auto& [key, helper] : config.cred_helpers)
    append(findings, check_line({key, helper, lines}));
  return findings;
}

}  // namespace pullsecret
