#pragma once

#include <string_view>

#include "credential/credential.h"

namespace pullsecret {

/// `credential` in the form the kubelet can log in with: a username and a password. Azure Container
/// Registry takes its identity token as the password of the user
/// 00000000-0000-0000-0000-000000000000, for about three hours; any other identity or registry
/// token, an empty password, and one without a username throws Error, without a place.
Credential pull_credential(std::string_view key, Credential credential);

}  // namespace pullsecret
