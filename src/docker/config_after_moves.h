#pragma once

#include "docker/config.h"
#include "docker/config_change.h"
#include "docker/moves.h"

namespace pullsecret {

/// What is to become of the config so that Docker finds at the target all that is there, and all
/// else where it is.
///
/// To a store: `credsStore` names it if all was asked for and nothing failed, and the lines of
/// `credHelpers` go that say the same; else, where `credsStore` does not say so already,
/// `credHelpers` names it for each of the registries that moved. What was inline loses its secrets;
/// its entry stays. For podman `credHelpers` names it for each in any case, by podman's names.
///
/// To `inline`: each entry gets its credential. Docker looks into the file only where it has no
/// store to ask: `credsStore` goes, and `credHelpers` names it for each registry that is left in
/// it. Lines for podman of what moved go, too.
ConfigChange config_after_moves(const Config& config, const Migration& migration,
                                const Moves& moves);

/// Whether `credHelpers` is to name the store of a credential that is left there when `credsStore`
/// goes.
bool needs_line_inline(const Config& config, const Move& move);

}  // namespace pullsecret
