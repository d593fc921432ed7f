#pragma once

#include "docker/config.h"
#include "doctor/finding.h"

namespace pullsecret {

/// Checks the names that `config` has for registries: `entry-spelling` (Docker or the kubelet does
/// not use it), `entry-twice` (the same registry under another name), `entry-login-in-key`.
Findings check_spellings(const Config& config);

}  // namespace pullsecret
