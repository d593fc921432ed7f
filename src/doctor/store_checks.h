#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "docker/config.h"
#include "doctor/finding.h"
#include "doctor/interview.h"
#include "helper/client.h"
#include "helper/status.h"
#include "system/error.h"

namespace pullsecret {

// What stands behind the helpers of pullsecret's own stores (helper/own_stores.h), whoever's is on
// PATH: the store is the same. Upstream's helpers say little of it, and answer as if there were
// nothing to find where the keyring is locked, or the password store is not made.

struct StoreCheck {
  Findings findings;
  bool is_shut = false;  ///< it neither stores nor reads
};

/// The findings on a store with this status: `STORE-KIND` for each of its faults, a problem if it
/// is unusable. What has to ask the user is one where the helper failed, and where it keeps the
/// store from storing, and nobody can be asked here: `docker login` fails. In a desktop's session
/// it is a warning, and nothing where the helper gave a credential.
StoreCheck check_store(const HelperUse& use, const StoreStatus& status, Tried tried);

/// Why the store is of no use to who wants to log in; nothing if it is, even if it has to ask.
std::optional<Error> why_not_usable(const std::string& store, const StoreStatus& status);

/// A store that works, and what it has.
struct WorkingStore {
  std::string name;
  std::vector<std::string> listed;  ///< server URLs, sorted
};

/// The first of own_stores() that is installed, lists, and can store and read: for pass that takes
/// GPG keys that can encrypt and one that can decrypt, for secretservice a default keyring that is
/// not locked. None of `useless`.
std::optional<WorkingStore> find_working_store(HelperClient& helpers,
                                               const std::set<std::string>& useless = {});

/// The store that takes the place of others: `use`, if it is given; else the name of that one.
std::optional<std::string> find_substitute(const std::optional<std::string>& use,
                                           const std::set<std::string>& useless,
                                           HelperClient& helpers);

/// Whether `store` works in the same sense; the answer says why if it does not.
std::optional<Error> why_not_usable(const std::string& store, HelperClient& helpers);

/// Throws Error if it does not, with `option` as its place: the one that named the store.
void check_usable(const std::string& option, const std::string& store, HelperClient& helpers);

/// The store that Docker takes by itself where `config` names no store and no registry, an empty
/// `credsStore` included (OwnStore::default_beside); nothing if it takes none.
std::optional<std::string> find_default_store(const Config& config);

/// `default-store`: what there is to say of that store; nothing if there is none. What mends one
/// that does not work names `use`, or the first store that works.
std::optional<Finding> check_default_store(const Config& config, HelperClient& helpers,
                                           const std::optional<std::string>& use);

}  // namespace pullsecret
