#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "system/error.h"

namespace pullsecret {

// The kernel's session keyring (keyrings(7), session-keyring(7)): memory of the kernel that the
// processes of one login session share, that is never swapped out, and that ends with the session.
// A process without a session keyring of its own uses the one that all sessions of its user share
// (user-session-keyring(7)). The entries here are of type `user`; their description is their name.
//
// Processes of another user can be in the session, too: after `su`, or `setpriv --reuid`, it is
// handed on, and with it the rights of who possesses a key. So each entry lies in a keyring of its
// own, which only its owner may search: without that nobody possesses what is in it. To give the
// entry's own rights to its owner instead, wherever that one is, would open it to all sessions of
// this user.
//
// The kernel may have no keyrings, and a container usually may not use them (Docker's seccomp
// profile refuses the system calls): nothing is then ever found.

// The kernel lets an ordinary user keep 20,000 bytes (keys(7), maxbytes), of which a large payload
// takes a few where it has keys of type `big_key`.

/// The payload of this user's entry `description`; nothing if there is none, or its time is over.
std::optional<std::string> find_in_session(const std::string& description);

/// Keeps `payload` as the entry `description` for `lifetime` (over 0), in the place of an older
/// one. Throws Error if the kernel does not keep it; a process killed meanwhile leaves nothing.
void keep_in_session(const std::string& description, const std::string& payload,
                     std::chrono::seconds lifetime);

/// Removes the entry `description` at once, from all keyrings it may be in.
void forget_in_session(const std::string& description);

/// The descriptions of this user's entries in the session that begin with `prefix`.
std::vector<std::string> entries_in_session(std::string_view prefix);

/// What the kernel still keeps for this user, of what it keeps at most (keys(7)).
struct KeyringRoom {
  std::size_t free_bytes = 0, bytes = 0;
  std::size_t free_keys = 0, keys = 0;
};
/// Nothing where that cannot be known.
std::optional<KeyringRoom> keyring_room();

/// Why this process can keep nothing there; nothing if it can.
std::optional<Error> session_keyring_fault();

/// Gives this process, and those it starts, an empty session keyring of its own. It goes on with
/// the one that it has where the kernel makes none.
void leave_session_keyring();

}  // namespace pullsecret
