#pragma once

#include <string>
#include <string_view>

namespace pullsecret {

/// The username that says, in Docker and its helpers: the secret is an identity token.
inline constexpr std::string_view token_username = "<token>";

/// What one registry takes as proof of who is asking. All text is bytes as the registry gets them:
/// not base64, not necessarily UTF-8.
struct Credential {
  std::string username;
  std::string password;        ///< empty where a token is the proof
  std::string email;           ///< empty where unknown; only legacy registries ever looked at it
  std::string identity_token;  ///< an OAuth refresh token; the kubelet cannot use it
  std::string registry_token;  ///< a bearer token sent as it is; the kubelet cannot use it
};

/// Whether the kubelet can log in with it: it reads a username with a password, and no token.
inline bool has_password(const Credential& credential) {
  return !credential.username.empty() && !credential.password.empty();
}

/// Whether it says who is asking, with nothing to prove it: an empty password, which `docker login`
/// refuses, and no token.
inline bool lacks_secret(const Credential& credential) {
  return !credential.username.empty() && credential.password.empty() &&
         credential.identity_token.empty() && credential.registry_token.empty();
}

/// Whether there is nothing in it to log in with.
inline bool is_empty(const Credential& credential) {
  return credential.username.empty() && credential.identity_token.empty() &&
         credential.registry_token.empty();
}

/// Whether somebody can log in with it.
inline bool is_login(const Credential& credential) {
  return !is_empty(credential) && !lacks_secret(credential);
}

/// Whether both log in alike: the email does not count.
inline bool is_same_login(const Credential& a, const Credential& b) {
  return a.username == b.username && a.password == b.password &&
         a.identity_token == b.identity_token && a.registry_token == b.registry_token;
}

}  // namespace pullsecret
