#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "docker/config_file.h"
#include "doctor/finding.h"
#include "doctor/helper_checks.h"
#include "helper/client.h"

namespace pullsecret {

/// Everything that was found out about a config.
struct Checkup {
  Findings findings;
  std::optional<ConfigLocation> location;        ///< none: standard input, or nowhere for it to be
  std::optional<JsonText> json;                  ///< if it can be read; empty if there is none yet
  std::optional<Config> config;                  ///< if Docker takes it
  HelperStates helpers;                          ///< that it names
  bool is_open = false;                          ///< others may read or change the file
  std::vector<std::filesystem::path> abandoned;  ///< as LeftoverChecks has it
  bool lacks_store = false;  ///< it names none, and the one that Docker takes does not work
};

/// Whether pullsecret can change the file: it is, or will be, a config.json that can be read.
bool has_mendable_file(const Checkup& checkup);

/// Checks the config that load_config(named) would read, all that it leads to, and the environment.
/// Where the file can be changed, each finding's way out is the last of its hint.
Checkup check_all(const std::optional<std::string>& named, HelperClient& helpers);

/// The same for the text of the config alone, which is at `location`, or will be: its settings,
/// helpers and entries.
Checkup check_text(const ConfigLocation& location, JsonText json, HelperClient& helpers);

/// What Docker's config, DOCKER_AUTH_CONFIG and PATH say by themselves. Runs no program, so that
/// nothing is known of what the stores hold.
Findings check_config_alone();

}  // namespace pullsecret
