#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace pullsecret {

/// One run of the `pass` program.
struct PassCall {
  std::filesystem::path store;         ///< the password store, for its PASSWORD_STORE_DIR
  std::vector<std::string> arguments;  ///< as on its command line: an action, options, an entry
  std::string input = {};
  /// Paths are no patterns to git: `git rm` of an entry named `*` removes that entry alone. Hooks
  /// of the store's git inherit it, so only for calls that need it.
  bool literal_paths = false;
  std::chrono::milliseconds timeout = std::chrono::minutes(5);  ///< somebody may have to type
  bool may_ask = true;  ///< gpg may ask for a passphrase; else it fails where it would have to
};

/// What came of it.
struct PassResult {
  std::string output;
  std::vector<std::string> keys;  ///< of `insert`: the fingerprints that gpg encrypted to
};

/// Runs it. Throws Error if it does not succeed, with what gpg or pass said and the command that
/// mends it (gpg_failure.h). An exit status of 0 is not enough where gpg has work to do: `insert`
/// has succeeded if gpg says that it encrypted, `show` if it says that it decrypted and gave that
/// out.
///
/// It gets the caller's environment, in which
///
/// - PATH has its absolute entries alone, where `pass` and what it starts are looked for;
/// - PASSWORD_STORE_GPG_OPTS, which pass hands to gpg, has `--status-fd 2 --logger-fd 2` after what
///   the user set: gpg then says what it does in words that are the same in every language, and
///   its messages are not taken for the password. (Setting LC_ALL instead would change the language
///   in which the user is asked for the passphrase.)
/// - GPG_TTY, where it is not set, names the terminal of a standard stream. pass itself looks at
///   standard input only, which is never a terminal here;
/// - git has `safe.bareRepository=explicit`: folders of the store that look like a repository, as
///   one who may write to the store can make them, would have git run what their config says.
///
/// It stays in the caller's process group, because gpg may ask on the terminal. Secrets go through
/// pipes only.
PassResult run_pass(const PassCall& call);

/// As run_pass() of a `show` that may not ask; nothing if gpg would have had to.
std::optional<PassResult> run_pass_unasked(PassCall call);

}  // namespace pullsecret
