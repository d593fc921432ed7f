#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "credential/credential.h"
#include "docker/config.h"
#include "helper/client.h"

namespace pullsecret {

/// The registry keys that `config` names in `auths` and `credHelpers`, in its order, each once; a
/// line without a helper's name is about none. Docker Hub's access-token and refresh-token entries
/// are never among them.
std::vector<std::string> named_registries(const Config& config);

/// The helpers that `config` names in `credsStore` and `credHelpers`, in this order, each once.
std::vector<std::string> named_helpers(const Config& config);

/// The server URLs in the store that `credsStore` names, as its `list` answers, without Docker
/// Hub's access-token and refresh-token; none if there is no such store. Throws Error if `list`
/// fails.
std::vector<std::string> stored_registries(const Config& config, HelperClient& helpers);

/// The key under which `config` keeps what Docker would use for `registry` (any spelling): the same
/// key, else one for the same host (as Docker falls back to comparing host names), else the name
/// that Docker asks the store for, else one for the same registry (`ghcr.io` for `GHCR.io`). One
/// about a path stays.
std::string registry_key_for(const Config& config, const std::string& registry);

/// The store that Docker asks for `key`: what `credHelpers` says of it, else `credsStore`; nullptr
/// if it asks none but the file, which is what an empty name stands for. Docker looks a registry up
/// in `credHelpers` by its docker_lookup_name(), not by the file's spelling.
const std::string* store_for(const Config& config, const std::string& key);

/// Nothing has a credential: neither the store that Docker asks nor the file.
struct NoCredential {
  Error reason;  ///< where was looked, and what to do
};

/// A registry key, and its credential, or that there is none, or why it cannot be had.
struct Resolved {
  std::string key;
  std::variant<Credential, NoCredential, Error> outcome;
};

/// Why there is no credential to use; nullptr if there is one.
const Error* why_unresolved(const Resolved& resolved);

/// Finds the credentials of `keys`, asking all stores side by side; the answers are in the order of
/// `keys`. Docker Hub's access-token and refresh-token are refused.
///
/// As Docker chooses: DOCKER_AUTH_CONFIG's entry first; else the store that
/// `credHelpers[registry]`, else `credsStore`, names; else the entry in the file. Where a store has
/// nothing under a key, it is asked for the other spellings of the same registry, one after the
/// other; then the entry's own inline credential counts, else that of the entry named as Docker
/// looks it up. A credential's email is the entry's. One that lacks_secret() is refused.
std::vector<Resolved> resolve(const Config& config, std::vector<std::string> keys,
                              HelperClient& helpers);

}  // namespace pullsecret
