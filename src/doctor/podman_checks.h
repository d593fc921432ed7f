#pragma once

#include "docker/config.h"
#include "doctor/finding.h"
#include "doctor/helper_state.h"
#include "helper/client.h"

namespace pullsecret {

/// `podman-cannot-read`: what Docker finds by `config`, which is `json`, if it `is_there`, and
/// those podmans_here() do not, as docker/podman.h tells. Nothing where podman's own auth.json,
/// which counts before, has a login. Of `stores` those that work are asked for their credentials;
/// without `helpers` none.
Findings check_podman(const Config& config, const JsonText& json, bool is_there,
                      const HelperStates& stores, HelperClient* helpers);

/// Whether podman has a login of its own for what Docker looks up as `name`, in a file or a store:
/// what would be new in Docker's config is not to hide that.
bool podman_takes_its_own(const std::string& name, HelperClient* helpers);

/// The same of podman's own file, of the text `json`: what stands there, and podman does not read.
Findings check_podmans_own(const JsonText& json);

}  // namespace pullsecret
