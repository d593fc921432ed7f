#pragma once

#include "docker/config.h"
#include "doctor/finding.h"
#include "helper/client.h"

namespace pullsecret {

/// Checks the store that Docker takes by itself where `config` names no store and no registry:
/// `pass` if a program of that name is on PATH, else `secretservice`, as soon as there is a helper
/// for it (docker/cli, cli/config/credentials: DetectDefaultStore). `default-store` is a problem if
/// that store does not work. No finding if Docker takes none.
Findings check_default_store(const Config& config, HelperClient& helpers);

/// Whether the findings have one of a default store that does not work.
bool has_broken_default_store(const Findings& findings);

}  // namespace pullsecret
