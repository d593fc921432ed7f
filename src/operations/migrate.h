#pragma once

#include "docker/config.h"
#include "docker/config_change.h"
#include "docker/config_file.h"
#include "docker/make_moves.h"
#include "docker/moves.h"
#include "docker/podman.h"
#include "helper/client.h"

namespace pullsecret {

struct Migrated {
  PodmansOwn podmans = {};  ///< as it was when the migration was planned
  Moves moves;
  ConfigChange change = {};  ///< what became of the config, or would once all is copied
  bool closed_file = false;  ///< others could use the config file, which now has credentials
  bool has_lines_for_podman = false;  ///< `credHelpers` gets lines that Docker needs not
};

/// What make_migration() would do, as far as can be told without storing anything.
Migrated plan_migration(const Config& config, const Migration& migration, HelperClient& helpers);

/// Moves the credentials of `migrated`, which was planned, and sets the config at `location` to
/// that, of which `json` and `config` were read. What is to stand in the file in plain text is for
/// the user alone. Throws Error if the file cannot be written; and where it could not be synced:
/// then nothing was erased at the old places, since a power cut may bring the config back that
/// finds the credentials there. Once `is_interrupted` the step that runs is the last of its kind:
/// the config is set to what has moved.
void make_migration(Migrated& migrated, const ConfigLocation& location, const JsonText& json,
                    const Config& config, const Migration& migration, HelperClient& helpers,
                    const Interrupted& is_interrupted = never_interrupted);

}  // namespace pullsecret
