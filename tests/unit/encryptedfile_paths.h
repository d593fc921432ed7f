#pragma once

#include <filesystem>
#include <optional>

#include "helpers/encryptedfile/paths.h"

/// An encrypted store with all its files in one folder.
inline pullsecret::Paths paths_in(const std::filesystem::path& folder) {
  return {.credentials = folder / "credentials",
          .lock = folder / "credentials.lock",
          .key = folder / "key",
          .new_key = folder / "key.new",
          .passphrase_chosen = folder / "passphrase-chosen",
          .named_key = std::nullopt};
}
