#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "registry/http.h"
#include "registry/registry_access.h"

namespace pullsecret {

// How a token is exchanged for one that a registry takes: OAuth 2.0 Token Exchange (RFC 8693), or
// what a vendor has in its place.
//
//   token ──POST──> the exchange ──> the registry's token, and how long it lives

/// Stands for the token in what is posted.
inline constexpr std::string_view token_word = "{token}";

/// Where, and in which words. An empty one is left out.
struct TokenExchange {
  std::string url;
  std::string audience = {}, scope = {};
  /// What is posted in the place of fields of RFC 8693 or beside them; `{token}` in a value stands
  /// for the token. If there is one with it, the vendor's words are other ones: then `grant_type`,
  /// `subject_token` and `subject_token_type` are left out.
  std::vector<std::pair<std::string, std::string>> fields = {};
  bool is_json = false;                       ///< a JSON object is posted, no form
  std::string answer_field = "access_token";  ///< where the answer, a JSON object, has the token
};

/// The request that has `token`; from anywhere but the Internet no answer is taken.
HttpRequest exchange_request(const TokenExchange& how, const std::string& token);

struct ExchangedToken {
  std::string token;                             ///< a secret
  std::optional<std::chrono::seconds> lifetime;  ///< its `expires_in`, if that is a number
};

/// What a success has in `field`. Throws Error without a place if there is no token, or one that no
/// header could carry: of the answer it has an OAuth error's words alone, and not `token`, which
/// was posted.
ExchangedToken exchanged_token_in(const HttpResponse& response, const std::string& field,
                                  const std::string& token);

/// Exchanges `token` for one that the registry host `registry` takes. It goes to the origin of the
/// URL alone: along no redirect; to an address of a local network only if the registry, which is
/// then asked where it is, has such a one, too; over http only if the registry itself is asked over
/// http at the same host. Throws Error with the exchange's host as its place, without secrets.
ExchangedToken exchange_token(const TokenExchange& how, const std::string& token,
                              const std::string& registry, const HttpExchange& exchange,
                              const RegistryAccess& access);

}  // namespace pullsecret
