#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "credential/credential.h"
#include "docker/config.h"
#include "helper/client.h"

namespace pullsecret {

/// The registry keys that `config` names in `auths` and `credHelpers`, in its order, each once; a
/// line without a helper's name, or with podman's name of Docker Hub, is about none. Docker Hub's
/// access-token and refresh-token entries are never among them.
std::vector<std::string> named_registries(const Config& config);

/// The helpers that `config` names in `credsStore` and `credHelpers`, and podman's, in this order,
/// each once.
std::vector<std::string> named_helpers(const Config& config);

/// The server URLs in the store that `credsStore` names, and in podman's, as `list` answers,
/// without those that is_beside_registries(); none if there is no such store. Throws
/// Error if `list` fails.
std::vector<std::string> stored_registries(const Config& config, HelperClient& helpers);

/// The entries of `auths` in which Docker, where it asks no store, finds what it looks up as `name`
/// (docker/cli 29.7, cli/config/credentials/file_store.go): the one of just this key, else all
/// whose registry_host() it is, one about a path among them. Of several Docker takes any.
std::vector<const AuthEntry*> entries_found(const Config& config, const std::string& name);

/// The key in `auths` that podman takes for `repository`, in its own file: the nearest path
/// (`quay.io` is the last for `quay.io/acme/app`), unless `credHelpers` is about the host; nothing
/// in Docker's.
std::optional<std::string> nearest_key(const Config& config, std::string repository);

/// The keys under which `config` keeps what Docker would use for `registry`, in any spelling: more
/// than one where Docker takes any of them. What Docker looks up counts first, its entries_found()
/// or the store's; where it finds nothing, the same registry's key in another spelling, else
/// docker_server_url(). One about a path which is not there stays.
std::vector<std::string> registry_keys_for(const Config& config, const std::string& registry);

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
  std::string stored_as = {};  ///< where Docker does not find it: its name in the store
};

/// Why there is no credential to use; nullptr if there is one.
const Error* why_unresolved(const Resolved& resolved);

/// Finds the credentials of `keys`, asking all stores side by side; the answers are in the order of
/// `keys`. Docker Hub's access-token and refresh-token are refused.
///
/// As Docker chooses: DOCKER_AUTH_CONFIG's entry first; else the store that
/// `credHelpers[registry]`, else `credsStore`, names; else the entry in the file. A store is asked
/// for what Docker looks up; where it has nothing under that, for the key as it is spelled and the
/// other spellings of the same registry, one after the other; then the entry's own inline
/// credential counts, else that of the entry named as Docker looks it up. A credential's email is
/// the entry's. One that lacks_secret() is refused.
///
/// Where `config` is about an account a store is asked for that first; what has another username
/// does not count.
///
/// In podman's file as podman chooses: its helpers_before, then the file, then its helpers_after,
/// past one that fails.
std::vector<Resolved> resolve(const Config& config, std::vector<std::string> keys,
                              HelperClient& helpers);

}  // namespace pullsecret
