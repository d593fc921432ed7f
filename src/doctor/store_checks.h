#pragma once

#include <optional>
#include <string>
#include <vector>

#include "doctor/finding.h"

namespace pullsecret {

// What stands behind the helpers `secretservice` and `pass`, looked at directly: their own words
// say little of it, and upstream's answer as if there were nothing to find where the keyring is
// locked, or the password store is not made.

/// What stands in for the keyring that programs find under `org.freedesktop.secrets`.
enum class Keyring { unlocked, locked, missing, no_service, no_bus, unknown };

/// Asks with dbus-send whether the default keyring is locked. It unlocks nothing, asks the user
/// nothing and starts no bus. Unknown without dbus-send, and for an answer that says neither.
Keyring ask_keyring();

/// The finding on a keyring that keeps docker login from storing; nothing for one that is unlocked,
/// or unknown. `said` is what the helper failed with, empty if it did not: by it an unknown keyring
/// is recognised, and one that is locked is a problem, not a warning.
std::optional<Finding> check_keyring(Keyring keyring, const std::string& said);

/// What keeps pass from encrypting and decrypting: no pass, no gpg, no `.gpg-id`, and each of its
/// keys that is missing, expired, revoked, disabled or not trusted.
Findings check_password_store();

/// The finding on a pass whose helper failed with `said` though its store is in order: gpg could
/// not ask for the passphrase. Nothing if that is not what it says.
std::optional<Finding> check_pinentry(const std::string& said);

}  // namespace pullsecret
