#pragma once

#include <chrono>
#include <filesystem>
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
};

/// Runs it and answers its standard output. Throws Error if it does not succeed, with what gpg or
/// pass said and the command that mends it (gpg_failure.h).
///
/// It gets the caller's environment, in which
///
/// - PATH has its absolute entries alone, where `pass` and what it starts are looked for;
/// - PASSWORD_STORE_GPG_OPTS, which pass hands to gpg, has `--status-fd 2` after what the user set:
///   gpg then says what it does in words that are the same in every language. (Setting LC_ALL
///   instead would change the language in which the user is asked for the passphrase.)
/// - GPG_TTY, where it is not set, names the terminal of a standard stream. pass itself looks at
///   standard input only, which is never a terminal here.
///
/// It stays in the caller's process group, because gpg may ask on the terminal. Secrets go through
/// pipes only.
std::string run_pass(const PassCall& call);

}  // namespace pullsecret
