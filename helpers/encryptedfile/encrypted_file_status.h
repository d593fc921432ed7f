#pragma once

#include "helper/status.h"
#include "helpers/encryptedfile/paths.h"

namespace pullsecret {

/// Whether the credentials file can be read and written, as far as that shows without writing
/// (write_obstacle.h). One that is not made yet can be read: it is made at the first use. Asks for
/// no passphrase.
StoreStatus encrypted_file_status(const Paths& paths);

}  // namespace pullsecret
