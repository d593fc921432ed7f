#pragma once

#include <filesystem>

#include "helper/status.h"

namespace pullsecret {

/// Whether pass can store in the password store `folder`, and read what it stores: its programs,
/// `.gpg-id`, each of its GPG keys, the passphrase, and that its folders hold nothing that is
/// refused (store_folder.h).
StoreStatus pass_status(const std::filesystem::path& folder);

}  // namespace pullsecret
