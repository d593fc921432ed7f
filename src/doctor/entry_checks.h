#pragma once

#include "docker/config.h"
#include "doctor/finding.h"
#include "doctor/helper_state.h"
#include "helper/client.h"

namespace pullsecret {

/// Checks each registry that `config` names, and asks the `stores` that work for its credential.
/// One finding for each at least; a registry whose store does not work has none: the store's
/// finding says why.
/// Without `helpers` it is about those for which Docker asks no store.
Findings check_entries(const Config& config, const HelperStates& stores, HelperClient* helpers);

}  // namespace pullsecret
