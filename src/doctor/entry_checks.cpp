#include "doctor/entry_checks.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "credential/registry.h"
#include "credential/token.h"
#include "docker/resolve.h"
#include "helper/answer.h"
#include "kubernetes/keyring.h"
#include "system/text.h"

namespace pullsecret {
namespace {

/// One registry of the config.
struct Registry {
  std::string key;
  const AuthEntry* entry = nullptr;    ///< its entry, if there is one
  const std::string* store = nullptr;  ///< the name of the store that Docker asks, if there is one

  bool has_inline() const { return entry != nullptr && !is_empty(entry->credential); }
};

Registry registry_of(const Config& config, const std::string& key) {
  const std::string* store = store_for(config, key);
  const bool is_named = store != nullptr && !store->empty();
  return {key, config.auths.find(key), is_named ? store : nullptr};
}

std::string log_in_again(const std::string& key) {
  const std::string host = registry_host(docker_server_url(key));
  return is_docker_hub_host(host) ? "docker login" : "docker login " + printable(host);
}

// ---- What a credential is worth

Finding describe(const Registry& registry, const Credential& credential, const std::string& place) {
  const CredentialKind kind = credential_kind(credential);
  const std::string owner =
      credential.username.empty()
          ? ""
          : fmt::format(" of the user {}", printable(credential.username, 60));
  Finding finding{.name = "entry-ok",
                  .subject = printable(registry.key),
                  .message = fmt::format("{}{}, {}", in_words(kind), owner, place)};
  const auto expiry = expiry_of(credential);
  if (expiry && *expiry <= std::chrono::system_clock::now()) {
    finding.name = "entry-expired";
    finding.severity = Severity::problem;
    finding.message +=
        fmt::format(": it ended at {}, and the registry refuses it", in_words(*expiry));
    finding.hint = log_in_again(registry.key);
    return finding;
  }
  if (expiry) finding.message += fmt::format("; it ends at {}", in_words(*expiry));
  if (!has_password(credential)) {
    finding.name = "entry-identity-token";
    finding.severity = Severity::warning;
    finding.message +=
        "; Docker can use it, a pull secret cannot: the kubelet reads passwords only";
    finding.hint = "for Kubernetes log in with an access token as the password";
  }
  return finding;
}

// ---- Where the credential is

Finding plain_text_beside(const Registry& registry) {
  const std::string key = printable(registry.key), store = printable(*registry.store);
  return {
      .name = "entry-plain-text",
      .severity = Severity::warning,
      .subject = key,
      .message = fmt::format("its credential stands in the file in plain text, though Docker asks "
                             "the store {} in its place",
                             store),
      .hint = fmt::format("pullsecret migrate --from inline --to {} --registry {}", store, key)};
}

Finding missing_from_store(const Registry& registry, bool is_elsewhere) {
  Finding finding{
      .name = "entry-not-in-store",
      // A line of credHelpers alone does not say that somebody has logged in.
      .severity = registry.entry ? Severity::problem : Severity::warning,
      .subject = printable(registry.key),
      .message = fmt::format("the store {} has no credential for it: Docker is anonymous "
                             "to this registry",
                             printable(*registry.store)),
      .hint = log_in_again(registry.key)};
  if (is_elsewhere)
    finding.message = fmt::format(
        "the store {} has it under another spelling, which Docker does not "
        "ask for",
        printable(*registry.store));
  // What holds nothing can go: it only says that somebody was logged in.
  const bool holds_nothing = registry.entry != nullptr && !registry.has_inline() &&
                             registry.entry->credential.email.empty();
  if (holds_nothing && !is_elsewhere) finding.change.entries[registry.key] = Removed{};
  return finding;
}

Finding undecodable(const Registry& registry) {
  const Error& problem = *registry.entry->problem;
  return {
      .name = "entry-undecodable",
      .severity = Severity::problem,
      .subject = printable(registry.key),
      .message = fmt::format("{}; Docker refuses the whole file because of it", problem.what()),
      .hint = "correct it, or take the entry out of the file, then " + log_in_again(registry.key)};
}

Finding check_without_store(const Registry& registry) {
  if (registry.entry->problem) return undecodable(registry);
  if (registry.has_inline())
    return describe(registry, registry.entry->credential, "in plain text in the file");
  Finding finding{.name = "entry-empty",
                  .severity = Severity::problem,
                  .subject = printable(registry.key),
                  .message =
                      "its entry is empty, and there is no store that could have the "
                      "credential: Docker is anonymous to this registry",
                  .hint = log_in_again(registry.key)};
  if (registry.entry->credential.email.empty()) finding.change.entries[registry.key] = Removed{};
  return finding;
}

Finding unreadable(const Registry& registry, const Error& error) {
  return {.name = "entry-unreadable",
          .severity = Severity::problem,
          .subject = printable(registry.key),
          .message = error.what(),
          .hint = error.hint()};
}

// Whether the store has it under a spelling that Docker does not ask for.
bool is_elsewhere(const Config& config, const Registry& registry, HelperClient& helpers) {
  Config without_entries{
      .file = config.file, .creds_store = config.creds_store, .cred_helpers = config.cred_helpers};
  const auto resolved = resolve(without_entries, {registry.key}, helpers);
  return std::holds_alternative<Credential>(resolved.front().outcome);
}

Finding read_reply(const Config& config, const Registry& registry, const HelperReply& reply,
                   HelperClient& helpers) {
  try {
    if (const auto* failure = std::get_if<HelperFailure>(&reply))
      return unreadable(registry, failure->error);
    const auto* answer = std::get_if<std::string>(&reply);
    const auto credential = answer != nullptr ? parse_get_answer(*answer) : std::nullopt;
    if (credential)
      return describe(registry, *credential, "in the store " + printable(*registry.store));
    return missing_from_store(registry, is_elsewhere(config, registry, helpers));
  } catch (const Error& error) {
    return unreadable(registry, error);
  }
}

Findings check_with_stores(const Config& config, const std::vector<Registry>& registries,
                           HelperClient& helpers) {
  std::vector<HelperCall> calls;
  calls.reserve(registries.size());
  for (const Registry& registry : registries)
    calls.push_back({*registry.store, "get", docker_server_url(registry.key)});
  const std::vector<HelperReply> replies = helpers.run(calls);
  Findings findings;
  for (std::size_t i = 0; i < registries.size(); ++i)
    findings.push_back(read_reply(config, registries[i], replies[i], helpers));
  return findings;
}

// ---- How it is spelled

// Docker compares the key itself, and then host names; the kubelet as kubelet_registry_key() says.
bool is_spelled_right(const std::string& key) {
  const std::string server_url = docker_server_url(key);
  return registry_host(key) == registry_host(server_url) && kubelet_registry_key(key) == key;
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
  Finding finding{
      .name = "entry-spelling",
      .severity = Severity::warning,
      .subject = printable(registry.key),
      .message = fmt::format("Docker or the kubelet does not use it under this name: it "
                             "has to be {}",
                             printable(right)),
      .hint = "pullsecret doctor --fix renames it"};
  if (!is_taken) finding.change.entries[registry.key] = Renamed{right};
  return finding;
}

Finding twice(const Registry& registry, const Registry& counting) {
  Finding finding{.name = "entry-twice",
                  .severity = Severity::warning,
                  .subject = printable(registry.key),
                  .message = fmt::format("the same registry as {}, which is the one that counts",
                                         printable(counting.key)),
                  .hint = "docker logout " + printable(registry.key)};
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

Findings check_spellings(const Config& config) {
  std::map<std::string, std::vector<Registry>> by_server_url;
  for (const AuthEntry& entry : config.auths)
    if (!is_docker_hub_token(entry.key))
      by_server_url[docker_server_url(entry.key)].push_back(registry_of(config, entry.key));
  Findings findings;
  for (const auto& [server_url, same] : by_server_url)
    for (Finding& finding : check_same(same))
      findings.push_back(std::move(finding));
  return findings;
}

// Docker looks into credHelpers by exactly the name that it asks for.
Findings check_helper_keys(const Config& config) {
  Findings findings;
  for (const auto& [key, helper] : config.cred_helpers) {
    const std::string right = docker_server_url(key);
    if (key == right) continue;
    Finding finding{
        .name = "entry-spelling",
        .severity = Severity::problem,
        .subject = printable(key),
        .message = fmt::format("Docker looks into credHelpers for {}, and does not find "
                               "this name",
                               printable(right)),
        .hint = "pullsecret doctor --fix renames it"};
    finding.change.cred_helpers[key] = "";
    finding.change.cred_helpers.emplace(
        right, config.cred_helpers.contains(right) ? config.cred_helpers.at(right) : helper);
    findings.push_back(std::move(finding));
  }
  return findings;
}

bool works(const HelperChecks& stores, const std::string& store) {
  const auto state = stores.helpers.find(store);
  return state != stores.helpers.end() && state->second.works;
}

}  // namespace

Findings check_entries(const Config& config, const HelperChecks& stores, HelperClient& helpers) {
  Findings findings = check_helper_keys(config);
  const auto append = [&](Findings more) {
    std::move(more.begin(), more.end(), std::back_inserter(findings));
  };
  append(check_spellings(config));
  std::vector<Registry> stored;
  for (const std::string& key : named_registries(config)) {
    const Registry registry = registry_of(config, key);
    if (registry.store == nullptr && registry.entry != nullptr)
      findings.push_back(check_without_store(registry));
    else if (registry.entry != nullptr && registry.entry->problem)
      findings.push_back(undecodable(registry));
    else if (registry.store != nullptr && works(stores, *registry.store))
      stored.push_back(registry);
    if (registry.store != nullptr && registry.has_inline())
      findings.push_back(plain_text_beside(registry));
  }
  append(check_with_stores(config, stored, helpers));
  return findings;
}

}  // namespace pullsecret
