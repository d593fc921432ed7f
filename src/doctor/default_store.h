#pragma once

#include <optional>

#include "docker/config.h"
#include "doctor/finding.h"
#include "helper/client.h"

namespace pullsecret {

/// The store that Docker takes by itself.
struct DefaultStore {
  std::optional<Finding> finding;  ///< `default-store`; nothing if Docker takes none
  bool is_broken = false;          ///< it does not work
};

/// Checks the store that Docker takes by itself where `config` names no store and no registry:
/// `pass` if a program of that name is on PATH, else `secretservice`, as soon as there is a helper
/// for it (docker/cli, cli/config/credentials: DetectDefaultStore).
DefaultStore check_default_store(const Config& config, HelperClient& helpers);

}  // namespace pullsecret
