#pragma once

#include <chrono>

#include "helper/status.h"

namespace pullsecret {

/// Whether the default keyring can be reached, is there, and is unlocked. Prompts for nothing.
/// Throws Error if the bus, or the service, does not say within `limit`.
StoreStatus secretservice_status(std::chrono::seconds limit = std::chrono::seconds(10));

}  // namespace pullsecret
