#pragma once

#include "docker/config.h"
#include "docker/moves.h"
#include "helper/client.h"

namespace pullsecret {

/// The credentials in the stores that `migration` is about, with their secrets, and what is known
/// besides: those that were not asked for, those that stay. What is in a store is what its `list`
/// answers; what is inline is in the entries of `config`.
///
/// Without `from` the stores are the config file and that of `credsStore`; a registry that a
/// line of `credHelpers` is about stays (such a helper may mint its tokens), unless `registries`
/// name it or `from` names its store.
///
/// Of several for one registry that which Docker finds, under the registry's own name, comes first.
/// The state of each is to_be_copied, or one that it keeps. Throws Error if a store does not answer
/// that has to be known.
Moves find_moves(const Config& config, const Migration& migration, HelperClient& helpers);

}  // namespace pullsecret
