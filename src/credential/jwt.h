#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credential/expiry.h"

namespace pullsecret {

/// What a JSON Web Token says of itself (RFC 7519, section 4.1). Whoever made the token chose the
/// words: a message has them printable.
struct JwtClaims {
  std::string issuer = {};                  ///< `iss`; empty: it has none
  std::string subject = {};                 ///< `sub`; empty: it has none
  std::vector<std::string> audiences = {};  ///< `aud`, one or several
  std::optional<Time> end = std::nullopt;   ///< `exp`, to the second
  /// By which of them two readers may understand two things, a phrase as Error's: an `exp` or `aud`
  /// that is there twice, or is of another type; a character that no such token has. Empty: none.
  std::string fault = {};
};

/// The claims of `token`, as far as each is of its type. Nothing for what is no JSON Web Token, or
/// has more than 64 KiB of claims. No signature is looked at: only who has the issuer's keys can.
std::optional<JwtClaims> jwt_claims(std::string_view token);

/// The time that a JSON number gives in seconds since 1970, a fraction cut off. Nothing before that
/// year, and from 10000 on.
std::optional<Time> time_of_seconds(double seconds);

}  // namespace pullsecret
