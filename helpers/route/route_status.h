#pragma once

#include "helper/status.h"

namespace pullsecret {

/// Whether the rules can be read, and each helper that they name is on PATH; what is remembered,
/// and where not, why; and which variables of the rules look like secrets.
StoreStatus route_status();

}  // namespace pullsecret
