#pragma once

#include <filesystem>
#include <string_view>

#include "helpers/encryptedfile/paths.h"
#include "helpers/encryptedfile/sealed_file.h"

namespace pullsecret {

// A key file holds the key's 32 bytes as they are, or in base64 (as `openssl rand -base64 32` and
// `wg genkey` print them; what is made here) or hex, white space at its ends not counted.
//
// It is refused if others may use it: private_file.h. One that the environment names may be a
// symbolic link, `paths.key` may not.

/// The key in the content of a key file. Throws Error without a place if there is none.
Key parse_key(std::string_view content);

/// The key in `file`, which a user named for what is yet to be sealed. Throws Error, whose hint
/// tells how a new key is made.
Key read_named_key(const std::filesystem::path& file);

/// The key for a file with `header`, which is no passphrase's: the one in `paths.named_key` if
/// there is one named, else in `paths.new_key` or `paths.key`, whichever it is. Throws Error if
/// none is; no hint tells to make another, which would open nothing.
///
/// Without a lock: in the course of a rekey, first the new key is in `new_key`, then the
/// credentials are sealed with it, then `new_key` is renamed to `key`. So whoever read the
/// credentials and looks into `new_key` and `key` in this order finds theirs, or the credentials
/// have changed meanwhile.
Key find_key_in_files(const Paths& paths, const SealedHeader& header);

/// The key for a file that is yet to be made: in `paths.named_key`, else in `paths.key`, which is
/// made if it is not there. To be called while holding the lock. Throws Error.
Key key_for_new_file(const Paths& paths);

/// Writes `key` to the new file `file`, in one step, and makes its folder if need be; it is on disk
/// when this returns. Throws Error; there is then no such file, unless there was one before.
void write_key(const std::filesystem::path& file, const Key& key);

/// Ends a rekey that was killed: makes `paths.new_key` the key if the credentials with `header`
/// are sealed with it, else removes it. To be called while holding the lock. Throws Error.
void settle_new_key(const Paths& paths, const SealedHeader& header);

/// Removes `paths.key` unless it is the key of the credentials with `header`. To be called while
/// holding the lock, once those are on disk. Throws Error if it may be there still.
void remove_retired_key(const Paths& paths, const SealedHeader& header);

}  // namespace pullsecret
