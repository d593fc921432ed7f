#pragma once

#include <string_view>
#include <vector>

#include "helper/server.h"

namespace pullsecret {

/// What `docker-credential-encryptedfile` does beside the protocol: init, unlock, lock, rekey. They
/// say on standard error what they did.
std::vector<OwnAction> encrypted_file_actions();

/// What --help prints.
extern const std::string_view encrypted_file_help;

}  // namespace pullsecret
