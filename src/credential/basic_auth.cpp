#include "credential/basic_auth.h"

#include <cstddef>

#include "credential/base64.h"
#include "system/error.h"

namespace pullsecret {
namespace {

std::string without_nuls_at_ends(std::string_view text) {
  const std::size_t first = text.find_first_not_of('\0');
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of('\0') - first + 1));
}

}  // namespace

std::string encode_auth(std::string_view username, std::string_view password) {
  std::string pair;
  pair.reserve(username.size() + 1 + password.size());
  pair.append(username).append(":").append(password);
  return encode_base64(pair);
}

UserPassword decode_auth(std::string_view auth) {
  const auto pair = decode_base64(auth);
  if (!pair)
    throw Error("", "its \"auth\" is not base64",
                "\"auth\" is base64 of username:password, padded with '='");
  const std::size_t colon = pair->find(':');
  if (colon == std::string::npos)
    throw Error("", "its \"auth\" holds no colon", "\"auth\" is base64 of username:password");
  if (colon == 0)
    throw Error("", "its \"auth\" has an empty username",
                "\"auth\" is base64 of username:password");
  return {pair->substr(0, colon), without_nuls_at_ends(std::string_view(*pair).substr(colon + 1))};
}

Credential credential_of_fields(const std::vector<JsonMember>& entry) {
  const auto text = [&](std::string_view field) { return string_field(entry, field).value_or(""); };
  return {.username = text("username"),
          .password = text("password"),
          .email = text("email"),
          .identity_token = text("identitytoken"),
          .registry_token = text("registrytoken")};
}

}  // namespace pullsecret
