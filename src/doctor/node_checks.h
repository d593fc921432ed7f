#pragma once

#include <string>
#include <vector>

#include "docker/config.h"
#include "system/environment.h"
#include "system/error.h"

namespace pullsecret {

// A node's kubelet starts programs as the system starts a service: nobody is logged in, no desktop
// runs, no terminal is there, and nobody enters a passphrase.

/// The environment that a service of the system has (systemd.exec(5), "Environment variables in
/// spawned processes").
Environment service_environment();

/// What keeps the credentials of `config` from a program that the kubelet starts with
/// `environment`: a helper that is not on its PATH; a store that needs a desktop's session, a
/// passphrase, or is not in order there; an inline entry that Docker refuses or the kubelet cannot
/// use. Asks pullsecret's helpers for their status, as the kubelet would start them; none for a
/// credential. Each warning has its place: a helper's program, or a registry key.
std::vector<Error> warnings_for_node(const Config& config, const Environment& environment);

}  // namespace pullsecret
