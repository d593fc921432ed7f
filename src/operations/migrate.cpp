#include "operations/migrate.h"

#include <fmt/format.h>

#include "docker/config_after_moves.h"
#include "docker/config_change.h"
#include "docker/find_moves.h"
#include "docker/make_moves.h"
#include "system/file.h"

namespace pullsecret {
namespace {

// Whether others could use it.
bool close_for_inline(const ConfigLocation& location, const Migration& migration) {
  if (!is_inline(migration.to) || !location.is_there || !is_open_to_others(location)) return false;
  close_to_others(location);
  return true;
}

// What is to become of the config with all that is to be copied at the target.
ConfigChange change_after(const Config& config, const Migration& migration, Moves moves) {
  for (Move& move : moves)
    if (move.state == MoveState::to_be_copied) move.state = MoveState::moved;
  return config_after_moves(config, migration, moves);
}

void find_change(Migrated& migrated, const Config& config, const Migration& migration) {
  Migration for_docker = migration;
  for_docker.for_podman = false;
  migrated.change = change_after(config, migration, migrated.moves);
  migrated.has_lines_for_podman =
      migration.for_podman &&
      migrated.change.cred_helpers != change_after(config, for_docker, migrated.moves).cred_helpers;
}

}  // namespace

Migrated plan_migration(const Config& config, const Migration& migration, HelperClient& helpers) {
  Migrated planned{.moves = find_moves(config, migration, helpers)};
  compare_with_target(planned.moves, config, migration, planned.podmans, helpers);
  find_change(planned, config, migration);
  return planned;
}

void make_migration(Migrated& migrated, const ConfigLocation& location, const JsonText& json,
                    const Config& config, const Migration& migration, HelperClient& helpers,
                    const Interrupted& is_interrupted) {
  copy_to_target(migrated.moves, migration, helpers, is_interrupted);
  find_change(migrated, config, migration);
  if (const ConfigChange& change = migrated.change; !change.empty()) {
    migrated.closed_file = close_for_inline(location, migration);
    const Unsynced unsynced = [&] {
      try {
        return write_config(location, json, changed_config(json, change));
      } catch (const Error& error) {
        if (!migrated.closed_file) throw;
        throw Error(error.place(), error.message() + "; it is for you alone now (mode 0600)",
                    error.hint());
      }
    }();
    if (unsynced)
      throw Error(
          place_of(location.file),
          fmt::format("changed, but nothing was erased at the old places: {}", unsynced->what()),
          unsynced->hint());
  }
  erase_at_sources(migrated.moves, migration, migrated.podmans, helpers, is_interrupted);
}

}  // namespace pullsecret
