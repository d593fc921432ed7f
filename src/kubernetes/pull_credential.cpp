#include "kubernetes/pull_credential.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "credential/registry.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::string_view azure_token_username = "00000000-0000-0000-0000-000000000000";

bool is_azure(std::string_view key) {
  constexpr std::array<std::string_view, 3> domains{".azurecr.io", ".azurecr.cn", ".azurecr.us"};
  const std::string host = lower_case(registry_host(key));
  return std::any_of(domains.begin(), domains.end(),
                     [&](std::string_view domain) { return host.ends_with(domain); });
}

}  // namespace

Credential pull_credential(std::string_view key, Credential credential) {
  if (has_password(credential)) return credential;
  if (lacks_secret(credential)) throw Error("", "its password is empty");
  if (credential.identity_token.empty())
    throw Error("", "it has a registry token only, which the kubelet cannot use",
                "log in with a username and a password or access token");
  if (!is_azure(key))
    throw Error("", "it has an identity token only, which the kubelet cannot use",
                "log in with an access token as the password; or -o config keeps it, for tools "
                "that read identity tokens");
  return {.username = std::string(azure_token_username),
          .password = std::move(credential.identity_token),
          .email = std::move(credential.email)};
}

}  // namespace pullsecret
