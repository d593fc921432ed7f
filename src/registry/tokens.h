#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "credential/credential.h"
#include "registry/challenge.h"
#include "registry/endpoint.h"
#include "registry/http.h"
#include "registry/registry_access.h"

namespace pullsecret {

/// A token that is wanted.
struct TokenWish {
  Challenge challenge;              ///< bearer
  std::vector<std::string> scopes;  ///< `repository:acme/app:pull`; none: only to log in
  std::optional<Credential> credential;
  std::string registry_url;            ///< of the registry that sent for it
  bool may_be_private = false;         ///< whether that registry itself is at a private address
  const Endpoint* endpoint = nullptr;  ///< whose headers and trust the token server gets, too
};

/// A token, which is a secret, or the reply in its place.
using TokenAnswer = std::variant<std::string, HttpReply>;

/// The bearer tokens of one run. Each is asked for once, however many want it.
class Tokens {
 public:
  Tokens(HttpExchange exchange, RegistryAccess access);

  /// The answers to all `wishes`, in their order; what is not known yet is asked for side by side.
  std::vector<TokenAnswer> get(const std::vector<TokenWish>& wishes);

 private:
  // A registry's own: what one may be told of a realm is not for another.
  using Key = std::array<std::string, 6>;
  static Key key_of(const TokenWish& wish);
  void ask(const std::vector<const TokenWish*>& wishes, bool by_form);

  HttpExchange exchange_;
  RegistryAccess access_;
  std::map<Key, TokenAnswer> known_;
};

}  // namespace pullsecret
