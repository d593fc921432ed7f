#pragma once

#include "docker/config.h"
#include "doctor/finding.h"
#include "doctor/helper_checks.h"
#include "helper/client.h"

namespace pullsecret {

/// Checks each registry that `config` names, and asks the stores that work for its credential. One
/// finding for each at least:
///
/// `entry-ok`, `entry-empty` (`{}` and no store behind it), `entry-not-in-store`,
/// `entry-plain-text` (inline beside a store, which Docker asks in its place),
/// `entry-undecodable`, `entry-no-password`, `entry-identity-token`, `entry-expired`,
/// `entry-unreadable` (the store has it, and fails to give it), and what remarks_on_white_space()
/// says of a credential. A registry whose store does not work has none: the store's finding says
/// why.
Findings check_entries(const Config& config, const HelperChecks& stores, HelperClient& helpers);

/// The same of the entries for which Docker asks no store, as far as the config says it: asks
/// nobody.
Findings check_inline_entries(const Config& config);

}  // namespace pullsecret
