#include "docker/config_after_moves.h"

#include <map>
#include <optional>
#include <string>

#include "credential/registry.h"
#include "docker/resolve.h"

namespace pullsecret {
namespace {

bool is_complete(const Config& config, const Migration& migration, const Moves& moves) {
  return is_about_all(migration, config) && !any_failed(moves);
}

// For each registry the credential that Docker finds: find_moves() puts it first.
std::map<std::string, const Move*> found_by_docker(const Moves& moves) {
  std::map<std::string, const Move*> found;
  for (const Move& move : moves)
    if (move.counts) found.emplace(move.registry, &move);
  return found;
}

bool names(const std::string* helper, const std::string& store) {
  return helper != nullptr && *helper == store;
}

// ---- To a store

// No line is needed where `credsStore` says the same.
void name_store(ConfigChange& change, const Config& config, const std::string& registry,
                const std::string& store) {
  if (names(store_for(config, registry), store)) return;
  std::optional<std::string>& line = change.cred_helpers[registry];
  if (config.creds_store != store) line = store;
}

void set_creds_store(ConfigChange& change, const Config& config, const std::string& store) {
  if (config.creds_store != store) change.creds_store = store;
  for (const auto& [key, helper] : config.cred_helpers)
    if (helper == store) change.cred_helpers[key] = std::nullopt;
}

ConfigChange after_moves_to_store(const Config& config, const Migration& migration,
                                  const Moves& moves) {
  ConfigChange change;
  const bool all = is_complete(config, migration, moves);
  if (all) set_creds_store(change, config, migration.to);
  for (const Move& move : moves)
    if (move.is_at_target() && is_inline(move.from)) change.entries[move.key] = WithoutSecrets{};
  if (all) return change;
  for (const auto& [registry, move] : found_by_docker(moves))
    if (move->is_at_target()) name_store(change, config, registry, migration.to);
  for (const Move& move : moves)
    if (is_docker_hub_token(move.key) && move.is_at_target())
      name_store(change, config, move.key, migration.to);
  return change;
}

// ---- To the file

void remove_creds_store(ConfigChange& change, const Config& config, const Moves& moves) {
  change.creds_store = "";
  for (const auto& [registry, move] : found_by_docker(moves))
    if (move->from == config.creds_store && !move->is_at_target() && !move->has_line)
      change.cred_helpers[registry] = config.creds_store;
  for (const Move& move : moves)
    if (is_docker_hub_token(move.key) && names(store_for(config, move.key), move.from))
      change.cred_helpers[move.key] = move.from;
}

ConfigChange after_moves_inline(const Config& config, const Migration& migration,
                                const Moves& moves) {
  ConfigChange change;
  for (const Move& move : moves)
    if (move.state == MoveState::moved) change.entries[move.target_key] = Inline{move.credential};
  bool is_used = is_complete(config, migration, moves);
  for (const auto& [registry, move] : found_by_docker(moves))
    if (move->is_at_target()) {
      if (move->has_line) change.cred_helpers[registry] = std::nullopt;
      is_used = true;
    }
  if (is_used && !config.creds_store.empty()) remove_creds_store(change, config, moves);
  return change;
}

}  // namespace

ConfigChange config_after_moves(const Config& config, const Migration& migration,
                                const Moves& moves) {
  return is_inline(migration.to) ? after_moves_inline(config, migration, moves)
                                 : after_moves_to_store(config, migration, moves);
}

}  // namespace pullsecret
