#pragma once

#include "docker/config.h"
#include "doctor/finding.h"

namespace pullsecret {

/// Checks the names that `config` has for registries: those that Docker or the kubelet does not
/// use, those that mean the same registry, and those that hold a login.
Findings check_spellings(const Config& config);

/// Takes out of `findings` what calls an entry ok that has a name under which Docker does not look:
/// it is not, whatever its credential is worth.
void take_back_ok(Findings& findings, const Config& config);

}  // namespace pullsecret
