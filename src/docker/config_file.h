#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "docker/config.h"

namespace pullsecret {

/// The config that counts, and what its reader should tell the user about it.
struct LoadedConfig {
  Config config;
  bool is_dockers_own = true;                ///< false: podman's file, or ~/.dockercfg
  std::optional<Error> environment_refused;  ///< why DOCKER_AUTH_CONFIG does not take part
};

/// Finds and reads the config as Docker would, then as podman would:
///
/// 1. `named`, a file, a folder with a config.json, or `-` for standard input;
/// 2. $DOCKER_CONFIG/config.json, and with DOCKER_CONFIG set nothing else;
/// 3. ~/.docker/config.json;
/// 4. $REGISTRY_AUTH_FILE, else $XDG_RUNTIME_DIR/containers/auth.json and
///    ${XDG_CONFIG_HOME:-~/.config}/containers/auth.json;
/// 5. ~/.dockercfg.
///
/// The first that exists counts, even if it cannot be read. Unless `named` is given,
/// DOCKER_AUTH_CONFIG takes part; where Docker ignores it, so is it here, and environment_refused
/// says why. A file named `.dockercfg` is read as the map it is. At most 16 MiB are read. Throws
/// Error if there is no config at all, or it is refused.
LoadedConfig load_config(const std::optional<std::string>& named);

}  // namespace pullsecret
