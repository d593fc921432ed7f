#pragma once

#include <map>
#include <optional>
#include <string>

namespace pullsecret {

/// What a store keeps under a server URL. Both are UTF-8 without NUL; the username is one line and
/// not empty, the secret may be anything else, empty included.
struct StoredCredential {
  std::string username;
  std::string secret;
};

/// A place that keeps credentials by server URL: the four operations of the
/// docker-credential-helper protocol. Server URLs are compared exactly, byte for byte. Each
/// operation throws Error with what is wrong and, as its hint, what to do.
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  /// Replaces what is kept under `server_url`, whatever its username; on failure that stays.
  virtual void store(const std::string& server_url, const StoredCredential& credential) = 0;

  /// The credential under `server_url`, with its secret byte for byte as it was stored; none if
  /// there is no such entry.
  virtual std::optional<StoredCredential> get(const std::string& server_url) = 0;

  /// Removes the entry under `server_url`; does nothing if there is none.
  virtual void erase(const std::string& server_url) = 0;

  /// Server URL → username of every entry. Loads no secret.
  virtual std::map<std::string, std::string> list() = 0;

  /// Whether it minds itself that one registry goes by many spellings; else the protocol's server
  /// asks it for each of them.
  virtual bool knows_spellings() const { return false; }
};

}  // namespace pullsecret
