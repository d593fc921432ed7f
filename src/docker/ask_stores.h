#pragma once

#include <string>
#include <variant>
#include <vector>

#include "credential/credential.h"
#include "helper/client.h"
#include "system/error.h"

namespace pullsecret {

/// All server URLs in `store`, as its `list` answers. Throws Error if it fails.
std::vector<std::string> list_store(const std::string& store, HelperClient& helpers);

/// The server URLs of the accounts (account.h) in `store` of which its `list` does not tell: those
/// behind docker-credential-route. Throws Error if it fails.
std::vector<std::string> list_hidden_accounts(const std::string& store, HelperClient& helpers);

/// An entry of a store.
struct StoreKey {
  std::string store;
  std::string server_url;
};

/// What a store answers to `get`: a credential, that it has none, or why it does not say.
using StoreAnswer = std::variant<Credential, NotFound, Error>;

/// Asks for all `keys` side by side, under exactly these names; the answers are in their order.
std::vector<StoreAnswer> get_from_stores(const std::vector<StoreKey>& keys, HelperClient& helpers);

}  // namespace pullsecret
