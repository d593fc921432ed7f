#include "kubernetes/pull_credential.h"

#include <string>
#include <utility>

#include "credential/issuers.h"
#include "credential/registry.h"
#include "system/error.h"

namespace pullsecret {
Credential pull_credential(std::string_view key, Credential credential) {
  if (has_password(credential)) return credential;
  if (lacks_secret(credential)) throw Error("", "its password is empty");
  if (credential.identity_token.empty() && !credential.password.empty())
    throw Error("", "it has a password and no username, and containerd sends no such login",
                "log in with a username");
  if (credential.identity_token.empty())
    throw Error("", "it has a registry token only, which the kubelet cannot use",
                "log in with a username and a password or access token");
  const std::string_view username = issuer_of_registry(registry_host(key)).identity_token_username;
  if (username.empty())
    throw Error("", "it has an identity token only, which the kubelet cannot use",
                "log in with an access token as the password; or -o config keeps it, for tools "
                "that read identity tokens");
  return {.username = std::string(username),
          .password = std::move(credential.identity_token),
          .email = std::move(credential.email)};
}

}  // namespace pullsecret
