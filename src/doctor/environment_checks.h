#pragma once

#include <filesystem>
#include <optional>

#include "docker/config.h"
#include "doctor/finding.h"

namespace pullsecret {

/// Checks DOCKER_AUTH_CONFIG, which Docker reads since 28.3, and which counts before what `config`
/// says of the same registry. Nothing if it is not set. `config` is absent if there is none.
Findings check_environment(const std::optional<Config>& config);

/// Whether the config `file` is that of Docker's snap, which can run no helper of this machine, and
/// names one.
std::optional<Finding> check_snap(const std::filesystem::path& file, const Config& config);

}  // namespace pullsecret
