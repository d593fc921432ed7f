#pragma once

#include "docker/config.h"
#include "doctor/finding.h"
#include "doctor/helper_state.h"
#include "helper/client.h"

namespace pullsecret {

/// Checks the names that the entries of `auths` have for registries: those that Docker or the
/// kubelet does not use, those that mean the same registry, and those that hold a login. `helpers`
/// is asked whether a store of `stores` has a login for the right name; nullptr: nobody is, and it
/// may.
Findings check_spellings(const Config& config, const HelperStates& stores, HelperClient* helpers);

/// Takes out of `findings` what calls an entry ok that has a name under which Docker does not look:
/// it is not, whatever its credential is worth.
void take_back_ok(Findings& findings, const Config& config);

}  // namespace pullsecret
