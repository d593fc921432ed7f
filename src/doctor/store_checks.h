#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "doctor/finding.h"
#include "helper/client.h"
#include "helper/status.h"
#include "system/error.h"

namespace pullsecret {

// What stands behind the helpers `pass`, `secretservice` and `encryptedfile`. pullsecret's helper
// of that name says so (helper/status.h), whoever's is on PATH: the store is the same. Upstream's
// helpers say little of it, and answer as if there were nothing to find where the keyring is
// locked, or the password store is not made.

/// Whose store is to be looked at.
struct StoreQuestion {
  std::string store;           ///< the helper's name; for other helpers there is nothing to ask
  bool hangs_on_path = false;  ///< the program on PATH need not be asked
};

/// The status of each of these stores, by the helper on PATH if it is pullsecret's, else by the one
/// beside this program. Nothing where neither says it. Asks side by side.
std::vector<std::optional<StoreStatus>> ask_stores(const std::vector<StoreQuestion>& questions,
                                                   HelperClient& helpers);

/// Whether pullsecret has a helper of that name, which tells the status of its store.
bool is_own_store(const std::string& store);

/// The helper of pullsecret's own store that was installed with this program, if it is there.
std::optional<std::filesystem::path> find_installed_helper(const std::string& store);

/// What came of asking the helper itself.
enum class Tried { failed, found_nothing, gave_credential };

struct StoreCheck {
  Findings findings;
  bool is_shut = false;  ///< it neither stores nor reads
};

/// The findings on a store with this status: `STORE-KIND` for each of its faults, a problem if it
/// is unusable. What has to ask the user is one where the helper failed, and where it keeps the
/// store from storing, and nobody can be asked here: `docker login` fails. In a desktop's session
/// it is a warning, and nothing where the helper gave a credential.
StoreCheck check_store(const std::string& store, const StoreStatus& status, Tried tried);

/// Why the store is of no use to who wants to log in; nothing if it is, even if it has to ask.
std::optional<Error> why_not_usable(const std::string& store, const StoreStatus& status);

}  // namespace pullsecret
