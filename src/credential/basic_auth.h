#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "credential/credential.h"
#include "credential/go_json_reader.h"

namespace pullsecret {

/// The `auth` field of a config file's entry, and the value of HTTP Basic authentication (RFC
/// 7617): base64 of `username:password`.
struct UserPassword {
  std::string username;
  std::string password;
};

/// Base64 of `username:password`.
std::string encode_auth(std::string_view username, std::string_view password);

/// Decodes as Docker does (docker/cli, config/configfile/file.go: decodeAuth): CR and LF do not
/// count, padding is required, the first colon splits, NULs at the password's ends are cut.
/// Throws Error (without a place, and without any part of `auth`) for what Docker refuses:
/// anything else than base64, no colon, an empty username.
UserPassword decode_auth(std::string_view auth);

/// What an entry of `auths` says without its `auth`, which Docker and the kubelet decode
/// differently.
Credential credential_of_fields(const std::vector<JsonMember>& entry);

}  // namespace pullsecret
