#pragma once

#include "docker/config.h"
#include "doctor/finding.h"
#include "doctor/helper_state.h"
#include "helper/client.h"

namespace pullsecret {

/// Checks the names that the lines of `credHelpers` have for registries: those by which Docker
/// never looks. What `stores` list says for which hosts a name with stars stands. `helpers` is
/// asked where a line that comes into effect might hide a login; nullptr: nobody is, and it does.
Findings check_helper_lines(const Config& config, const HelperStates& stores,
                            HelperClient* helpers);

}  // namespace pullsecret
