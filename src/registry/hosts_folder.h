#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "registry/endpoint.h"

namespace pullsecret {

/// What containerd finds for a registry in `folder`, its `config_path`: the hosts.toml, else the
/// certificates, in the first of the folders HOST_PORT_, HOST:PORT and _default that is there.
/// Nothing if none is. Relative paths in it are of that folder.
///
/// What containerd cannot read it passes over, for the certificates: the first remark says so, with
/// FILE:LINE. So does one of a name that looks like a slip; containerd passes over each that it
/// does not know, and `rewrite` is known to that of k3s and rke2 alone. Throws Error for a file
/// that cannot be opened, where containerd pulls nothing, and for one of more than 256 KiB; of its
/// hosts 100 count.
std::optional<RegistryEndpoints> endpoints_in_folder(const std::filesystem::path& folder,
                                                     const std::string& registry_host);

/// The same in the text of a hosts.toml of `name`, whose paths are of `folder`. Throws Error where
/// containerd cannot read it.
RegistryEndpoints parse_hosts(const std::string& text, const std::string& name,
                              const std::filesystem::path& folder,
                              const std::string& registry_host);

}  // namespace pullsecret
