#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "credential/go_json_reader.h"
#include "helper/store.h"

namespace pullsecret {

// The JSON of the protocol, which both ends read as Go reads it (go_json_reader.h). What follows
// the first value, such as a line for a log, does not count.

/// The object that `json` begins with. Throws Error, without a place and with `hint`, if there is
/// none; the message calls it `name`, and has no part of it: one character could be a secret's.
GoJsonReader read_json_message(std::string_view json, std::string_view name,
                               std::string_view hint = {});

/// The fields of the one record of the protocol, which `store` is sent and `get` answers:
/// {"ServerURL":…,"Username":…,"Secret":…} (docker-credential-helpers, credentials: Credentials).
struct CredentialFields {
  std::optional<std::string> server_url, username, secret;  ///< nothing: absent, or null
  bool is_utf8 = true;  ///< else U+FFFD stands in them for what is none
};

/// Reads the record; throws as read_json_message() does, and for a field that is no string.
CredentialFields read_credential_fields(std::string_view json, std::string_view name,
                                        std::string_view hint = {});

/// Writes the record: one line of JSON with its line break.
std::string format_credential_message(std::string_view server_url,
                                      const StoredCredential& credential);

}  // namespace pullsecret
