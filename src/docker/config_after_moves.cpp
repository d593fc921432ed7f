#include "docker/config_after_moves.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "credential/account.h"
#include "credential/image_grammar.h"
#include "credential/registry.h"
#include "docker/podman.h"
#include "docker/resolve.h"

namespace pullsecret {
namespace {

bool is_complete(const Config& config, const Migration& migration, const Moves& moves) {
  return is_about_all(migration, config) && !any_failed(moves);
}

// For each registry the credential that Docker finds: find_moves() puts it first.
std::map<std::string, const Move*> found_by_docker(const Moves& moves) {
  std::map<std::string, const Move*> found;
  for (const bool is_given : {true, false})
    for (const Move& move : moves)
      if (move.counts && move.is_given == is_given) found.emplace(move.registry, &move);
  return found;
}

bool names(const std::string* helper, const std::string& store) {
  return helper != nullptr && *helper == store;
}

// ---- To a store

// Whether Docker takes one that stays in the file, if only by chance: of a store it would get none.
bool keeps_one_of_several(const Config& config, const Moves& moves) {
  return is_inline(configured_store(config)) &&
         std::any_of(moves.begin(), moves.end(), [&](const Move& move) {
           if (move.state != MoveState::stays || !is_inline(move.from) ||
               !is_login(move.credential))
             return false;
           const std::string name = docker_lookup_name(move.key);
           return move.target_key.empty() && name != docker_hub_key && is_looked_for(name) &&
                  config.auths.find(name) == nullptr && !config.cred_helpers.contains(name);
         });
}

std::string store_or_inline(const Config& config, const std::string& registry) {
  const std::string* store = store_for(config, registry);
  return store == nullptr ? std::string(inline_store) : *store;
}

// No line is needed where `credsStore` says the same.
void name_store(ConfigChange& change, const Config& config, const std::string& registry,
                const std::string& store) {
  if (names(store_for(config, registry), store)) return;
  std::optional<std::string>& line = change.cred_helpers[registry];
  if (config.creds_store != store) line = store;
}

// Whether Docker finds the token there, or none of them elsewhere: then a line may lead to its new
// place.
bool is_where_docker_looks(const Config& config, const Move& token) {
  if (const std::string* store = store_for(config, token.key)) return *store == token.from;
  const AuthEntry* entry = config.auths.find(token.key);
  return is_inline(token.from) || entry == nullptr || is_empty(entry->credential);
}

// The names for which podman goes on finding one in the file, which a line would hide.
std::set<std::string> names_inline(const Config& config, const Moves& moves) {
  std::set<std::string_view> leaving;
  for (const Move& move : moves)
    if (is_inline(move.from) && move.is_at_target()) leaving.insert(move.key);
  std::set<std::string> names;
  for (const AuthEntry& entry : config.auths) {
    if (leaving.contains(entry.key)) continue;
    if (is_podmans_docker_hub(config, entry.key)) names.insert("docker.io");
    std::string name = podman_lookup_name(entry.key);
    if (is_read_by_podman(entry, name)) names.insert(std::move(name));
  }
  return names;
}

// The line by which podman finds what Docker finds without it. One for Docker Hub may lead podman
// elsewhere than Docker.
void name_store_for_podman(ConfigChange& change, const Config& config, const Migration& migration,
                           const std::set<std::string>& inline_names, const Move& move) {
  const std::string name = podman_lookup_name(move.registry);
  if (move.target_key != move.registry && move.target_key != name) return;
  const auto line = config.cred_helpers.find(name);
  const bool has_line = line != config.cred_helpers.end() && !line->second.empty();
  if (has_line && name != move.registry && line->second != move.from) return;
  if (migration.for_podman && (has_line || !inline_names.contains(name)))
    change.cred_helpers[name] = migration.to;
  else if (name != move.registry && is_line_for_podman(config, name))
    change.cred_helpers[name] = std::nullopt;
}

bool names_hub_host(const Move& move) {
  return std::find(move.more_keys.begin(), move.more_keys.end(), docker_hub_host) !=
         move.more_keys.end();
}

// Which Docker and podman take for two.
void name_store_for_hub_host(ConfigChange& change, const Config& config, const Migration& migration,
                             const Move& move, bool all) {
  const std::string host(docker_hub_host);
  const bool has_line = config.cred_helpers.contains(host);
  if (migration.for_podman && (has_line || is_inline(move.from)))
    change.cred_helpers[host] = migration.to;
  else if (!all || (has_line && !is_line_for_podman(config, host)))
    name_store(change, config, host, migration.to);
}

// Lines that say the same are needless, but for podman.
void set_creds_store(ConfigChange& change, const Config& config, const Migration& migration) {
  if (config.creds_store != migration.to) change.creds_store = migration.to;
  for (const auto& [key, helper] : config.cred_helpers) {
    if (helper != migration.to && !is_line_for_podman(config, key)) continue;
    const bool is_kept = migration.for_podman && is_podmans_name(key);
    change.cred_helpers[key] = is_kept ? std::optional(migration.to) : std::nullopt;
  }
}

// So that an unchanged config is told from a changed one.
void drop_what_stands(ConfigChange& change, const Config& config) {
  std::erase_if(change.cred_helpers, [&](const auto& line) {
    const auto before = config.cred_helpers.find(line.first);
    return before == config.cred_helpers.end() ? !line.second : line.second == before->second;
  });
}

ConfigChange after_moves_to_store(const Config& config, const Migration& migration,
                                  const Moves& moves) {
  ConfigChange change;
  const bool all = is_complete(config, migration, moves) && !keeps_one_of_several(config, moves);
  const std::set<std::string> inline_names = names_inline(config, moves);
  if (all) set_creds_store(change, config, migration);
  for (const Move& move : moves)
    if (move.is_at_target() && is_inline(move.from)) change.entries[move.key] = WithoutSecrets{};
  for (const auto& [registry, move] : found_by_docker(moves)) {
    // A line would hide from podman what Docker does not find in its place.
    const std::string name = podman_lookup_name(registry);
    const bool is_found = name != registry || store_or_inline(config, registry) == move->from;
    const bool would_only_hide = inline_names.contains(name) && (!move->is_given || !is_found);
    if (!all && move->is_at_target() && !would_only_hide)
      name_store(change, config, registry, migration.to);
  }
  for (const Move& move : moves) {
    const bool is_token = is_docker_hub_token(move.key);
    if (!all && is_token && move.is_at_target() && is_where_docker_looks(config, move))
      name_store(change, config, move.key, migration.to);
    const bool is_asked = move.counts || (all && !move.has_line) ||
                          names(store_for(config, move.registry), migration.to);
    if (is_beside_registries(move.key) || !is_asked || !move.is_at_target()) continue;
    name_store_for_podman(change, config, migration, inline_names, move);
    if (names_hub_host(move)) name_store_for_hub_host(change, config, migration, move, all);
  }
  drop_what_stands(change, config);
  return change;
}

// ---- To the file

// Of the lines for podman those stay whose registries are left in the store.
void remove_creds_store(ConfigChange& change, const Config& config, const Moves& moves) {
  change.creds_store = "";
  for (const auto& [key, helper] : config.cred_helpers)
    if (is_line_for_podman(config, key)) change.cred_helpers[key] = std::nullopt;
  for (const auto& [registry, move] : found_by_docker(moves)) {
    if (move->is_at_target() || !needs_line_inline(config, *move)) continue;
    change.cred_helpers.erase(podman_lookup_name(registry));
    change.cred_helpers[registry] = config.creds_store;
  }
  for (const Move& move : moves)
    if (is_docker_hub_token(move.key) && names(store_for(config, move.key), move.from))
      change.cred_helpers[move.key] = move.from;
}

ConfigChange after_moves_inline(const Config& config, const Migration& migration,
                                const Moves& moves) {
  ConfigChange change;
  for (const Move& move : moves)
    if (move.state == MoveState::moved) {
      change.entries[move.target_key] = Inline{move.credential};
      if (!names_hub_host(move)) continue;
      const std::string host(docker_hub_host);
      change.entries[host] = Inline{move.credential};
      if (config.cred_helpers.contains(host)) change.cred_helpers[host] = std::nullopt;
    }
  bool is_used = is_complete(config, migration, moves);
  for (const auto& [registry, move] : found_by_docker(moves))
    if (move->is_at_target()) {
      const std::string name = podman_lookup_name(registry);
      if (is_line_for_podman(config, name)) change.cred_helpers[name] = std::nullopt;
      if (move->has_line) change.cred_helpers[registry] = std::nullopt;
      is_used = true;
    }
  if (is_used && !config.creds_store.empty()) remove_creds_store(change, config, moves);
  drop_what_stands(change, config);
  return change;
}

}  // namespace

bool needs_line_inline(const Config& config, const Move& move) {
  return move.counts && move.from == config.creds_store && !move.has_line &&
         (move.is_given || !podman_finds_inline(config, podman_lookup_name(move.registry)));
}

ConfigChange config_after_moves(const Config& config, const Migration& migration,
                                const Moves& moves) {
  return is_inline(migration.to) ? after_moves_inline(config, migration, moves)
                                 : after_moves_to_store(config, migration, moves);
}

}  // namespace pullsecret
