#include "docker/resolve.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>

#include "credential/registry.h"
#include "helper/answer.h"
#include "helper/protocol.h"
#include "system/overloaded.h"
#include "system/text.h"

namespace pullsecret {
namespace {

/// How one key is resolved, step by step.
struct Search {
  std::string key;
  const AuthEntry* entry = nullptr;     ///< what the file says of the key, if anything
  const std::string* helper = nullptr;  ///< the store's, if there is one
  std::vector<std::string> spellings;   ///< still to be asked for
  std::optional<std::variant<Credential, Error>> outcome;
};

bool is_empty(const Credential& credential) {
  return credential.username.empty() && credential.identity_token.empty() &&
         credential.registry_token.empty();
}

// Docker looks a registry's helper up by the name that it asks for, not by the file's spelling.
const std::string* helper_for(const Config& config, const std::string& key) {
  for (const std::string& name : {key, docker_server_url(key)}) {
    const auto helper = config.cred_helpers.find(name);
    if (helper != config.cred_helpers.end()) return &helper->second;
  }
  return config.creds_store.empty() ? nullptr : &config.creds_store;
}

Error nothing_known(const Config& config, const Search& search) {
  const std::string log_in = fmt::format("docker login {}", printable(registry_host(search.key)));
  if (search.helper != nullptr)
    return {"", fmt::format("no credential in the store \"{}\"", printable(*search.helper)),
            log_in};
  if (search.entry == nullptr)
    return {"", fmt::format("{} does not name it, nor a store for it", config.file), log_in};
  return {"", fmt::format("its entry in {} is empty, and there is no store for it", config.file),
          log_in + "; or set \"credsStore\" to the store that has it"};
}

std::variant<Credential, Error> inline_outcome(const Config& config, const Search& search) {
  if (search.entry == nullptr || is_empty(search.entry->credential))
    return nothing_known(config, search);
  return search.entry->credential;
}

Search begin_search(const Config& config, const AuthEntry* entry, const std::string& key) {
  Search search{.key = key, .entry = entry, .helper = helper_for(config, key)};
  if (entry != nullptr && entry->problem)
    search.outcome = *entry->problem;
  else if (search.helper == nullptr || (entry != nullptr && entry->asked_first))
    search.outcome = inline_outcome(config, search);
  if (search.outcome) return search;
  search.spellings = other_spellings(key);
  search.spellings.insert(search.spellings.begin(), key);
  return search;
}

void take_reply(const Config& config, Search& search, const HelperReply& reply) {
  std::visit(overloaded{[&](const std::string& answer) {
                          Credential credential = parse_get_answer(answer);
                          if (search.entry != nullptr)
                            credential.email = search.entry->credential.email;
                          search.outcome = std::move(credential);
                        },
                        [&](NotFound) {
                          if (search.spellings.empty())
                            search.outcome = inline_outcome(config, search);
                        },
                        [&](const Error& error) { search.outcome = error; }},
             reply);
}

// One round asks every unfinished search's next spelling, all at once.
void ask_next_spellings(const Config& config, std::vector<Search>& searches,
                        HelperClient& helpers) {
  std::vector<Search*> asked;
  std::vector<HelperCall> calls;
  for (Search& search : searches) {
    if (search.outcome) continue;
    asked.push_back(&search);
    calls.push_back({*search.helper, "get", search.spellings.front()});
    search.spellings.erase(search.spellings.begin());
  }
  const std::vector<HelperReply> replies = helpers.run(calls);
  for (std::size_t i = 0; i < asked.size(); ++i)
    try {
      take_reply(config, *asked[i], replies[i]);
    } catch (const Error& error) {
      asked[i]->outcome =
          Error(std::string(helper_program_prefix) + printable(*asked[i]->helper) + " get",
                error.message(), error.hint());
    }
}

// HTTP Basic authentication ends the username at its first colon (RFC 7617), and so do all readers
// of `auth`.
Resolved finish(Search search) {
  Resolved resolved{std::move(search.key), std::move(search.outcome).value()};
  const auto* credential = std::get_if<Credential>(&resolved.outcome);
  if (credential != nullptr && credential->username.find(':') != std::string::npos)
    resolved.outcome = Error("", "its username holds a colon, which no registry can be sent");
  return resolved;
}

bool is_unfinished(const Search& search) {
  return !search.outcome;
}

}  // namespace

std::vector<std::string> named_registries(const Config& config) {
  std::vector<std::string> keys;
  for (const AuthEntry& entry : config.auths)
    keys.push_back(entry.key);
  for (const auto& [key, helper] : config.cred_helpers)
    keys.push_back(key);
  std::erase_if(keys, is_docker_hub_token);
  return without_repeats(std::move(keys));
}

std::vector<std::string> stored_registries(const Config& config, HelperClient& helpers) {
  if (config.creds_store.empty()) return {};
  const std::vector<HelperReply> replies = helpers.run({{config.creds_store, "list", "unused"}});
  if (const auto* error = std::get_if<Error>(&replies.front())) throw *error;
  const auto* answer = std::get_if<std::string>(&replies.front());
  if (answer == nullptr) return {};
  std::vector<std::string> server_urls = parse_list_answer(*answer);
  std::erase_if(server_urls, is_docker_hub_token);
  return server_urls;
}

std::string registry_key_for(const Config& config, const std::string& registry) {
  const std::vector<std::string> keys = named_registries(config);
  if (std::find(keys.begin(), keys.end(), registry) != keys.end()) return registry;
  const std::string server_url = docker_server_url(registry);
  const auto same_registry = std::find_if(keys.begin(), keys.end(), [&](const std::string& key) {
    return docker_server_url(key) == server_url;
  });
  return same_registry != keys.end() ? *same_registry : server_url;
}

std::vector<Resolved> resolve(const Config& config, const std::vector<std::string>& keys,
                              HelperClient& helpers) {
  std::unordered_map<std::string, const AuthEntry*> entries;
  for (const AuthEntry& entry : config.auths)
    entries.emplace(entry.key, &entry);

  std::vector<Search> searches;
  searches.reserve(keys.size());
  for (const std::string& key : keys) {
    const auto entry = entries.find(key);
    searches.push_back(begin_search(config, entry == entries.end() ? nullptr : entry->second, key));
  }
  while (std::any_of(searches.begin(), searches.end(), is_unfinished))
    ask_next_spellings(config, searches, helpers);

  std::vector<Resolved> resolved;
  resolved.reserve(searches.size());
  for (Search& search : searches)
    resolved.push_back(finish(std::move(search)));
  return resolved;
}

}  // namespace pullsecret
