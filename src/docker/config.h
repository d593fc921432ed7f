#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "credential/credential.h"
#include "credential/go_json.h"
#include "system/error.h"

namespace pullsecret {

/// One entry of `auths`: what the file itself knows of a registry.
struct AuthEntry {
  std::string key;        ///< the registry key, as spelled in the file
  Credential credential;  ///< all empty for `{}`: the credential is in a store
  std::optional<Error>
      problem;               ///< why Docker refuses this entry, and the whole file because of it
  bool asked_first = false;  ///< from DOCKER_AUTH_CONFIG: it counts before any store
};

/// The entries of `auths` in the order of their keys' first appearance, each key once: as in Go,
/// the last of a repeated key counts.
class AuthEntries {
 public:
  void add(AuthEntry entry);
  void reserve(std::size_t count);
  void clear();

  /// The entry of exactly this key, or nullptr; valid until the next change.
  const AuthEntry* find(const std::string& key) const;

  const AuthEntry& operator[](std::size_t position) const { return entries_[position]; }
  std::size_t size() const { return entries_.size(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::vector<AuthEntry> entries_;
  std::unordered_map<std::string, std::size_t> positions_;  ///< by key
};

/// A setting that is not about credentials, kept as it stands in the file.
struct Setting {
  std::string name;
  std::string value;  ///< JSON text
};

/// A Docker config file (config.json), or what podman and the oldest Docker keep in its place.
struct Config {
  std::string file;                ///< its name, for messages
  std::vector<Setting> settings;   ///< in the file's order, without those below
  std::size_t auths_position = 0;  ///< how many of `settings` stand before `auths`

  AuthEntries auths;
  std::string creds_store;  ///< the helper for every registry; empty: none
  std::map<std::string, std::string>
      cred_helpers;  ///< registry key → helper; the name may be empty
};

/// Whether any entry of `auths` holds a credential itself.
bool has_inline_credential(const Config& config);

/// Reads what Docker reads and refuses what Docker refuses (docker/cli, config/configfile), with
/// one difference: a bad entry of `auths` becomes that entry's problem. Field names match in any
/// letter case; of a repeated key the last value counts, repeated objects merge; an empty text is
/// an empty config. `json.text` need not be UTF-8. Throws Error with FILE:LINE:COLUMN.
Config parse_config(JsonText json);

/// Reads the map that ~/.dockercfg is: `auths` without the object around it. Else like
/// parse_config().
Config parse_dockercfg(JsonText json);

/// Reads the environment variable DOCKER_AUTH_CONFIG, `{"auths":{REGISTRY:{"auth":…}}}`, as Docker
/// 28 does: any other field is refused. The entries have `asked_first` set. Throws Error.
std::vector<AuthEntry> parse_environment_auths(const std::string& text);

/// The config file's text with `credentials` as its `auths`, in their order, and without
/// `credsStore` and `credHelpers`; every other setting stands as it did. Indented with tabs, as
/// Docker writes it.
std::string format_config(const Config& config,
                          const std::vector<std::pair<std::string, Credential>>& credentials);

}  // namespace pullsecret
