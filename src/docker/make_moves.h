#pragma once

#include <functional>

#include "docker/config.h"
#include "docker/moves.h"
#include "docker/podman.h"
#include "helper/client.h"

namespace pullsecret {

/// Asked between two steps, whether no further one is wanted.
using Interrupted = std::function<bool()>;
inline bool never_interrupted() {
  return false;
}

/// Asks the target for each credential that is to be copied: it is there already if the same is
/// there, and it fails if another one is there or the target cannot keep it. Writes nothing. Throws
/// Error if the target does not answer.
void compare_with_target(Moves& moves, const Config& config, const Migration& migration,
                         const PodmansOwn& podmans, HelperClient& helpers);

/// Stores each credential that is to be copied, under its other names, too, where the target does
/// not answer to them by itself, reads it back and compares username and secret, one
/// after the other; what does not come back as it was is erased there again, and fails. For the
/// store `inline` it is the config that keeps them, and all count as moved. Once `is_interrupted`,
/// those that are left fail.
void copy_to_target(Moves& moves, const Migration& migration, HelperClient& helpers,
                    const Interrupted& is_interrupted);

/// Erases in its store each credential that is at the target, by now and by the config; says in
/// `left_behind` where that did not succeed. If all of a store was at the target already, and
/// both turn out to be one store by two names (Docker Desktop's and the system's), nothing is
/// erased. Nor is anything once `is_interrupted`.
void erase_at_sources(Moves& moves, const Migration& migration, const PodmansOwn& podmans,
                      HelperClient& helpers, const Interrupted& is_interrupted);

}  // namespace pullsecret
