#pragma once

#include <optional>
#include <string>

#include "docker/config.h"
#include "doctor/finding.h"
#include "doctor/helper_state.h"
#include "helper/client.h"

namespace pullsecret {

struct HelperChecks {
  Findings findings;
  HelperStates helpers;
  bool lacks_store = false;  ///< one has to go, and no store works that could take its place
};

/// Asks every helper that `config` names (interview.h), and what stands behind pullsecret's own
/// stores. One finding for each helper at least; where one is of no use, its remedy is what
/// `doctor --fix` puts in its place, or `--use` would. `use` is the store that --use names.
HelperChecks check_helpers(const Config& config, HelperClient& helpers,
                           const std::optional<std::string>& use = std::nullopt);

/// Those of the findings that PATH says alone: the helpers that are not there, or may not be run.
Findings check_presence(const Config& config);

}  // namespace pullsecret
