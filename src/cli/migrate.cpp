#include "operations/migrate.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "cli/messages.h"
#include "cli/options.h"
#include "cli/store_options.h"
#include "cli/table.h"
#include "credential/registry.h"
#include "docker/config_file.h"
#include "docker/podman.h"
#include "doctor/store_checks.h"
#include "system/environment.h"
#include "system/file.h"
#include "system/interruption.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

enum class Reader { docker, podman };

struct MigrateOptions {
  StoreOptions store;
  Migration migration;
  std::optional<Reader> for_whom;
  bool dry_run = false;
};

Migration read_migration(const CommandLine& line) {
  const auto to = value_of(line, "to");
  if (!to) throw Error("", "no new place named", "`pullsecret migrate --to pass`, or --to inline");
  Migration migration{
      .to = *to, .from = value_of(line, "from"), .registries = values_of(line, "registry")};
  if (migration.from == migration.to) throw Error("--from", "the same place as --to");
  return migration;
}

MigrateOptions read_migrate_options(const CommandLine& line) {
  MigrateOptions migrate{.store = read_store_options(line),
                         .migration = read_migration(line),
                         .dry_run = is_set(line, "dry-run")};
  if (is_given(line, "for")) migrate.for_whom = choice_of<Reader>(line, "for");
  if (migrate.store.config == "-")
    throw Error("--config", "standard input cannot be changed", "name a file");
  return migrate;
}

// ---- What is told

Cell result_of(const Move& move, bool dry_run) {
  switch (move.state) {
    case MoveState::to_be_copied:
      return {"would move", Color::green};
    case MoveState::moved:
    case MoveState::there_already: {
      const std::string result = move.state == MoveState::moved ? "moved" : "there already";
      if (!move.left_behind) return {result, Color::green};
      return {fmt::format("{}; still in {}, too", result, printable(move.from)), Color::yellow};
    }
    case MoveState::stays:
      return {fmt::format("stays: {}", move.reason->message()), Color::none};
    case MoveState::failed:
      return {dry_run ? "would fail" : "failed", Color::red};
    case MoveState::not_asked_for:
      break;
  }
  return {};
}

std::string table_of(const Moves& moves, const MigrateOptions& options, TableStyle style) {
  std::vector<Row> rows{{{"REGISTRY", Color::bold},
                         {"FROM", Color::bold},
                         {"TO", Color::bold},
                         {"RESULT", Color::bold}}};
  for (const Move& move : moves) {
    if (move.state == MoveState::not_asked_for) continue;
    const bool stays = move.state == MoveState::stays;
    rows.push_back({{key_in_words(move.key)},
                    {printable(move.from)},
                    {stays ? "" : printable(options.migration.to)},
                    result_of(move, options.dry_run)});
  }
  return rows.size() > 1 ? format_table(rows, style) : "";
}

// Docker, too, puts a new file in its place, and other names of the one before keep that.
void tell_other_name(const Migrated& migrated, const fs::path& file, const Streams& streams) {
  if (std::any_of(migrated.moves.begin(), migrated.moves.end(),
                  [](const Move& move) { return is_inline(move.from) && move.is_at_target(); }))
    print_warning(streams, Error(place_of(file),
                                 "it had another name, a hard link, under which the file is as it "
                                 "was, with credentials in plain text"));
}

// A backup of a file that had credentials inline has them still.
void tell_backups(const fs::path& file, const Streams& streams) {
  for (const fs::path& backup : plain_text_backups(file))
    print_hint(streams,
               fmt::format("{} still holds credentials in plain text: if all works, `rm {}`",
                           place_of(backup), shell_operand(backup.string())));
}

void tell_left_behind(const Moves& moves, const Streams& streams) {
  for (const Move& move : moves)
    if (move.left_behind)
      print_warning(streams, Error(key_in_words(move.key),
                                   fmt::format("not erased in {}: {}", printable(move.from),
                                               move.left_behind->what()),
                                   move.left_behind->hint()));
}

std::size_t count_of(const Moves& moves, std::initializer_list<MoveState> states) {
  return static_cast<std::size_t>(std::count_if(moves.begin(), moves.end(), [&](const Move& move) {
    return std::find(states.begin(), states.end(), move.state) != states.end();
  }));
}

std::size_t count_of_all(const Moves& moves) {
  return moves.size() - count_of(moves, {MoveState::not_asked_for, MoveState::stays});
}

void tell_count(const Moves& moves, const MigrateOptions& options, const Streams& streams) {
  const std::size_t all = count_of_all(moves);
  if (all == 0) return print_note(streams, "there is no credential to move");
  const std::size_t there = count_of(moves, {MoveState::there_already});
  print_note(streams, fmt::format("{} of {} credentials {}{}",
                                  count_of(moves, {MoveState::moved, MoveState::to_be_copied}), all,
                                  options.dry_run ? "would move" : "moved",
                                  there == 0 ? "" : fmt::format(", {} there already", there)));
}

std::string in_words(const ConfigChange& change) {
  std::vector<std::string> words;
  if (change.creds_store)
    words.push_back(change.creds_store->empty()
                        ? "it has no credsStore"
                        : fmt::format("credsStore names {}", printable(*change.creds_store)));
  for (const auto& [key, helper] : change.cred_helpers)
    words.push_back(helper ? fmt::format("credHelpers names {} for {}",
                                         printable(store_of_helper(*helper)), key_in_words(key))
                           : fmt::format("credHelpers has no line for {}", key_in_words(key)));
  for (const auto& [key, entry] : change.entries)
    words.push_back(fmt::format("the entry of {} has no secret", key_in_words(key)));
  constexpr std::size_t most = 4;
  if (words.size() > most) {
    const std::string rest = fmt::format("and {} more", words.size() - most + 1);
    words.resize(most - 1);
    words.push_back(rest);
  }
  return join(words, ", ");
}

// Without a credential that moves, too.
void tell_change(const ConfigChange& change, const fs::path& file, const MigrateOptions& options,
                 const Streams& streams) {
  if (change.empty()) return;
  print_note(streams, fmt::format("{} {}: {}", place_of(file),
                                  options.dry_run ? "would change" : "changed", in_words(change)));
}

Error failures_of(const Moves& moves) {
  std::string list;
  for (const Move& move : moves) {
    if (move.state != MoveState::failed) continue;
    list += fmt::format("\n  {}: {}", key_in_words(move.key), move.reason->what());
    if (!move.reason->hint().empty()) list += fmt::format("\n    hint: {}", move.reason->hint());
  }
  return {"", fmt::format("{} of {} credentials cannot move:{}",
                          count_of(moves, {MoveState::failed}), count_of_all(moves), list)};
}

void tell(const Migrated& migrated, const fs::path& file, bool has_other_name,
          const MigrateOptions& options, const Streams& streams) {
  const Moves& moves = migrated.moves;
  streams.data(table_of(moves, options, streams.table));
  if (!options.store.quiet) {
    tell_count(moves, options, streams);
    if (count_of(moves, {MoveState::moved, MoveState::to_be_copied}) == 0)
      tell_change(migrated.change, file, options, streams);
    tell_left_behind(moves, streams);
    if (has_other_name && !options.dry_run) tell_other_name(migrated, file, streams);
    if (!is_inline(options.migration.to)) tell_backups(file, streams);
  }
  if (!any_failed(moves)) return;
  if (!options.dry_run) throw failures_of(moves);
  print_warning(streams, failures_of(moves));
}

// Why credHelpers says what credsStore does, and by which option it does not.
void tell_lines_for_podman(const MigrateOptions& options, const std::vector<std::string>& podmans,
                           const Streams& streams) {
  print_note(streams, fmt::format("credHelpers {} a line for each, too: {} ask credsStore{}",
                                  options.dry_run ? "would get" : "has", do_not(podmans),
                                  options.for_whom ? "" : "; --for docker leaves them out"));
}

// ---- The steps

void warn_of_environment(const MigrateOptions& options, const Streams& streams) {
  if (options.store.quiet || !environment_variable("DOCKER_AUTH_CONFIG")) return;
  print_warning(
      streams, Error("DOCKER_AUTH_CONFIG", "it counts before the config file, and stays as it is"));
}

// Lines for podman are written where there is one to read them, or are there already.
bool is_for_podman(const MigrateOptions& options, const Config& config,
                   const std::vector<std::string>& podmans) {
  if (options.for_whom) return options.for_whom == Reader::podman;
  return !podmans.empty() || has_lines_for_podman(config);
}

void migrate_config(const MigrateOptions& options, const Streams& streams) {
  ConfigLocation location = find_config_json(options.store);
  const JsonText json = read_config_text(location);
  const Config config = parse_config(json);
  const std::vector<std::string> podmans = podmans_here();
  Migration migration = options.migration;
  migration.for_podman = is_for_podman(options, config, podmans);
  warn_of_environment(options, streams);
  require_changeable(location);
  require_own_stores(location);
  require_writable(location);

  StatusLine status(streams, options.store.quiet);
  HelperClient helpers = make_helper_client(options.store, status);
  if (!is_inline(migration.to)) check_usable("--to", migration.to, helpers);
  Migrated migrated = plan_migration(config, migration, helpers);
  std::error_code unknown;
  const std::uintmax_t count = fs::hard_link_count(location.file, unknown);
  const bool has_other_name = !unknown && count > 1;
  const HeldInterruption held;  // from here on a step is made to its end
  if (!options.dry_run)
    make_migration(migrated, location, json, config, migration, helpers, is_interrupted);
  status.erase();
  if (migrated.closed_file && !options.store.quiet)
    print_note(streams,
               fmt::format("{} is readable by you alone now (mode 0600)", place_of(location.file)));
  if (migrated.has_lines_for_podman && !options.store.quiet)
    tell_lines_for_podman(options, podmans, streams);
  try {
    tell(migrated, location.file, has_other_name, options, streams);
  } catch (const Error& failure) {
    if (!is_interrupted()) throw;
    print_error(streams, failure);
  }
  pass_on_interruption();
}

}  // namespace

Command migrate_command() {
  return {
      .name = "migrate",
      .usage = "--to STORE",
      .summary = "move credentials to another store",
      .intro =
          R"(Moves credentials to another store, or out of the plain text.

Usage:
    pullsecret migrate --to STORE|inline [OPTION]...

It stores each credential at the new place, reads it back and compares it. Then
it changes config.json in one step, so that Docker looks at the new place. At
last it erases the credentials at the old place. Ctrl-C ends it after the step
that runs, and the table says what is where. However it ends, every credential
is in at least one place, and the config works. It overwrites nothing at the new
place: if there is another credential, the old one stays, and that is a failure.
)",
      .groups =
          {{"Options",
            {{.name = "to",
              .value = {"STORE|inline", ValueKind::place},
              .description = "the new place: pass is docker-credential-pass; inline is the file "
                             "itself, in plain text"},
             {.name = "from",
              .value = {"STORE|inline", ValueKind::place},
              .description = "only what is there now; a store, too, that the config does not name"},
             {.name = "registry",
              .value = {"HOST", ValueKind::registry},
              .is_repeatable = true,
              .description = "only this registry; may be repeated"},
             {.name = "for",
              .value = {"docker|podman", ValueKind::choice, {"docker", "podman"}},
              .description = "podman: beside credsStore, which podman, skopeo and buildah do not "
                             "ask, a line in credHelpers for each registry; docker: none. Without "
                             "this option there are lines where one of the three is installed"},
             {.name = "dry-run",
              .description =
                  "ask the stores, print the table, change nothing; nothing is stored to try"},
             {.name = "config",
              .value = {"FILE", ValueKind::file},
              .description = "this config.json"},
             timeout_option(),
             quiet_option()}}},
      .outro =
          R"(What a line of "credHelpers" names stays where it is, unless --registry names
the registry or --from its store. If all has moved, "credsStore" names the new
store; else "credHelpers" does, registry by registry.

Example:
    $ pullsecret migrate --to pass
    REGISTRY                     FROM    TO    RESULT
    https://index.docker.io/v1/  inline  pass  moved
    ghcr.io                      inline  pass  moved
)",
      .prepare = prepare<read_migrate_options, migrate_config>};
}

}  // namespace pullsecret
