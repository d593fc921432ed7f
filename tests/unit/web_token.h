#pragma once

#include <string>
#include <string_view>

#include "credential/base64.h"

/// A JSON Web Token of these claims: URL-safe base64 without padding.
inline std::string web_token(std::string_view claims) {
  std::string encoded = pullsecret::encode_url_base64(claims);
  encoded.erase(encoded.find_last_not_of('=') + 1);
  return "eyJhbGciOiJSUzI1NiJ9." + encoded + ".c2lnbmF0dXJl";
}
