#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "system/error.h"
#include "system/run_programs.h"

namespace pullsecret {

// Where pass keeps its store, and the GPG keys that it encrypts to. gpg runs here as pass runs it:
// with what the user set in PASSWORD_STORE_GPG_OPTS.

/// $PASSWORD_STORE_DIR, else ~/.password-store. Throws Error if there is no home folder.
std::filesystem::path password_store_folder();

/// The gpg that pass takes: gpg2 where there is one. Throws Error if none is on PATH.
std::filesystem::path find_gpg();

/// What `gpg --with-colons LIST KEY` prints, LIST being `--list-keys` or `--list-secret-keys`;
/// empty if there is no such key. Throws Error if there is no gpg.
std::string list_gpg_keys(std::string_view list, const std::string& key);

/// Whether it ended with exit status 0.
bool has_exited_well(const ProgramResult& result);

/// How gpg fares that is asked for the secret half of `key`: it lists it, or says that there is
/// none; it gets no gpg-agent to ask; it fails otherwise.
enum class GpgCondition { answers, lacks_agent, fails };
GpgCondition gpg_condition(const std::string& key);

/// Whether gpg decrypts what it encrypts to `keys` with what the user set, and asks nobody.
bool decrypts_unasked(const std::vector<std::string>& keys);

/// Whether gpg encrypts to `key` as pass lets it: tries it, with nothing to encrypt. Does not look
/// for the key on the network. Throws Error if there is no gpg.
bool can_encrypt_to(const std::string& key);

/// A key as gpg lists it with colons: one record a line (GnuPG, doc/DETAILS).
struct GpgKey {
  char validity = '-';
  std::string capabilities;  ///< upper case: of the whole key, now
  std::string fingerprint;
};

/// The first key of a listing of public keys, if there is one.
std::optional<GpgKey> first_key(std::string_view listing);

/// Whether a listing of secret keys has one that decrypts and is kept on this machine: not on a
/// card, nor elsewhere.
bool has_decrypting_key(std::string_view listing);

/// How a key of `.gpg-id` is named to people: its ID, its fingerprint or a user ID with an address,
/// as they are; else "KEY". What a planted `.gpg-id` leads to may be any text of the user's files,
/// which is not to be shown.
std::string_view key_to_show(std::string_view key);

/// What keeps gpg from encrypting to a key.
enum class GpgKeyFault { missing, expired, revoked, disabled, cannot_encrypt, untrusted };

std::optional<GpgKeyFault> fault_of(const GpgKey& key);

/// The fault in words, and the command that mends it. `key` is the fingerprint; where the key is
/// missing, what was looked for.
Error key_error(GpgKeyFault fault, std::string_view key);

}  // namespace pullsecret
