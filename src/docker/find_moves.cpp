#include "docker/find_moves.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "credential/account.h"
#include "credential/registry.h"
#include "docker/ask_stores.h"
#include "docker/entries_that_stay.h"
#include "docker/podman.h"
#include "docker/resolve.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// What a store has, as its `list` says. One that did not answer, and need not, has an empty
// optional here: nothing is known of it.
using Listed = std::map<std::string, std::optional<std::vector<std::string>>>;

// Docker keeps its web login's tokens where it keeps Docker Hub's credential.
std::string registry_of(const std::string& key) {
  if (is_docker_hub_token(key)) return std::string(docker_hub_key);
  return is_about_path(key) ? key : docker_lookup_name(key);
}

std::string store_of_registry(const Config& config, const std::string& registry) {
  const auto line = config.cred_helpers.find(registry);
  return line == config.cred_helpers.end() ? configured_store(config)
                                           : store_of_helper(line->second);
}

bool is_named(const Migration& migration, const std::string& registry) {
  return std::any_of(migration.registries.begin(), migration.registries.end(),
                     [&](const std::string& named) {
                       return docker_server_url(named) == docker_server_url(registry);
                     });
}

std::vector<std::string> stores_to_list(const Config& config, const Migration& migration) {
  std::vector<std::string> stores{configured_store(config)};
  if (migration.from) stores.push_back(*migration.from);
  for (const auto& [key, helper] : config.cred_helpers)
    if (is_named(migration, registry_of(key))) stores.push_back(store_of_helper(helper));
  std::erase_if(
      stores, [&](const std::string& store) { return is_inline(store) || store == migration.to; });
  return without_repeats(std::move(stores));
}

bool has_to_answer(const std::string& store, const Migration& migration) {
  return is_inline(migration.to) || migration.from.value_or(store) == store;
}

Listed list_stores(const Config& config, const Migration& migration, HelperClient& helpers) {
  Listed listed;
  for (const std::string& store : stores_to_list(config, migration))
    try {
      listed[store] = list_store(store, helpers);
      std::erase(*listed[store], probe_server_url);
      for (std::string& account : list_hidden_accounts(store, helpers))
        listed[store]->push_back(std::move(account));
    } catch (const Error&) {
      if (has_to_answer(store, migration)) throw;
      listed[store] = std::nullopt;
    }
  return listed;
}

bool has_line(const Config& config, const std::string& registry) {
  return config.cred_helpers.contains(registry) && !is_line_for_podman(config, registry);
}

Move new_move(const Config& config, std::string from, std::string key) {
  Move move{.from = std::move(from), .key = std::move(key)};
  move.registry = registry_of(move.key);
  move.has_line = has_line(config, move.registry);
  return move;
}

// The entry in which Docker finds what it looks up under `name`: the one of that key, else the only
// one whose host that is.
std::string inline_key(const Config& config, const std::string& name) {
  const std::vector<const AuthEntry*> found = entries_found(config, name);
  return found.size() == 1 && !is_about_path(found.front()->key) ? found.front()->key : name;
}

// A spelling that Docker asks no store for becomes one that it finds in the file: it must not come
// beside what is there for that host.
std::string name_inline(const Config& config, const std::string& server_url) {
  return is_about_path(server_url) ? server_url
                                   : inline_key(config, docker_lookup_name(server_url));
}

void add_stored(Moves& moves, const Config& config, const Migration& migration,
                const Listed& listed) {
  for (const auto& [store, server_urls] : listed)
    for (const std::string& server_url : server_urls.value_or(std::vector<std::string>())) {
      Move& move = moves.emplace_back(new_move(config, store, server_url));
      if (!is_name_of_login(server_url)) {
        move.reason = no_name_of_login();
        continue;
      }
      move.target_key = is_inline(migration.to) ? name_inline(config, server_url) : server_url;
    }
}

// What `docker login` has put into the store that Docker asks, and its `list` does not tell: some
// helpers list nothing.
void add_unlisted(Moves& moves, const Config& config, const Migration& migration,
                  const Listed& listed) {
  std::set<std::pair<std::string, std::string>> known;
  for (const auto& [store, server_urls] : listed)
    for (const std::string& server_url : server_urls.value_or(std::vector<std::string>()))
      known.emplace(store, server_url);
  for (const AuthEntry& entry : config.auths) {
    const std::string name = docker_lookup_name(entry.key);
    const std::string* store = store_for(config, name);
    if (is_login(entry.credential) || store == nullptr || !listed.contains(*store) ||
        !known.emplace(*store, name).second)
      continue;
    Move& move = moves.emplace_back(new_move(config, *store, name));
    move.is_listed = false;
    move.target_key = is_inline(migration.to) ? name_inline(config, name) : name;
  }
}

struct Question {
  Move* move;
  StoreKey key;
};

// Has `take` look at what the stores answer, all asked side by side.
template <typename Take>
void ask(const std::vector<Question>& questions, HelperClient& helpers, Take take) {
  std::vector<StoreKey> keys;
  keys.reserve(questions.size());
  for (const Question& question : questions)
    keys.push_back(question.key);
  const std::vector<StoreAnswer> answers = get_from_stores(keys, helpers);
  for (std::size_t i = 0; i < questions.size(); ++i)
    take(questions[i], answers[i]);
}

// A store may have it by another name than Docker asks for, and need not answer to that: then no
// line is to lead there, which would hide from podman what the file has.
void ask_as_docker(Moves& moves, HelperClient& helpers) {
  std::vector<Question> questions;
  for (Move& move : moves)
    if (move.key != move.registry && !move.target_key.empty() && !is_docker_hub_token(move.key))
      questions.push_back({&move, {move.from, move.registry}});
  ask(questions, helpers, [](const Question& question, const StoreAnswer& answer) {
    question.move->is_given = !std::holds_alternative<NotFound>(answer);
  });
}

// The hosts for which podman goes on taking an entry about a path, which a line of credHelpers
// would hide: without one it would lose what it takes for the host.
std::set<std::string> hosts_without_line(const Config& config,
                                         const std::map<std::string, Error>& staying) {
  std::set<std::string> hosts;
  for (const auto& [key, reason] : staying)
    if (std::string host = podman_lookup_name(key);
        !config.cred_helpers.contains(host) && is_read_by_podman(*config.auths.find(key), host))
      hosts.insert(std::move(host));
  return hosts;
}

void add_inline(Moves& moves, const Config& config, const Migration& migration) {
  if (is_inline(migration.to)) return;
  const std::map<std::string, Error> staying = entries_that_stay(config);
  std::set<std::string> podmans;
  if (migration.for_podman) podmans = hosts_without_line(config, staying);
  for (const AuthEntry& entry : config.auths) {
    if (is_empty(entry.credential) && !entry.problem) continue;
    Move& move = moves.emplace_back(new_move(config, std::string(inline_store), entry.key));
    const std::string name = docker_lookup_name(entry.key);
    move.credential = entry.credential;
    if (const auto stays = staying.find(entry.key); stays != staying.end()) {
      move.reason = stays->second;
      continue;
    }
    move.target_key = name;
    if (is_about_path(entry.key)) move.registry = name;
    move.has_line = has_line(config, move.registry);
    if (entry.problem)
      move.reason = *entry.problem;
    else if (podmans.contains(podman_lookup_name(entry.key)) &&
             is_read_by_podman(entry, podman_lookup_name(entry.key)))
      move.reason = Error("",
                          "podman takes it for the host and another one for a path, and would not "
                          "take both with a store",
                          "with --for docker it moves");
  }
}

/// Tells for each credential whether it is to be moved, from all that is known.
class Decision {
 public:
  Decision(const Config& config, const Migration& migration, const Listed& listed,
           const Moves& moves)
      : config_(config), migration_(migration) {
    std::set<std::pair<std::string, std::string>> not_given;
    for (const Move& move : moves)
      if (!move.is_given) not_given.emplace(move.from, move.key);
    for (const AuthEntry& entry : config.auths)
      if (is_login(entry.credential))
        for (const std::string& name : {registry_of(entry.key), docker_lookup_name(entry.key)})
          registries_at_[std::string(inline_store)].insert(name);
    for (const auto& [store, server_urls] : listed) {
      if (!server_urls) continue;
      std::set<std::string>& registries = registries_at_[store];
      for (const std::string& server_url : *server_urls)
        if (!is_beside_registries(server_url) && !not_given.contains({store, server_url}))
          registries.insert(registry_of(server_url));
    }
  }

  void decide(Move& move) const {
    const std::string store = store_of_registry(config_, move.registry);
    const bool is_beside = is_beside_registries(move.key);
    const bool is_used = !move.target_key.empty();
    move.counts = is_used && !is_beside && (store == move.from || !has(store, move.registry));
    if (!is_asked_for(move)) return;
    if (!is_used)
      move.state = MoveState::stays;
    else if (is_beside && is_inline(migration_.to))
      stay(move, is_docker_hub_token(move.key)
                     ? "a token of Docker Hub's web login, which a store alone keeps"
                     : fmt::format("an account that is not in use, which a store alone keeps: {} "
                                   "still answers for it",
                                   printable(move.from)));
    else if (would_hide_path(move, store))
      stay(move, "Docker takes an entry about a path for its host");
    else if (migration_.for_podman && !is_inline(migration_.to) && is_inline(move.from) &&
             is_podmans_docker_hub(config_, move.key))
      move.fail({"", "podman takes it for Docker Hub, and would not in a store",
                 "with --for docker it moves"});
    else if (move.has_line && store != migration_.to && !may_leave_line(move, store))
      stay(move, fmt::format("credHelpers names {} for it; --registry {} moves it",
                             printable(store), key_in_words(move.registry)));
    else
      move.state = move.reason ? MoveState::failed : MoveState::to_be_copied;
  }

 private:
  static void stay(Move& move, const std::string& why) {
    move.state = MoveState::stays;
    move.reason = Error("", why);
  }

  bool is_asked_for(const Move& move) const {
    return migration_.from.value_or(move.from) == move.from &&
           (migration_.registries.empty() || is_named(migration_, move.registry) ||
            is_named(migration_, move.key));
  }

  // Whether it would become the entry of a host for which Docker takes one about a path.
  bool would_hide_path(const Move& move, const std::string& store) const {
    return is_inline(migration_.to) && is_inline(store) && !move.counts &&
           config_.auths.find(move.target_key) == nullptr;
  }

  // A line of credHelpers gives way only where somebody named its registry, or its store.
  bool may_leave_line(const Move& move, const std::string& store) const {
    const bool is_registry_named = !migration_.registries.empty();
    const bool is_store_named = migration_.from == store && move.from == store;
    return is_registry_named || is_store_named;
  }

  // A store of which nothing is known has everything: then nothing changes that Docker finds.
  bool has(const std::string& store, const std::string& registry) const {
    const auto known = registries_at_.find(store);
    return known == registries_at_.end() ? !is_inline(store) : known->second.contains(registry);
  }

  const Config& config_;
  const Migration& migration_;
  std::map<std::string, std::set<std::string>> registries_at_;  ///< by store
};

// Lines whose stores were not even asked: they are told, since they are what stays.
void add_lines_that_stay(Moves& moves, const Config& config, const Migration& migration) {
  if (migration.from || !migration.registries.empty()) return;
  for (const auto& [key, helper] : config.cred_helpers) {
    const std::string store = store_of_helper(helper);
    if (store == migration.to || is_inline(store) || is_line_for_podman(config, key)) continue;
    Move& move = moves.emplace_back(new_move(config, store, key));
    move.state = MoveState::stays;
    move.reason =
        Error("", fmt::format("a line of credHelpers; --from {} moves it", printable(store)));
  }
}

bool is_inline_in(const Config& config, const std::string& registry) {
  const AuthEntry* entry = config.auths.find(inline_key(config, registry));
  return entry != nullptr && is_login(entry->credential);
}

void add_named_but_not_found(Moves& moves, const Config& config, const Migration& migration) {
  std::set<std::string> found;
  for (const Move& move : moves)
    if (move.state != MoveState::not_asked_for)
      for (const std::string& name : {move.registry, move.key})
        found.insert(docker_server_url(name));
  for (const std::string& named : without_repeats(migration.registries)) {
    if (found.contains(docker_server_url(named))) continue;
    Move& move = moves.emplace_back(new_move(config, migration.from.value_or(""), named));
    const std::string store = store_of_registry(config, move.registry);
    if (move.from.empty()) move.from = store;
    if (store == migration.to && (!is_inline(store) || is_inline_in(config, move.registry))) {
      move.state = MoveState::stays;
      move.reason = Error("", "the config names this place for it already");
      continue;
    }
    move.fail(Error("", "no credential found for it", login_command(named)));
  }
}

// Where the store that Docker asks fails, Docker takes what is inline. That must not go to where
// Docker does not look, nor to where it counts before the store's once that works again.
void keep_what_stands_in(Moves& moves, const Config& config, const Migration& migration,
                         HelperClient& helpers) {
  std::vector<Question> questions;
  for (Move& move : moves) {
    const std::string store = store_of_registry(config, move.registry);
    if (move.state == MoveState::to_be_copied && is_inline(move.from) && !move.counts &&
        !is_inline(store) && store != migration.to)
      questions.push_back({&move, {store, move.registry}});
  }
  ask(questions, helpers, [](const Question& question, const StoreAnswer& answer) {
    if (const auto* error = std::get_if<Error>(&answer))
      question.move->fail({"",
                           fmt::format("it stands in for the store {}, which fails: {}",
                                       printable(question.key.store), error->what()),
                           "pullsecret doctor says what to do about that store"});
  });
}

// Beside a credential of the store that Docker asks, or is to ask, a username alone is nothing that
// would have to move.
void judge_usernames(Moves& moves, const Config& config, const Migration& migration,
                     HelperClient& helpers) {
  std::vector<Question> questions;
  for (Move& move : moves)
    if (move.state == MoveState::stays && is_inline(move.from) && lacks_secret(move.credential) &&
        is_name_of_login(move.key)) {
      const std::string store = store_of_registry(config, move.registry);
      questions.push_back({&move, {is_inline(store) ? migration.to : store, move.registry}});
    }
  ask(questions, helpers, [](const Question& question, const StoreAnswer& answer) {
    if (!std::holds_alternative<Credential>(answer)) question.move->fail(empty_password());
  });
}

void load_secrets(Moves& moves, HelperClient& helpers) {
  std::vector<Question> questions;
  for (Move& move : moves)
    if (move.state == MoveState::to_be_copied && !is_inline(move.from))
      questions.push_back({&move, {move.from, move.key}});
  ask(questions, helpers, [](const Question& question, const StoreAnswer& answer) {
    Move& move = *question.move;
    if (const auto* credential = std::get_if<Credential>(&answer))
      move.credential = *credential;
    else if (const auto* error = std::get_if<Error>(&answer))
      move.fail(*error);
    else if (!move.is_listed)
      move.state = MoveState::not_asked_for;
    else
      move.fail({"", fmt::format("{} lists it and does not have it", printable(move.from))});
  });
}

// Docker takes nothing else for the host of Docker Hub's images: podman's login may be its, too.
bool is_free_hub_host(const Config& config, HelperClient& helpers) {
  const std::string host(docker_hub_host);
  if (!entries_found(config, host).empty() || config.cred_helpers.contains(host)) return false;
  const std::string* store = store_for(config, host);
  return store == nullptr ||
         std::holds_alternative<NotFound>(get_from_stores({{*store, host}}, helpers).front());
}

// Podman finds in the file what Docker looks up by other names.
void add_podmans_keys(Move& move, const Config& config, HelperClient& helpers) {
  const std::string name = podman_lookup_name(move.key);
  if (name == move.target_key || !is_read_by_podman(*config.auths.find(move.key), name)) return;
  move.more_keys.push_back(name);
  if (is_free_hub_host(config, helpers)) move.more_keys.emplace_back(docker_hub_host);
}

// pullsecret's stores answer to every spelling of a registry, others to what they list alone. A
// file has all by one entry, but what Docker takes for another host.
void add_answered_keys(Move& move, const Moves& moves, const Config& config,
                       const Migration& migration, HelperClient& helpers) {
  std::vector<std::string> names;
  if (!is_inline(migration.to)) names.push_back(move.registry);
  if (move.registry == docker_hub_key) {
    const auto line = config.cred_helpers.find("docker.io");
    if (!is_inline(migration.to) && line != config.cred_helpers.end() && line->second == move.from)
      names.push_back(line->first);
    const std::string host(docker_hub_host);
    if (const std::string* store = store_for(config, host); store != nullptr && *store == move.from)
      names.push_back(host);
  }
  for (const std::string& name : names) {
    const bool is_listed = std::any_of(moves.begin(), moves.end(), [&](const Move& other) {
      return other.from == move.from && other.key == name;
    });
    if (is_listed) continue;
    const StoreAnswer answer = get_from_stores({{move.from, name}}, helpers).front();
    const auto* credential = std::get_if<Credential>(&answer);
    if (credential != nullptr && is_same_login(*credential, move.credential))
      move.more_keys.push_back(name);
  }
}

void add_more_keys(Moves& moves, const Config& config, const Migration& migration,
                   HelperClient& helpers) {
  for (Move& move : moves)
    if (move.state != MoveState::to_be_copied || is_beside_registries(move.key))
      continue;
    else if (!is_inline(move.from))
      add_answered_keys(move, moves, config, migration, helpers);
    else if (migration.for_podman)
      add_podmans_keys(move, config, helpers);
}

}  // namespace

Moves find_moves(const Config& config, const Migration& migration, HelperClient& helpers) {
  const Listed listed = list_stores(config, migration, helpers);
  Moves moves;
  add_stored(moves, config, migration, listed);
  add_unlisted(moves, config, migration, listed);
  ask_as_docker(moves, helpers);
  add_inline(moves, config, migration);
  std::stable_partition(moves.begin(), moves.end(),
                        [](const Move& move) { return move.key == move.registry; });
  const Decision decision(config, migration, listed, moves);
  for (Move& move : moves)
    decision.decide(move);
  load_secrets(moves, helpers);
  std::erase_if(moves, [](const Move& move) {
    return !move.is_listed && move.state == MoveState::not_asked_for;
  });
  add_lines_that_stay(moves, config, migration);
  add_named_but_not_found(moves, config, migration);
  keep_what_stands_in(moves, config, migration, helpers);
  judge_usernames(moves, config, migration, helpers);
  add_more_keys(moves, config, migration, helpers);
  return moves;
}

}  // namespace pullsecret
