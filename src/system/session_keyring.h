#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace pullsecret {

// The kernel's session keyring (keyrings(7), session-keyring(7)): memory of the kernel that the
// processes of one login session share, that is never swapped out, and that ends with the session.
// A process without a session keyring of its own uses the one that all sessions of its user share
// (user-session-keyring(7)). The entries here are of type `user`; their description is their name.
//
// The kernel may have no keyrings, and a container usually may not use them (Docker's seccomp
// profile refuses the system calls): nothing is then ever found.

/// The payload of the entry `description`; nothing if there is none, or its time is over.
std::optional<std::string> find_in_session(const std::string& description);

/// Keeps `payload` as the entry `description` for `lifetime` (over 0), in the place of an older
/// one. Throws Error if the kernel does not keep it; a process killed meanwhile leaves nothing.
void keep_in_session(const std::string& description, const std::string& payload,
                     std::chrono::seconds lifetime);

/// Removes the entry `description` at once, from all keyrings it may be in.
void forget_in_session(const std::string& description);

/// Gives this process, and those it starts, an empty session keyring of its own. It goes on with
/// the one that it has where the kernel makes none.
void leave_session_keyring();

}  // namespace pullsecret
