#pragma once

#include "helpers/encryptedfile/paths.h"

namespace pullsecret {

/// Throws Error that says what would keep a credential from being stored: of the file, the lock
/// beside it, and at first use the key. Nothing is written to find it; the lock is held for a
/// moment, after a second at most.
void require_writable(const Paths& paths);

}  // namespace pullsecret
