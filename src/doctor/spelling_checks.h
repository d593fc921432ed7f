#pragma once

#include "docker/config.h"
#include "doctor/finding.h"
#include "doctor/helper_state.h"
#include "helper/client.h"

namespace pullsecret {

/// Checks the names that `config` has for registries, in `auths` and in `credHelpers`: those that
/// Docker or the kubelet does not use, those that mean the same registry, and those that hold a
/// login. What `stores` list says for which hosts a name with stars stands. `helpers` is asked
/// where a line that comes into effect might hide a login; nullptr: nobody is, and it does.
Findings check_spellings(const Config& config, const HelperStates& stores, HelperClient* helpers);

/// Takes out of `findings` what calls an entry ok that has a name under which Docker does not look:
/// it is not, whatever its credential is worth.
void take_back_ok(Findings& findings, const Config& config);

}  // namespace pullsecret
