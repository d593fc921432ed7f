#pragma once

#include <string>
#include <string_view>

namespace pullsecret {

/// The registries that people pull from, as far as what to do there differs.
enum class RegistryKind {
  docker_hub,
  github,
  gitlab,
  quay,
  harbor,
  ecr,     ///< Amazon's, the public one, too
  google,  ///< Artifact Registry and gcr.io
  azure,
  other,
};

/// The kind of the registry `host`; of one on a host of its own by the `service` of its challenge.
RegistryKind registry_kind(std::string_view host, std::string_view service);

// What to do at such a registry, as a hint whose commands stand in back quotes, with `host` as a
// shell needs it.

/// Where the username or the password is wrong, or has ended: how to log in again.
std::string login_hint(RegistryKind kind, std::string_view host);

/// Where the credential is right and may not pull.
std::string access_hint(RegistryKind kind);

/// Where there is no credential and the image is not public.
std::string credential_hint(RegistryKind kind, std::string_view host);

}  // namespace pullsecret
