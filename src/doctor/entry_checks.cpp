#include "doctor/entry_checks.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "credential/registry.h"
#include "credential/token.h"
#include "docker/ask_stores.h"
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
  return is_docker_hub_host(host) ? "docker login" : "docker login " + key_in_words(host);
}

// ---- What a credential is worth

Finding describe(const Registry& registry, const Credential& credential, const std::string& place) {
  const CredentialKind kind = credential_kind(credential);
  const std::string owner =
      credential.username.empty()
          ? ""
          : fmt::format(" of the user {}", printable(credential.username, 60));
  Finding finding{.name = "entry-ok",
                  .subject = key_in_words(registry.key),
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
  const std::string key = key_in_words(registry.key), store = printable(*registry.store);
  return {
      .name = "entry-plain-text",
      .severity = Severity::warning,
      .subject = key,
      .message = fmt::format("its credential stands in the file in plain text, though Docker asks "
                             "the store {} in its place",
                             store),
      .hint = fmt::format("pullsecret migrate --from inline --to {} --registry {}", store, key)};
}

Finding listed_but_not_given(const Registry& registry) {
  return {.name = "entry-unreadable",
          .severity = Severity::problem,
          .subject = key_in_words(registry.key),
          .message = fmt::format("the store {} lists it, and says that it has no credential for it",
                                 printable(*registry.store)),
          .hint = "see that its helper is set up, such as logged in to its cloud"};
}

Finding missing_from_store(const Registry& registry, const HelperState& state, bool is_elsewhere) {
  Finding finding{
      .name = "entry-not-in-store",
      // A line of credHelpers alone does not say that somebody has logged in.
      .severity = registry.entry ? Severity::problem : Severity::warning,
      .subject = key_in_words(registry.key),
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
  if (holds_nothing && state.listed && !is_elsewhere)
    finding.change.entries[registry.key] = Removed{};
  return finding;
}

Finding undecodable(const Registry& registry) {
  const Error& problem = *registry.entry->problem;
  return {
      .name = "entry-undecodable",
      .severity = Severity::problem,
      .subject = key_in_words(registry.key),
      .message = fmt::format("{}; Docker refuses the whole file because of it", problem.what()),
      .hint = "correct it, or take the entry out of the file, then " + log_in_again(registry.key)};
}

/// A store that works, and what it has.
struct OtherStore {
  std::string name;
  std::vector<std::string> listed;  ///< sorted
};

// The one that could be meant where somebody took the store's line out of the config.
std::optional<OtherStore> find_other_store(HelperClient& helpers) {
  auto name = find_working_store(helpers);
  if (!name) return std::nullopt;
  std::vector<std::string> listed = list_store(*name, helpers);
  return OtherStore{*std::move(name), std::move(listed)};
}

bool has_any_inline(const Config& config) {
  return std::any_of(config.auths.begin(), config.auths.end(),
                     [](const AuthEntry& entry) { return !is_empty(entry.credential); });
}

// Beside plain text the store is named for this registry alone: Docker asks it in place of the
// file.
Finding unnamed_store(const Config& config, const Registry& registry, const std::string& store) {
  const std::string server_url = docker_server_url(registry.key);
  Finding finding{.name = "entry-empty",
                  .severity = Severity::problem,
                  .subject = key_in_words(registry.key),
                  .message = fmt::format("the store {} has its credential, and the config does not "
                                         "name that store: Docker is anonymous to this registry",
                                         store),
                  .hint = "pullsecret doctor --fix names it"};
  if (has_any_inline(config))
    finding.change.cred_helpers[server_url] = store;
  else
    finding.change.creds_store = store;
  return finding;
}

Finding dead_entry(const Registry& registry) {
  Finding finding{.name = "entry-empty",
                  .severity = Severity::problem,
                  .subject = key_in_words(registry.key),
                  .message =
                      "its entry is empty, and the config names no store for it: Docker is "
                      "anonymous to this registry",
                  .hint = log_in_again(registry.key)};
  if (registry.entry->credential.email.empty()) finding.change.entries[registry.key] = Removed{};
  return finding;
}

Finding check_without_store(const Config& config, const Registry& registry,
                            const std::optional<OtherStore>& other) {
  if (registry.entry->problem) return undecodable(registry);
  if (registry.has_inline())
    return describe(registry, registry.entry->credential, "in plain text in the file");
  const bool is_there = other && std::binary_search(other->listed.begin(), other->listed.end(),
                                                    docker_server_url(registry.key));
  return is_there ? unnamed_store(config, registry, other->name) : dead_entry(registry);
}

Finding unreadable(const Registry& registry, const Error& error) {
  return {.name = "entry-unreadable",
          .severity = Severity::problem,
          .subject = key_in_words(registry.key),
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

bool lists(const HelperState& state, const std::string& server_url) {
  return state.listed && std::binary_search(state.listed->begin(), state.listed->end(), server_url);
}

Finding not_found(const Config& config, const Registry& registry, const HelperState& state,
                  HelperClient& helpers) {
  if (lists(state, docker_server_url(registry.key))) return listed_but_not_given(registry);
  return missing_from_store(registry, state, is_elsewhere(config, registry, helpers));
}

Finding read_reply(const Config& config, const Registry& registry, const HelperState& state,
                   const HelperReply& reply, HelperClient& helpers) {
  try {
    if (const auto* failure = std::get_if<HelperFailure>(&reply))
      return unreadable(registry, failure->error);
    const auto* answer = std::get_if<std::string>(&reply);
    const auto credential = answer != nullptr ? parse_get_answer(*answer) : std::nullopt;
    if (!credential) return not_found(config, registry, state, helpers);
    return describe(registry, *credential, "in the store " + printable(*registry.store));
  } catch (const Error& error) {
    return unreadable(registry, error);
  }
}

Findings check_with_stores(const Config& config, const std::vector<Registry>& registries,
                           const HelperChecks& stores, HelperClient& helpers) {
  std::vector<HelperCall> calls;
  calls.reserve(registries.size());
  for (const Registry& registry : registries)
    calls.push_back({*registry.store, "get", docker_server_url(registry.key)});
  const std::vector<HelperReply> replies = helpers.run(calls);
  Findings findings;
  for (std::size_t i = 0; i < registries.size(); ++i)
    findings.push_back(read_reply(config, registries[i], stores.helpers.at(*registries[i].store),
                                  replies[i], helpers));
  return findings;
}

// ---- How it is spelled

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
  Finding finding{
      .name = "entry-spelling",
      .severity = Severity::warning,
      .subject = key_in_words(registry.key),
      .message = fmt::format("Docker or the kubelet does not use it under this name: it "
                             "has to be {}",
                             key_in_words(right)),
      .hint = "pullsecret doctor --fix renames it"};
  if (!is_taken) finding.change.entries[registry.key] = Renamed{right};
  return finding;
}

Finding twice(const Registry& registry, const Registry& counting) {
  Finding finding{.name = "entry-twice",
                  .severity = Severity::warning,
                  .subject = key_in_words(registry.key),
                  .message = fmt::format("the same registry as {}, which is the one that counts",
                                         key_in_words(counting.key)),
                  .hint = "docker logout " + key_in_words(registry.key)};
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
  return Finding{.name = "entry-login-in-key",
                 .severity = Severity::warning,
                 .subject = key_in_words(key),
                 .message = "its name holds a login, which Docker does not use",
                 .hint = "take it out of the name, and change the password"};
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
  Finding finding{.name = "entry-spelling",
                  .severity = Severity::problem,
                  .subject = key_in_words(key),
                  .message = fmt::format("Docker looks into credHelpers for {}, and does not find "
                                         "this name",
                                         key_in_words(right)),
                  .hint = "rename it, if that helper is meant; or take the line out"};
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

bool is_empty_without_store(const Registry& registry) {
  return registry.store == nullptr && registry.entry != nullptr && !registry.has_inline();
}

bool works(const HelperChecks& stores, const std::string& store) {
  const auto state = stores.helpers.find(store);
  return state != stores.helpers.end() && state->second.works;
}

}  // namespace

Findings check_spellings(const Config& config) {
  std::map<std::string, std::vector<Registry>> by_server_url;
  for (const AuthEntry& entry : config.auths)
    if (!is_docker_hub_token(entry.key))
      by_server_url[docker_server_url(entry.key)].push_back(registry_of(config, entry.key));
  Findings findings = check_helper_keys(config);
  for (const AuthEntry& entry : config.auths)
    if (auto finding = check_login_in_key(entry.key)) findings.push_back(*std::move(finding));
  for (const auto& [server_url, same] : by_server_url)
    for (Finding& finding : check_same(same))
      findings.push_back(std::move(finding));
  return findings;
}

Findings check_entries(const Config& config, const HelperChecks& stores, HelperClient& helpers) {
  Findings findings;
  std::vector<Registry> stored;
  std::vector<Registry> registries;
  for (const std::string& key : named_registries(config))
    registries.push_back(registry_of(config, key));
  const bool has_empty = std::any_of(registries.begin(), registries.end(), is_empty_without_store);
  const auto other = has_empty ? find_other_store(helpers) : std::nullopt;
  for (const Registry& registry : registries) {
    if (registry.store == nullptr && registry.entry != nullptr)
      findings.push_back(check_without_store(config, registry, other));
    else if (registry.entry != nullptr && registry.entry->problem)
      findings.push_back(undecodable(registry));
    else if (registry.store != nullptr && works(stores, *registry.store))
      stored.push_back(registry);
    if (registry.store != nullptr && registry.has_inline())
      findings.push_back(plain_text_beside(registry));
  }
  Findings of_stored = check_with_stores(config, stored, stores, helpers);
  std::move(of_stored.begin(), of_stored.end(), std::back_inserter(findings));
  return findings;
}

}  // namespace pullsecret
