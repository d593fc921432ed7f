#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string_view>

#include "helpers/encryptedfile/sealed_file.h"
#include "system/error.h"

namespace pullsecret {

// The key of a file that a passphrase opens. It is asked for on the terminal and derived once; the
// kernel's session keyring then keeps the derived key (session_keyring.h), under a name with the
// file's salt, so that the key of an older passphrase is never taken for the present one's. The
// passphrase itself is kept nowhere.

/// How long a key is kept: $DOCKER_CREDENTIAL_UNLOCK_FOR, else 8 hours. Throws Error for a time
/// that parse_lifetime() refuses.
std::chrono::seconds key_lifetime();

/// A duration (credential/go_duration.h) from a second to a year: `90s`, `1h30m`, `2d`. Throws
/// Error without a place for anything else.
std::chrono::seconds parse_lifetime(std::string_view text);

/// The key that the session keyring keeps for `header`; nothing if it keeps none.
std::optional<Key> find_kept_key(const SealedHeader& header);

/// Keeps the key for a file with this `passphrase`. Throws Error if the kernel does not.
void keep_key(const Key& key, const Argon2id& passphrase, std::chrono::seconds lifetime);

/// Removes what keep_key() kept, if anything.
void forget_key(const Argon2id& passphrase);

/// `file` is locked, and there is no terminal to ask on.
Error locked_error(const std::filesystem::path& file);

/// The key of a file with `header`: the kept one, else derived from the passphrase, which is asked
/// for up to three times; it is then kept for key_lifetime(), or the user told why not. `file` is
/// what the question names. Throws Error if there is no terminal to ask on.
Key find_or_ask_for_key(const std::filesystem::path& file, const SealedHeader& header);

/// The same, to keep the key for `lifetime` from now on. Throws Error if it cannot be kept, too.
void unlock_session(const std::filesystem::path& file, const SealedHeader& header,
                    std::chrono::seconds lifetime);

/// A key to seal with, and where it came from.
struct DerivedKey {
  Key key;
  Argon2id passphrase;
};

/// Asks twice for a new passphrase. The key is not kept yet. Throws Error if the two differ, or
/// there is no terminal.
DerivedKey ask_for_new_passphrase();

}  // namespace pullsecret
