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

// Whether it adds some that Docker alone would not need, once what is to be copied is.
bool adds_lines_for_podman(const Config& config, const Migration& migration, Moves moves) {
  Migration for_docker = migration;
  for_docker.for_podman = false;
  for (Move& move : moves)
    if (move.state == MoveState::to_be_copied) move.state = MoveState::moved;
  const auto lines = [&](const Migration& which) {
    return config_after_moves(config, which, moves).cred_helpers;
  };
  return migration.for_podman && lines(migration) != lines(for_docker);
}

}  // namespace

Migrated plan_migration(const Config& config, const Migration& migration, HelperClient& helpers) {
  Migrated planned{.moves = find_moves(config, migration, helpers)};
  compare_with_target(planned.moves, config, migration, helpers);
  planned.has_lines_for_podman = adds_lines_for_podman(config, migration, planned.moves);
  return planned;
}

Migrated migrate(const ConfigLocation& location, const JsonText& json, const Config& config,
                 const Migration& migration, HelperClient& helpers,
                 const Interrupted& is_interrupted) {
  Migrated migrated = plan_migration(config, migration, helpers);
  copy_to_target(migrated.moves, migration, helpers, is_interrupted);
  migrated.has_lines_for_podman = adds_lines_for_podman(config, migration, migrated.moves);
  const ConfigChange change = config_after_moves(config, migration, migrated.moves);
  if (!change.empty()) {
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
  erase_at_sources(migrated.moves, migration, helpers, is_interrupted);
  return migrated;
}

}  // namespace pullsecret
