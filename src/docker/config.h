#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "credential/credential.h"
#include "credential/json_syntax.h"
#include "system/error.h"

namespace pullsecret {

/// One entry of `auths`: what the file itself knows of a registry.
struct AuthEntry {
  std::string key;        ///< the registry key, as spelled in the file
  Credential credential;  ///< all empty for `{}`: the credential is in a store
  /// Why Docker refuses this entry, and the whole file because of it, or podman does not read it,
  /// in its own file; null: they take it.
  std::shared_ptr<const Error> problem = nullptr;
  bool lacks_auth = false;     ///< its password stands beside `username`, not in `auth`
  bool asked_first = false;    ///< from DOCKER_AUTH_CONFIG: it counts before any store
  bool hides_another = false;  ///< one of the same key, which does not count, holds a credential
};

/// The entries of `auths` in the order of their keys' first appearance, each key once: as in Go,
/// the last of a repeated key counts.
class AuthEntries {
 public:
  AuthEntries() = default;
  AuthEntries(const AuthEntries& other) { *this = other; }
  AuthEntries& operator=(const AuthEntries& other);
  AuthEntries(AuthEntries&&) = default;
  AuthEntries& operator=(AuthEntries&&) = default;
  ~AuthEntries() = default;

  void add(AuthEntry entry);
  void clear();

  /// The entry of exactly this key, or nullptr; valid until the next change.
  const AuthEntry* find(std::string_view key) const;

  /// Those whose docker_lookup_name() is `name`, in their order; valid until the next change.
  const std::vector<const AuthEntry*>& looked_up_as(const std::string& name) const;

  const AuthEntry& operator[](std::size_t position) const { return entries_[position]; }
  std::size_t size() const { return entries_.size(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::deque<AuthEntry> entries_;                                ///< which stay where they are
  std::unordered_map<std::string_view, std::size_t> positions_;  ///< by key, a view of the entry's
  /// Made when somebody asks for one of them, and for all: most commands do not.
  mutable std::unordered_map<std::string, std::vector<const AuthEntry*>> by_name_;
};

/// A Docker config file (config.json), or what podman and the oldest Docker keep in its place.
struct Config {
  std::string file;  ///< its name, for messages
  AuthEntries auths;
  std::string creds_store;  ///< the helper for every registry; empty: none
  std::map<std::string, std::string>
      cred_helpers;                  ///< registry key → helper; an empty name stands for the file
  std::string current_context = {};  ///< of Docker's engines
  std::optional<Error> environment_refused =
      std::nullopt;            ///< why DOCKER_AUTH_CONFIG does not take part
  std::string account = {};    ///< whose logins are wanted (account.h); empty: those in use
  bool is_of_secrets = false;  ///< its entries are those of Secrets, where nobody logs in

  // Of podman's file, for which podman's rules count (podman.h).
  bool is_podmans = false;
  std::vector<std::string> helpers_before = {};  ///< asked one after the other before the file
  std::vector<std::string> helpers_after = {};   ///< and after it
};

/// Whether any entry of `auths` holds a credential itself.
bool has_inline_credential(const Config& config);

/// Reads what Docker reads and refuses what Docker refuses (docker/cli, config/configfile), a value
/// of another type than its field's among it, with one difference: a bad entry of `auths` becomes
/// that entry's problem. Types are those of Docker 29 (refused_before_29). An empty text is an
/// empty config; what follows the first JSON value does not count. Throws Error with
/// FILE:LINE:COLUMN.
Config parse_config(JsonText json);

/// Throws Error where parse_config() does.
void check_config(JsonText json);

/// Why Docker before 29.0 refuses a text that parse_config() reads: `experimental`, or an entry's
/// `email`, which Docker knows no more, is no string. Nothing if it takes it.
std::optional<Error> refused_before_29(JsonText json);

/// Reads the map that ~/.dockercfg is: `auths` without the object around it. Else like
/// parse_config().
Config parse_dockercfg(JsonText json);

/// Reads the environment variable DOCKER_AUTH_CONFIG, `{"auths":{REGISTRY:{"auth":…}}}`, as Docker
/// 28.3 does (configfile/file.go: parseEnvConfig): any other field is refused, an entry without
/// `auth`, and text behind the object, unless that begins with a stray bracket. The entries have
/// `asked_first` set. Throws Error; of a path, which GitLab's variables of type File hold, it says
/// what it is.
std::vector<AuthEntry> parse_environment_auths(const std::string& text);

}  // namespace pullsecret
