#pragma once

#include "docker/config.h"
#include "doctor/finding.h"

namespace pullsecret {

/// Checks the names that `config` has for registries: `entry-spelling` (Docker or the kubelet does
/// not use it), `entry-twice` (the same registry under another name), `entry-login-in-key`.
Findings check_spellings(const Config& config);

/// Takes out of `findings` what calls an entry ok that has a name under which Docker does not look:
/// it is not, whatever its credential is worth.
void take_back_ok(Findings& findings, const Config& config);

}  // namespace pullsecret
