#pragma once

#include <optional>
#include <string>

#include "doctor/finding.h"

namespace pullsecret {

/// `buildx-login` for each login of buildx's own (docker/buildx_logins.h): ok, or a warning where
/// its file has none for its registry, so that builds are anonymous there. `named` is the config,
/// if the user named one. No store is asked.
Findings check_buildx_logins(const std::optional<std::string>& named);

}  // namespace pullsecret
