#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "system/error.h"

namespace pullsecret {

// For a key that gpg has and cannot get at it says the same as for one that it does not have. Here
// is what tells them apart, for a remedy that does not give the password store another key.

/// The Error for a file or folder that may not be used: whose it is, and the command that takes
/// back `whole`, in which it is.
Error not_permitted(const std::filesystem::path& path, const std::filesystem::path& whole);

struct GpgObstacle {
  bool is_agent;  ///< gpg-agent, which alone has the secret keys, cannot be started; else it is
                  ///< gpg's folder, or a file in it, that the user may not read or write
  Error error;
};

/// What keeps gpg from `key`, should it have that. Nothing if no such thing shows, and gpg's own
/// word counts. Asked where that is that it has no key, or does not use one for no other reason.
std::optional<GpgObstacle> find_gpg_obstacle(const std::string& key);

}  // namespace pullsecret
