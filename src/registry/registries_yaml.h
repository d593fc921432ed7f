#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "registry/endpoint.h"

namespace pullsecret {

/// registries.yaml of k3s and rke2 (rancher/wharfie, pkg/registries): the mirrors of registries,
/// and the logins and TLS of hosts.
struct NodeRegistries {
  struct Mirror {
    std::vector<std::string> endpoints = {};
    std::vector<Rewrite> rewrites = {};
  };
  struct Config {
    std::optional<Credential> credential = std::nullopt;  ///< its `auth`
    std::optional<TlsTrust> trust = std::nullopt;         ///< its `tls`
  };
  std::string file;                            ///< printable
  std::map<std::string, Mirror> mirrors = {};  ///< by registry host, or `*`
  std::map<std::string, Config> configs = {};  ///< by host of an endpoint, or `*`
  std::vector<Remark> remarks = {};            ///< on what nobody reads
};

/// Reads the tree of such a file, whose scalars may all be strings. Relative paths in it are of
/// `folder`. Throws Error with `file` as its place, and the path of what is wrong in words, where
/// k3s does not start with it, and for more than 1,000 registries or 100 endpoints of one. No
/// message has a part of a login.
NodeRegistries read_registries(const nlohmann::json& tree, const std::string& file,
                               const std::filesystem::path& folder);

/// What k3s tells containerd of a registry: its mirrors, else those of `*`, and at last the
/// registry itself. Nothing if it says nothing of it.
std::optional<RegistryEndpoints> endpoints_in(const NodeRegistries& registries,
                                              const std::string& registry_host);

}  // namespace pullsecret
