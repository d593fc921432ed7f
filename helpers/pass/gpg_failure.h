#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "helpers/pass/gpg_obstacle.h"
#include "system/error.h"

namespace pullsecret {

// What gpg did, and why it failed, from the lines that its option --status-fd adds to standard
// error: `[GNUPG:] KEYWORD ARGUMENT…` (GnuPG, doc/DETAILS). They are the same in every language
// and, with gpg 2.2, say more than the messages: for want of a passphrase, as for want of the key,
// that is `No secret key`. What they leave open, gpg's own list of the keys answers.

/// As list_gpg_keys() (gpg_key.h).
using KeyList = std::function<std::string(std::string_view list, const std::string& key)>;

/// What to ask beside the lines, of which each answers for itself where it is declared.
struct GpgKnowledge {
  KeyList list_keys;
  std::function<std::optional<GpgObstacle>(const std::string& key)> find_obstacle;
  std::function<bool()> asks_without_pinentry;
};

/// What gpg and pass said to people: standard error without the status lines, on one line.
std::string said_to_people(std::string_view error_output);

/// Whether there are status lines at all: not where pass failed before it came to gpg.
bool gpg_spoke(std::string_view error_output);

/// Whether gpg says that it decrypted a message to its end. Its exit status does not: that is 0 for
/// a file that was cut off, too, whose content then seems to be empty, and for `--help`.
bool has_decrypted(std::string_view error_output);

/// Whether gpg says that it gave out what was encrypted. With `--unwrap` it decrypts a message, and
/// gives out another one.
bool has_given_plaintext(std::string_view error_output);

/// Whether gpg says that it encrypted a message to its end, and the fingerprints of the keys that
/// it was for.
bool has_encrypted(std::string_view error_output);
std::vector<std::string> keys_encrypted_to(std::string_view error_output);

/// Whether gpg decrypted nothing because nobody could be asked, and for no other reason that shows.
bool had_to_ask(std::string_view error_output);

/// Why gpg did not encrypt, with the command that mends it: no such key, one that expired, was
/// revoked, is not trusted or cannot encrypt; one that gpg has and does not get at
/// (gpg_obstacle.h). What is none of these is told in gpg's own words.
Error encryption_failure(std::string_view error_output, const GpgKnowledge& gpg);

/// Why gpg did not decrypt: no secret key, or none that it gets at; a passphrase that it could not
/// ask for, because there is no terminal (`terminal` is empty) or no pinentry, or that it did not
/// get; a damaged file.
Error decryption_failure(std::string_view error_output, const GpgKnowledge& gpg,
                         std::string_view terminal);

}  // namespace pullsecret
