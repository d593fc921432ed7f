#pragma once

#include <string>
#include <vector>

#include "credential/image_grammar.h"
#include "credential/registry.h"
#include "docker/config.h"
#include "docker/podman.h"
#include "docker/resolve.h"

namespace pullsecret {

/// One registry of a config, which has to outlive it.
struct Registry {
  std::string key;
  const AuthEntry* entry = nullptr;    ///< its entry, if there is one
  const std::string* store = nullptr;  ///< the name of the store that Docker asks, if there is one
  bool is_podmans = false;             ///< for Docker read podman: the file is its own

  /// What Docker asks a store for.
  std::string server_url() const {
    return is_podmans ? podman_lookup_name(key) : docker_lookup_name(key);
  }

  /// The command that logs in where Docker then finds it: with a store for just this spelling, by
  /// that.
  std::string login() const;

  bool has_inline() const { return entry != nullptr && !is_empty(entry->credential); }

  bool has_login() const { return entry != nullptr && is_login(entry->credential); }

  /// Whether its entry only says that somebody was logged in: nothing is lost with it.
  bool is_mere_name() const {
    return entry != nullptr && !has_inline() && !entry->hides_another &&
           entry->credential.email.empty();
  }
};

/// Whether Docker looks for an entry under `key`: it compares the key itself, and then host names.
inline bool is_used_by_docker(const std::string& key) {
  const std::string name = docker_lookup_name(key);
  return is_looked_for(name) && (key == name || registry_host(key) == name);
}

/// What people put around the name of a host and Docker does not take off is off: white space, a
/// login, a tag, and in credHelpers, where it looks for the bare name, all else.
std::string bare_host(const std::string& key);

/// The registries that `config` names (named_registries()), but for what Docker never looks for:
/// of these check_spellings() and check_helper_lines() say all there is to say.
std::vector<std::string> registries_looked_for(const Config& config);

inline Registry registry_of(const Config& config, const std::string& key) {
  return {key, config.auths.find(key), store_for(config, key), config.is_podmans};
}

}  // namespace pullsecret
