#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "credential/credential.h"

namespace pullsecret {

/// What a credential is, as far as its username and the shape of its secret tell. Some clients log
/// in with a token as the username.
enum class CredentialKind {
  none,  ///< nothing in it: the credential is in a store, or nowhere
  password,
  identity_token,
  registry_token,
  service_account_key,  ///< Google's JSON key, of the users `_json_key` and `_json_key_base64`
  docker_hub_token,
  github_token,
  gitlab_token,
  ecr_token,
  acr_token,
  google_token,  ///< of the users `oauth2accesstoken` and `_dcgcr_…`
};

/// The kind of `credential`. What nothing speaks against is a password.
CredentialKind credential_kind(const Credential& credential);

/// The prefix that shows `text` to be an issuer's token: `ghp_`. Empty if it has none.
std::string_view token_prefix(std::string_view text);

/// The kind as people call it: "GitHub token".
std::string_view in_words(CredentialKind kind);

using Time = std::chrono::sys_seconds;

/// When the credential ends, if it says so itself: a JSON Web Token's `exp` (RFC 7519, section
/// 4.1.4), the `expiration` of an ECR password. No signature is looked
/// at, and no claims beyond 64 KiB.
std::optional<Time> expiry_of(const Credential& credential);

/// The time for people, to the minute: `2026-11-21T14:05Z`.
std::string in_words(Time time);

/// The time for programs: `2026-11-21T14:05:07Z` (RFC 3339, UTC).
std::string rfc3339(Time time);

/// What is left until `end`, as people say it: "11 h left", "expired 3 days ago". Rounded down, and
/// in the largest unit of which there are two at least.
std::string time_left_in_words(Time end, Time now);

}  // namespace pullsecret
