#pragma once

#include <optional>
#include <string>

#include "temporary_folder.h"

/// A home folder of its own for one test case, and an environment that names no other place for a
/// Docker config.
struct DockerHome {
  TemporaryFolder folder;
  ScopedVariable home{"HOME", folder.path().string()};
  ScopedVariable docker_config{"DOCKER_CONFIG", std::nullopt};
  ScopedVariable auth_config{"DOCKER_AUTH_CONFIG", std::nullopt};
  ScopedVariable registry_auth_file{"REGISTRY_AUTH_FILE", std::nullopt};
  ScopedVariable runtime{"XDG_RUNTIME_DIR", std::nullopt};
  ScopedVariable config_home{"XDG_CONFIG_HOME", std::nullopt};
  ScopedVariable sudo{"SUDO_UID", std::nullopt};

  std::string path(const std::string& name) const { return (folder.path() / name).string(); }
};
