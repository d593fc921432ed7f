#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "registry/http.h"

namespace pullsecret {

/// How registries are to be reached, as Docker's daemon is told.
struct RegistryAccess {
  std::vector<std::string> insecure =
      {};  ///< HOST[:PORT]: over http, too, and with any certificate
  std::filesystem::path certificates = "/etc/docker/certs.d";
};

/// The host, with port, that serves the registry host `host`: for `docker.io` it is
/// `registry-1.docker.io`.
std::string serving_host(std::string_view host);

/// Whether `host` may be asked over http and with any certificate: it is one of `access.insecure`,
/// or on this machine (docker: isSecureIndex).
bool is_insecure(std::string_view host, const RegistryAccess& access);

/// Whom to trust as `host`: the authorities of `*.crt` in the folder HOST[:PORT] of
/// `access.certificates`, and the client certificate of `*.cert` and its `*.key` (docker:
/// registry.ReadCertsDirectory). Throws Error for a folder that cannot be read, and for half of
/// such a pair.
TlsTrust trust_for(std::string_view host, const RegistryAccess& access);

}  // namespace pullsecret
