#pragma once

#include "docker/config.h"
#include "kubernetes/provider_config.h"
#include "operations/notices.h"
#include "system/environment.h"

namespace pullsecret {

// A node's kubelet starts programs as the system starts a service: nobody is logged in, no desktop
// runs, no terminal is there, and nobody enters a passphrase.

/// The environment that a service of the system has (systemd.exec(5), "Environment variables in
/// spawned processes").
Environment service_environment();

/// What keeps the credentials of `config` from `provider`, which the kubelet starts: a helper that
/// is not on its PATH; a store that needs a desktop's session, a passphrase, or is not in order
/// there; an inline entry that Docker refuses or the kubelet cannot use; and what is otherwise
/// there than here. Asks pullsecret's helpers for their status, as the kubelet would start them;
/// none for a credential. Each warning has its place: a helper's program, or a registry key.
Notices notices_for_node(const Config& config, const CredentialProvider& provider);

}  // namespace pullsecret
