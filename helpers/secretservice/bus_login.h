#pragma once

#include <chrono>

namespace pullsecret {

/// Logs in to the local bus that `socket` is connected to, as its own user (EXTERNAL: the kernel
/// tells the bus who that is; D-Bus Specification, Authentication Protocol). The bus then waits for
/// its first message. At most max_greeting bytes are read of what it says, and that is waited for
/// no longer than `limit`. Throws Error.
void log_in_to_bus(int socket, std::chrono::seconds limit);

}  // namespace pullsecret
