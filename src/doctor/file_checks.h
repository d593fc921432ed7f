#pragma once

#include <optional>
#include <string>

#include "credential/json_syntax.h"
#include "docker/config_file.h"
#include "doctor/finding.h"

namespace pullsecret {

/// A config file, as far as one got with it.
struct FileChecks {
  Findings findings;
  std::optional<ConfigLocation> location;  ///< none: standard input, or nowhere for a config to be
  std::optional<JsonText> json;  ///< its text, if that can be read; empty if there is none yet
};

/// Looks for the config as load_config() does, and checks the way to it: unless it is named, what
/// DOCKER_CONFIG and HOME hold, whose it is under sudo, and who may write into Docker's folder.
/// Does not look into it.
FileChecks check_file(const std::optional<std::string>& named);

/// What programs that were killed while they wrote a config left beside it: `file-left-behind` for
/// each file of this user with something in it, the abandoned_files() beside the config, or what
/// has the name of Docker's own new files (Go's os.CreateTemp: `config.json` and a number) or of
/// those of pullsecret 1.0 (`.config.json.` and six letters or digits). What another program left
/// may be something that it is still writing, so only the user removes it.
Findings check_leftovers(const ConfigLocation& config);

}  // namespace pullsecret
