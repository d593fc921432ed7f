#pragma once

#include <filesystem>
#include <vector>

#include "docker/config_file.h"
#include "doctor/finding.h"

namespace pullsecret {

/// What programs that were killed while they wrote a config left beside it.
struct LeftoverChecks {
  Findings findings;
  std::vector<std::filesystem::path> abandoned;  ///< what remove_abandoned() removes of it
};

/// `file-left-behind` for each file of this user with something in it: the abandoned_files() beside
/// the config, or what has the name of Docker's own new files (Go's os.CreateTemp: `config.json`
/// and a number) or of those of pullsecret 1.0 (`.config.json.` and six letters or digits). What
/// another program left may be something that it is still writing, so only the user removes it.
LeftoverChecks check_leftovers(const ConfigLocation& config);

}  // namespace pullsecret
