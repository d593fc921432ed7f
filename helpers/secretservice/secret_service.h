#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "system/error.h"

namespace pullsecret {

/// An Error of the secret service, or of the way to it.
class SecretServiceError : public Error {
 public:
  /// What somebody decides by.
  enum class Kind { no_bus, no_service, other };

  SecretServiceError(Kind kind, std::string message, std::string hint)
      : Error("secret service", std::move(message), std::move(hint)), kind_(kind) {}

  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

using Attributes = std::map<std::string, std::string>;

/// What the service tells of an item without its secret.
struct SecretItem {
  std::string path;
  bool locked = false;
  /// Of a locked item they may be missing, or hashed: gnome-keyring has them encrypted.
  Attributes attributes;
  std::uint64_t modified = 0;  ///< seconds
};

/// What is known of the default collection without a prompt.
enum class KeyringState { unlocked, locked, missing };

/// The Secret Service API (specifications.freedesktop.org/secret-service), as far as a store of
/// credentials needs it. Object paths are strings. The constructor and each function throw
/// SecretServiceError.
///
/// There are two implementations, of which a program has the one that it is linked with.
/// secret_service_sd_bus.cpp is quicker and wipes what passes through it; it refuses a bus that is
/// reached over the network. secret_service_libsecret.cpp is for systems without sd-bus, and for
/// such a bus: it encrypts secrets on their way, if the service can.
///
/// A call may open a prompt: the service asks the user, for a password or for consent. A prompt,
/// and any answer, is waited for no longer than `limit`; then the prompt is taken back.
class SecretService {
 public:
  /// Connects to $DBUS_SESSION_BUS_ADDRESS, else $XDG_RUNTIME_DIR/bus; launches no bus where there
  /// is none.
  explicit SecretService(std::chrono::seconds limit);
  SecretService(const SecretService&) = delete;
  SecretService& operator=(const SecretService&) = delete;
  ~SecretService();

  /// The items that carry all these attributes, in any collection. Loads no secret. Takes two round
  /// trips, however many items there are.
  ///
  /// gnome-keyring also finds items of a collection that it has not unlocked yet, but not by
  /// `xdg:schema`. KeePassXC prompts for a locked database before it answers.
  std::vector<SecretItem> search(const Attributes& attributes);

  /// Whether the default collection is unlocked, or there at all. Prompts for nothing.
  KeyringState keyring_state();

  /// Unlocks items, or collections; prompts only where they are locked.
  void unlock(const std::vector<std::string>& paths);

  /// The default collection; one is made, and prompted for, if there is none.
  std::string default_collection();

  std::string secret(const std::string& item);

  /// Creates an item, or replaces the one of the same attributes; the answer is its path.
  std::string create_item(const std::string& collection, const std::string& label,
                          const Attributes& attributes, std::string_view secret);

  /// Removes an item, unless it is no longer there.
  void remove(const std::string& item);

  /// The implementation's own.
  class Connection;

 private:
  std::unique_ptr<Connection> connection_;
};

}  // namespace pullsecret
