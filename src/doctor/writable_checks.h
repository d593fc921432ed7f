#pragma once

#include <optional>

#include "docker/find_config.h"
#include "doctor/finding.h"

namespace pullsecret {

/// `file-unwritable`: what would keep `docker login` and `docker logout` from replacing Docker's
/// config, or podman's from replacing theirs if it is at `location`. Nothing is written to try it:
/// system/write_obstacle.h.
Findings check_writing(const ConfigLocation& location);

}  // namespace pullsecret
