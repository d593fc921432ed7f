#include "docker/resolve.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "credential/account.h"
#include "credential/registry.h"
#include "docker/ask_stores.h"
#include "docker/podman.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using Outcome = std::variant<Credential, NoCredential, Error>;

/// Where the config says that the credential of one key is.
struct Source {
  const std::string* key = nullptr;
  const AuthEntry* entry = nullptr;    ///< its entry, if there is one
  const std::string* store = nullptr;  ///< the store that Docker asks, if there is one
};

/// A key whose store has to be asked.
struct Search {
  Source source;
  std::size_t position = 0;         ///< among the keys
  std::vector<StoreKey> questions;  ///< still to be asked
  std::optional<Outcome> outcome = std::nullopt;
  std::string stored_as = {};
  std::optional<Error> failure = std::nullopt;  ///< of one of podman's helpers
};

// As podman looks a registry up in its own file, else as Docker does.
std::string lookup_name(const Config& config, const std::string& key) {
  return config.is_podmans ? podman_lookup_name(key) : docker_lookup_name(key);
}

bool has_helpers(const Config& config) {
  return !config.helpers_before.empty() || !config.helpers_after.empty();
}

Error why_nothing_known(const Config& config, const Source& source) {
  if (config.is_of_secrets)
    return {"", fmt::format("no Secret in {} has an entry for it", config.file),
            "pullsecret inspect shows what is there"};
  if (!config.account.empty())
    return {"", fmt::format("no login of {}", printable(config.account)),
            fmt::format("`pullsecret get {} -o username` says whose is in use",
                        key_in_command(*source.key))};
  const std::string log_in = login_command_for(config, *source.key);
  if (has_helpers(config)) return {"", "no credential in podman's credential-helpers", log_in};
  if (source.store != nullptr)
    return {"", fmt::format("no credential in the store \"{}\"", printable(*source.store)), log_in};
  if (source.entry == nullptr && config.environment_refused)
    return {"",
            fmt::format("DOCKER_AUTH_CONFIG is not taken, and {} does not name it, nor a store for "
                        "it",
                        config.file),
            "correct DOCKER_AUTH_CONFIG, or " + log_in};
  if (source.entry == nullptr)
    return {"", fmt::format("{} does not name it, nor a store for it", config.file), log_in};
  const std::string what =
      fmt::format("its entry in {} is empty, and there is no store for it", config.file);
  if (config.is_podmans) return {"", what, log_in};
  return {"", what, fmt::format("`{}`; or set \"credsStore\" to the store that has it", log_in)};
}

bool is_wanted(const Config& config, const Credential& credential) {
  return config.account.empty() || credential.username == config.account;
}

bool has_credential(const Source& source) {
  return source.entry != nullptr && !is_empty(source.entry->credential);
}

// The entry's own credential, else that of the entry in which Docker would look, else that of the
// registry as it is mostly spelled.
Outcome inline_outcome(const Config& config, const Source& source) {
  if (has_credential(source) && is_wanted(config, source.entry->credential))
    return source.entry->credential;
  for (const std::string& name :
       {docker_lookup_name(*source.key), docker_server_url(*source.key)}) {
    const AuthEntry* entry = config.auths.find(name);
    if (entry != nullptr && !entry->problem && !is_empty(entry->credential) &&
        is_wanted(config, entry->credential))
      return entry->credential;
  }
  return NoCredential{why_nothing_known(config, source)};
}

// What is known without asking a store; nothing if one has to be asked.
std::optional<Outcome> known_outcome(const Config& config, const Source& source) {
  if (is_docker_hub_token(*source.key))
    return Error("", "an account-wide token of Docker Hub's web login, no registry",
                 "Docker Hub itself is docker.io");
  if (source.entry != nullptr && source.entry->problem) return *source.entry->problem;
  const bool is_asked_first = source.entry != nullptr && source.entry->asked_first;
  if ((source.store == nullptr && !has_helpers(config)) || is_asked_first)
    return inline_outcome(config, source);
  return std::nullopt;
}

// An entry about a path has the host's credential only where it has none itself.
std::vector<std::string> spellings_of(const Config& config, const Source& source) {
  std::vector<std::string> spellings = other_spellings(*source.key);
  spellings.insert(spellings.begin(), *source.key);
  const bool is_path = is_about_path(*source.key);
  if (!is_path || !has_credential(source))
    spellings.insert(spellings.begin() + (is_path ? 1 : 0), lookup_name(config, *source.key));
  return without_repeats(std::move(spellings));
}

// What is in the file counts before the helpers behind it.
Search begin_search(const Config& config, const Source& source, std::size_t position) {
  Search search{.source = source, .position = position};
  const auto ask_podmans = [&](const std::vector<std::string>& helpers) {
    for (const std::string& helper : helpers)
      search.questions.push_back({helper, podman_lookup_name(*source.key)});
  };
  ask_podmans(config.helpers_before);
  if (const auto account = account_url(lookup_name(config, *source.key), config.account);
      account && source.store != nullptr)
    search.questions.push_back({*source.store, *account});
  if (source.store != nullptr)
    for (std::string& spelling : spellings_of(config, source))
      search.questions.push_back({*source.store, std::move(spelling)});
  if (!has_credential(source)) ask_podmans(config.helpers_after);
  return search;
}

// Podman goes on where a helper fails.
void take_answer(const Config& config, Search& search, const std::string& spelling,
                 StoreAnswer answer) {
  const Source& source = search.source;
  auto* error = std::get_if<Error>(&answer);
  if (auto* credential = std::get_if<Credential>(&answer)) {
    if (!is_wanted(config, *credential)) return;
    if (source.entry != nullptr) credential->email = source.entry->credential.email;
    if (spelling != lookup_name(config, *source.key) && !parse_account_url(spelling))
      search.stored_as = spelling;
    search.outcome = std::move(*credential);
  } else if (error != nullptr && !has_helpers(config)) {
    search.outcome = std::move(*error);
  } else if (error != nullptr && !search.failure) {
    search.failure = std::move(*error);
  }
}

void end_search(const Config& config, Search& search) {
  if (search.outcome || !search.questions.empty()) return;
  search.outcome = inline_outcome(config, search.source);
  if (search.failure && !std::holds_alternative<Credential>(*search.outcome))
    search.outcome = std::move(*search.failure);
}

// One round asks every unfinished search's next question, all at once.
void ask_next_questions(const Config& config, std::vector<Search>& searches,
                        HelperClient& helpers) {
  std::vector<Search*> asked;
  std::vector<StoreKey> keys;
  for (Search& search : searches) {
    end_search(config, search);
    if (search.outcome) continue;
    asked.push_back(&search);
    keys.push_back(std::move(search.questions.front()));
    search.questions.erase(search.questions.begin());
  }
  std::vector<StoreAnswer> answers = get_from_stores(keys, helpers);
  for (std::size_t i = 0; i < asked.size(); ++i)
    take_answer(config, *asked[i], keys[i].server_url, std::move(answers[i]));
}

// A login does not mend what counts before it.
Error empty_password(const Config& config, const std::string& key) {
  const AuthEntry* entry = config.auths.find(key);
  if (entry != nullptr && entry->asked_first)
    return {"", "its password in DOCKER_AUTH_CONFIG is empty",
            "correct the variable, or unset DOCKER_AUTH_CONFIG"};
  return {"", "its password is empty", login_command_for(config, key)};
}

// HTTP Basic authentication ends the username at its first colon (RFC 7617), and so do all readers
// of `auth`.
void refuse_unusable(const Config& config, Resolved& resolved) {
  const auto* credential = std::get_if<Credential>(&resolved.outcome);
  if (credential == nullptr) return;
  if (credential->username.find(':') != std::string::npos)
    resolved.outcome = Error("", "its username holds a colon, which no registry can be sent");
  else if (lacks_secret(*credential))
    resolved.outcome = empty_password(config, resolved.key);
}

// Keys mostly come in the order of the entries: a look at the next one is cheaper than a search.
const AuthEntry* find_entry(const AuthEntries& entries, const std::string& key,
                            std::size_t position) {
  if (position < entries.size() && entries[position].key == key) return &entries[position];
  return entries.find(key);
}

bool is_unfinished(const Search& search) {
  return !search.outcome;
}

}  // namespace

const Error* why_unresolved(const Resolved& resolved) {
  const auto* absent = std::get_if<NoCredential>(&resolved.outcome);
  return absent == nullptr ? std::get_if<Error>(&resolved.outcome) : &absent->reason;
}

std::vector<std::string> named_registries(const Config& config) {
  std::vector<std::string> keys;
  keys.reserve(config.auths.size() + config.cred_helpers.size());
  for (const AuthEntry& entry : config.auths)
    keys.push_back(entry.key);
  for (const auto& [key, helper] : config.cred_helpers) {
    const bool is_about_none =
        helper.empty() || (key != docker_lookup_name(key) && is_line_for_podman(config, key));
    if (!is_about_none && config.auths.find(key) == nullptr) keys.push_back(key);
  }
  std::erase_if(keys, is_docker_hub_token);
  return keys;
}

std::vector<std::string> named_helpers(const Config& config) {
  std::vector<std::string> helpers{config.creds_store};
  for (const auto& [key, helper] : config.cred_helpers)
    helpers.push_back(helper);
  for (const auto& podmans : {config.helpers_before, config.helpers_after})
    helpers.insert(helpers.end(), podmans.begin(), podmans.end());
  std::erase(helpers, "");
  return without_repeats(std::move(helpers));
}

std::vector<std::string> stored_registries(const Config& config, HelperClient& helpers) {
  std::vector<std::string> stores{config.creds_store};
  for (const auto& podmans : {config.helpers_before, config.helpers_after})
    stores.insert(stores.end(), podmans.begin(), podmans.end());
  std::erase(stores, "");
  std::vector<std::string> server_urls;
  for (const std::string& store : stores)
    for (std::string& server_url : list_store(store, helpers))
      server_urls.push_back(std::move(server_url));
  server_urls = without_repeats(std::move(server_urls));
  std::erase_if(server_urls, is_beside_registries);
  return server_urls;
}

std::vector<const AuthEntry*> entries_found(const Config& config, const std::string& name) {
  if (const AuthEntry* entry = config.auths.find(name)) return {entry};
  std::vector<const AuthEntry*> found;
  for (const AuthEntry* entry : config.auths.looked_up_as(name))
    if (registry_host(entry->key) == name &&
        !(config.is_podmans && (is_path_for_podman(entry->key) || !is_key_for_podman(entry->key))))
      found.push_back(entry);
  return found;
}

std::optional<std::string> nearest_key(const Config& config, std::string repository) {
  if (!config.is_podmans || config.cred_helpers.contains(registry_host(repository)))
    return std::nullopt;
  while (config.auths.find(repository) == nullptr) {
    const std::size_t slash = repository.rfind('/');
    if (slash == std::string::npos) return std::nullopt;
    repository.resize(slash);
  }
  return repository;
}

std::vector<std::string> registry_keys_for(const Config& config, const std::string& registry) {
  if (auto key = nearest_key(config, registry)) return {*std::move(key)};
  const std::string name =
      registry_host(registry) == registry ? docker_lookup_name(registry) : registry;
  const std::vector<std::string> keys = named_registries(config);
  for (const std::string& exact : {name, registry})
    if (std::find(keys.begin(), keys.end(), exact) != keys.end()) return {exact};
  if (store_for(config, name) == nullptr) {
    std::vector<std::string> found;
    for (const AuthEntry* entry : entries_found(config, name))
      if (!is_docker_hub_token(entry->key)) found.push_back(entry->key);
    if (!found.empty()) return found;
  }
  if (is_about_path(registry)) return {registry};
  const auto named_alike = [&](auto name_of) {
    const std::string wanted = name_of(registry);
    const auto key = std::find_if(keys.begin(), keys.end(), [&](const std::string& candidate) {
      return !is_about_path(candidate) && name_of(candidate) == wanted;
    });
    return key != keys.end() ? std::optional(*key) : std::nullopt;
  };
  if (auto key = named_alike(docker_lookup_name)) return {*std::move(key)};
  // Stores compare exactly: the one that Docker asks is asked for the registry as it is spelled.
  auto key = named_alike(docker_server_url);
  const std::string* store = store_for(config, docker_lookup_name(registry));
  if (store != nullptr && (!key || store_for(config, *key) == store))
    return {docker_lookup_name(registry)};
  return {std::move(key).value_or(docker_server_url(registry))};
}

const std::string* store_for(const Config& config, const std::string& key) {
  const std::string* store = &config.creds_store;
  if (!config.cred_helpers.empty())
    if (const auto helper = config.cred_helpers.find(lookup_name(config, key));
        helper != config.cred_helpers.end())
      store = &helper->second;
  return store->empty() ? nullptr : store;
}

std::vector<Resolved> resolve(const Config& config, std::vector<std::string> keys,
                              HelperClient& helpers) {
  std::vector<Resolved> resolved;
  std::vector<Search> searches;
  resolved.reserve(keys.size());
  for (const std::string& key : keys) {
    const Source source{&key, find_entry(config.auths, key, resolved.size()),
                        store_for(config, key)};
    std::optional<Outcome> outcome = known_outcome(config, source);
    if (!outcome) searches.push_back(begin_search(config, source, resolved.size()));
    resolved.push_back({{}, std::move(outcome).value_or(Credential())});
  }
  while (std::any_of(searches.begin(), searches.end(), is_unfinished))
    ask_next_questions(config, searches, helpers);
  for (Search& search : searches) {
    resolved[search.position].outcome = std::move(search.outcome).value();
    resolved[search.position].stored_as = std::move(search.stored_as);
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    resolved[i].key = std::move(keys[i]);
    refuse_unusable(config, resolved[i]);
  }
  return resolved;
}

}  // namespace pullsecret
