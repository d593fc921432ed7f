#include "doctor/entry_checks.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "credential/account.h"
#include "credential/expiry.h"
#include "credential/issuers.h"
#include "credential/registry.h"
#include "credential/white_space_remarks.h"
#include "docker/ask_stores.h"
#include "docker/entries_that_stay.h"
#include "docker/podman.h"
#include "docker/resolve.h"
#include "doctor/checked_registry.h"
#include "doctor/helper_program.h"
#include "doctor/store_checks.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// ---- What a credential is worth

Finding describe(const Registry& registry, const Credential& credential, const std::string& place) {
  const std::string owner =
      credential.username.empty()
          ? ""
          : fmt::format(" of the user {}", printable(credential.username, 60));
  const std::string key = key_in_words(registry.key);
  if (lacks_secret(credential))
    return problem("entry-no-password", key,
                   fmt::format("a username{}, {}, and an empty password", owner, place),
                   registry.login());
  std::string what = fmt::format("{}{}, {}", credential_kind(credential).words, owner, place);
  const auto expiry = expiry_of(credential);
  if (expiry && *expiry <= current_time())
    return problem(
        "entry-expired", key,
        fmt::format("{}: it ended at {}, and the registry refuses it", what, in_words(*expiry)),
        registry.login());
  if (expiry) what += fmt::format("; it ends at {}", in_words(*expiry));
  if (has_password(credential)) return fine("entry-ok", key, std::move(what));
  return warning("entry-identity-token", key,
                 what +
                     "; Docker can use it, a pull secret cannot: the kubelet reads passwords "
                     "only",
                 "for Kubernetes log in with an access token as the password");
}

// Docker sends it; and asks for another one where the registry does not take it.
Findings check_white_space(const Registry& registry, const Credential& credential,
                           const std::string& place) {
  Findings findings;
  for (Remark& remark : remarks_on_white_space(credential)) {
    remark.message += ", " + place;
    remark.hint = registry.login();
    findings.push_back({std::move(remark), key_in_words(registry.key)});
  }
  return findings;
}

// What there is to say of a credential that is at `place`.
Findings check_credential(const Registry& registry, const Credential& credential,
                          const std::string& place) {
  Findings findings = check_white_space(registry, credential, place);
  Finding worth = describe(registry, credential, place);
  if (findings.empty() || worth.severity != Severity::ok) findings.push_back(std::move(worth));
  return findings;
}

// ---- Where the credential is

std::string take_out_of_file(const Registry& registry) {
  return fmt::format("take it out of the file, unless podman or another program takes it{}",
                     is_about_path(registry.key) ? " for that path" : "");
}

std::string move_to_store(const Registry& registry) {
  std::string move = "migrate --from inline --to " + shell_word(*registry.store);
  const std::string key = key_in_words(registry.key);
  if (key == registry.key) move += " --registry " + shell_word(key);
  return move;
}

// Where its store fails, Docker takes what the file has. `answer` is that store's, if it works.
Finding plain_text_beside(const Registry& registry, const std::map<std::string, Error>& staying,
                          const std::optional<StoreAnswer>& answer) {
  const std::string key = key_in_words(registry.key), store = printable(*registry.store);
  if (const auto stays = staying.find(registry.key); stays != staying.end())
    return warning("entry-plain-text", key,
                   fmt::format("its credential stands in the file in plain text, and cannot move "
                               "into the store {}: {}",
                               store, stays->second.what()),
                   is_about_path(registry.key) || stays->second.hint().empty()
                       ? take_out_of_file(registry)
                       : stays->second.hint());
  const auto* stored = answer ? std::get_if<Credential>(&*answer) : nullptr;
  if (stored != nullptr && !is_same_login(*stored, registry.entry->credential))
    return warning("entry-plain-text", key,
                   fmt::format("its credential stands in the file in plain text, and the store {} "
                               "has another one, which Docker takes",
                               store),
                   take_out_of_file(registry));
  if (!answer)
    return warning("entry-plain-text", key,
                   fmt::format("its credential stands in the file in plain text, where Docker "
                               "before 29.0 finds it while the store {} does not work",
                               store),
                   "what is said of that store comes first");
  return warning("entry-plain-text", key,
                 fmt::format("its credential stands in the file in plain text, though Docker asks "
                             "the store {} in its place",
                             store),
                 "", {move_to_store(registry)});
}

Finding listed_but_not_given(const Registry& registry) {
  return problem("entry-unreadable", key_in_words(registry.key),
                 fmt::format("the store {} lists it, and says that it has no credential for it",
                             printable(*registry.store)),
                 "see that its helper is set up, such as logged in to its cloud");
}

Finding missing_from_store(const Registry& registry, const HelperState& state, bool is_elsewhere) {
  const std::string_view who = registry.is_podmans ? "podman" : "Docker";
  Finding finding = problem(
      "entry-not-in-store", key_in_words(registry.key),
      fmt::format(
          "the store {} {}", printable(*registry.store),
          is_elsewhere
              ? fmt::format("has it under another spelling, which {} does not ask for", who)
              : fmt::format("has no credential for it: {} is anonymous to this registry", who)),
      registry.login());
  // A login would put an empty entry in the place of the credential.
  if (registry.has_login() && !is_about_path(registry.key)) {
    finding.hint.clear();
    finding.remedy = {move_to_store(registry)};
  }
  // A line of credHelpers alone does not say that somebody has logged in.
  if (registry.entry == nullptr) finding.severity = Severity::warning;
  if (registry.is_mere_name() && state.listed && !is_elsewhere)
    finding.remedy.change.entries[registry.key] = Removed{};
  return finding;
}

Finding undecodable(const Registry& registry) {
  const Error& reason = *registry.entry->problem;
  if (registry.is_podmans) {
    const auto unread = why_not_read_by_podman(*registry.entry);
    return problem("podman-cannot-read", key_in_words(registry.key), reason.what(),
                   unread ? unread->hint() : registry.login());
  }
  return problem("entry-undecodable", key_in_words(registry.key),
                 fmt::format("{}; Docker refuses the whole file because of it", reason.what()),
                 "correct it, or take the entry out of the file, then `" + registry.login() + "`");
}

bool is_inline_in(const Config& config, const std::string& name) {
  const auto& found = config.auths.looked_up_as(name);
  return std::any_of(found.begin(), found.end(),
                     [](const AuthEntry* entry) { return !is_empty(entry->credential); });
}

/// A store that works, and that the config does not name.
struct UnnamedStore {
  WorkingStore store;
  bool is_beside_inline = false;  ///< the file has credentials itself
};

// Whether Docker would find it in that store. Beside plain text the store can be named for just
// this name, and then hides what the file has under it.
bool is_in_unnamed(const Config& config, const Registry& registry, const UnnamedStore& unnamed) {
  const auto has = [&](const std::string& server_url) {
    return std::binary_search(unnamed.store.listed.begin(), unnamed.store.listed.end(), server_url);
  };
  if (!unnamed.is_beside_inline) return has(registry.server_url());
  const std::string name = docker_lookup_name(registry.key);
  return has(name) && !is_inline_in(config, name);
}

Finding unnamed_store(const Registry& registry, const UnnamedStore& unnamed) {
  const std::string& store = unnamed.store.name;
  if (registry.is_podmans)
    return problem("entry-empty", key_in_words(registry.key),
                   fmt::format("the store {} has its credential, and no line of credHelpers names "
                               "that store for it: podman is anonymous to this registry",
                               store),
                   fmt::format(R"(write into credHelpers "{}": "{}"; or {})", registry.server_url(),
                               store, registry.login()));
  return problem(
      "entry-empty", key_in_words(registry.key),
      fmt::format("the store {} has its credential, and the config does not name that "
                  "store: Docker is anonymous to this registry",
                  store),
      "",
      fix(" names it", unnamed.is_beside_inline
                           ? ConfigChange{.cred_helpers = {{registry.server_url(), store}}}
                           : ConfigChange{.creds_store = store}));
}

Finding dead_entry(const Registry& registry) {
  Finding finding = problem(
      "entry-empty", key_in_words(registry.key),
      registry.is_podmans
          ? "its entry is empty, and no line of credHelpers names a store for it: podman is "
            "anonymous to this registry"
          : "its entry is empty, and the config names no store for it: Docker is anonymous "
            "to this registry",
      registry.login());
  if (registry.is_mere_name()) finding.remedy.change.entries[registry.key] = Removed{};
  return finding;
}

Findings check_without_store(const Config& config, const Registry& registry,
                             const std::optional<UnnamedStore>& other) {
  if (registry.entry->problem) return {undecodable(registry)};
  if (registry.has_inline())
    return check_credential(registry, registry.entry->credential, "in plain text in the file");
  return {other && is_in_unnamed(config, registry, *other) ? unnamed_store(registry, *other)
                                                           : dead_entry(registry)};
}

Finding unreadable(const Registry& registry, const Error& error) {
  return problem(
      "entry-unreadable", key_in_words(registry.key), error.what(),
      error.hint().empty() ? see_answer(*registry.store, registry.server_url()) : error.hint());
}

bool lists(const HelperState& state, const std::string& server_url) {
  return state.listed && std::binary_search(state.listed->begin(), state.listed->end(), server_url);
}

/// A registry whose store works, and what the store answers.
struct StoredRegistry {
  Registry registry;
  StoreAnswer answer = NotFound{};
  bool is_elsewhere = false;  ///< the store has it under a spelling that Docker does not ask for

  bool is_not_found() const { return std::holds_alternative<NotFound>(answer); }
};

void ask_for_right_spellings(std::vector<StoredRegistry>& stored, HelperClient& helpers) {
  std::vector<StoreKey> keys;
  keys.reserve(stored.size());
  for (const auto& [registry, answer, is_elsewhere] : stored)
    keys.push_back({*registry.store, registry.server_url()});
  std::vector<StoreAnswer> answers = get_from_stores(keys, helpers);
  for (std::size_t i = 0; i < stored.size(); ++i)
    stored[i].answer = std::move(answers[i]);
}

void ask_for_other_spellings(std::vector<StoredRegistry>& stored, const Config& config,
                             HelperClient& helpers) {
  const Config without_entries{
      .file = config.file, .creds_store = config.creds_store, .cred_helpers = config.cred_helpers};
  std::vector<std::string> keys;
  for (const StoredRegistry& asked : stored)
    if (asked.is_not_found()) keys.push_back(asked.registry.key);
  const std::vector<Resolved> resolved = resolve(without_entries, keys, helpers);
  auto next = resolved.begin();
  for (StoredRegistry& asked : stored)
    if (asked.is_not_found())
      asked.is_elsewhere = std::holds_alternative<Credential>((next++)->outcome);
}

Findings read_answer(const StoredRegistry& stored, const HelperState& state) {
  const Registry& registry = stored.registry;
  if (const auto* error = std::get_if<Error>(&stored.answer)) return {unreadable(registry, *error)};
  if (const auto* credential = std::get_if<Credential>(&stored.answer))
    return check_credential(registry, *credential, "in the store " + printable(*registry.store));
  if (lists(state, registry.server_url())) return {listed_but_not_given(registry)};
  return {missing_from_store(registry, state, stored.is_elsewhere)};
}

Findings check_with_stores(const Config& config, std::vector<StoredRegistry> stored,
                           const HelperStates& stores, HelperClient& helpers) {
  ask_for_right_spellings(stored, helpers);
  ask_for_other_spellings(stored, config, helpers);
  Findings findings;
  for (const StoredRegistry& asked : stored) {
    // docker logout leaves such a line.
    const bool is_logged_out = asked.is_not_found() && asked.registry.entry == nullptr &&
                               is_line_for_podman(config, asked.registry.key);
    if (!is_logged_out) append(findings, read_answer(asked, stores.at(*asked.registry.store)));
  }
  return findings;
}

// What is in the helpers that podman's setting names, and no line of the file.
Findings check_podmans_helpers(const Config& config, const HelperStates& stores,
                               HelperClient& helpers) {
  std::vector<StoredRegistry> stored;
  for (const auto& names : {&config.helpers_before, &config.helpers_after})
    for (const std::string& store : *names) {
      if (!works(stores, store)) continue;
      std::set<std::string> known;
      for (const std::string& listed : stores.at(store).listed.value_or(std::vector<std::string>()))
        if (std::string name = podman_lookup_name(listed);
            !is_beside_registries(listed) && known.insert(name).second)
          stored.push_back(
              {.registry = {.key = std::move(name), .store = &store, .is_podmans = true}});
    }
  ask_for_right_spellings(stored, helpers);
  Findings findings;
  for (StoredRegistry& asked : stored) {
    const HelperState& state = stores.at(*asked.registry.store);
    asked.is_elsewhere = !lists(state, asked.registry.key);
    append(findings, read_answer(asked, state));
  }
  return findings;
}

// It was asked before, with all others.
std::optional<StoreAnswer> answer_of_store(const Registry& registry, const HelperStates& stores,
                                           HelperClient& helpers) {
  if (!works(stores, *registry.store)) return std::nullopt;
  return get_from_stores({{*registry.store, registry.server_url()}}, helpers).front();
}

bool is_empty_without_store(const Registry& registry) {
  return registry.store == nullptr && registry.entry != nullptr && !registry.has_inline();
}

}  // namespace

Findings check_entries(const Config& config, const HelperStates& stores, HelperClient* helpers) {
  Findings findings;
  std::vector<StoredRegistry> stored;
  std::vector<Registry> registries;
  for (const std::string& key : registries_looked_for(config))
    registries.push_back(registry_of(config, key));
  const bool has_empty = std::any_of(registries.begin(), registries.end(), is_empty_without_store);
  // The one that could be meant where somebody took the store's line out of the config.
  std::optional<UnnamedStore> other;
  if (has_empty && helpers != nullptr)
    if (auto store = find_working_store(*helpers))
      other = UnnamedStore{*std::move(store), has_inline_credential(config)};
  const std::map<std::string, Error> staying = entries_that_stay(config);
  for (const Registry& registry : registries) {
    if (registry.store == nullptr && registry.entry != nullptr)
      append(findings, check_without_store(config, registry, other));
    if (registry.store == nullptr || helpers == nullptr) continue;
    if (registry.entry != nullptr && registry.entry->problem)
      findings.push_back(undecodable(registry));
    else if (works(stores, *registry.store))
      stored.push_back({registry});
    // A username alone is no credential: what is said of the store is all there is to do.
    if (registry.has_login())
      findings.push_back(
          plain_text_beside(registry, staying, answer_of_store(registry, stores, *helpers)));
  }
  if (helpers != nullptr) {
    append(findings, check_with_stores(config, std::move(stored), stores, *helpers));
    append(findings, check_podmans_helpers(config, stores, *helpers));
  }
  return findings;
}

}  // namespace pullsecret
