#pragma once

#include <filesystem>
#include <optional>

namespace pullsecret {

/// Where everything of this store is.
struct Paths {
  /// `${XDG_DATA_HOME:-~/.local/share}/docker-credential-encryptedfile/credentials`
  std::filesystem::path credentials;

  /// Beside it: held by whoever changes the credentials or the key file.
  std::filesystem::path lock;

  /// `${XDG_CONFIG_HOME:-~/.config}/docker-credential-encryptedfile/key`: the random key that is
  /// made when nobody named another.
  std::filesystem::path key;

  /// Beside it, while `rekey` works: the key that is about to replace it.
  std::filesystem::path new_key;

  /// Beside it, while a passphrase is the user's choice: passphrase_choice.h.
  std::filesystem::path passphrase_chosen;

  /// The key file that the environment names, which then counts in place of `key`:
  /// $DOCKER_CREDENTIAL_KEY_FILE, else `docker-credential-key` in systemd's $CREDENTIALS_DIRECTORY
  /// (systemd.exec(5), LoadCredential=) if that is there.
  std::optional<std::filesystem::path> named_key;
};

/// Those in a folder for data and one for settings.
Paths paths_in(const std::filesystem::path& data, const std::filesystem::path& config);

/// From the environment. Relative folders in $XDG_… do not count, as their specification says.
/// Throws Error if there is no home folder.
Paths find_paths();

}  // namespace pullsecret
