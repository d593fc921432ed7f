#pragma once

#include <string>

#include "credential/registry.h"
#include "docker/config.h"
#include "docker/resolve.h"

namespace pullsecret {

/// One registry of a config, which has to outlive it.
struct Registry {
  std::string key;
  const AuthEntry* entry = nullptr;    ///< its entry, if there is one
  const std::string* store = nullptr;  ///< the name of the store that Docker asks, if there is one

  /// What Docker asks a store for.
  std::string server_url() const { return docker_lookup_name(key); }

  bool has_inline() const { return entry != nullptr && !is_empty(entry->credential); }

  /// Whether its entry only says that somebody was logged in: nothing is lost with it.
  bool is_mere_name() const {
    return entry != nullptr && !has_inline() && !entry->hides_another &&
           entry->credential.email.empty();
  }
};

/// Whether Docker looks for an entry under `key`: it compares the key itself, and then host names.
inline bool is_used_by_docker(const std::string& key) {
  const std::string name = docker_lookup_name(key);
  return key == name || registry_host(key) == name;
}

inline Registry registry_of(const Config& config, const std::string& key) {
  return {key, config.auths.find(key), store_for(config, key)};
}

}  // namespace pullsecret
