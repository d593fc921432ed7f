#pragma once

#include <optional>

namespace pullsecret {

/// The major version of the docker that is on PATH, as it says itself; nothing if there is none, it
/// does not say so in a few seconds, or it is another program, such as podman's stand-in.
std::optional<int> installed_docker_version();

}  // namespace pullsecret
