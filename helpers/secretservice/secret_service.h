#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "helpers/secretservice/session_bus.h"

namespace pullsecret {

using Attributes = std::map<std::string, std::string>;

/// What the service tells of an item without its secret.
struct SecretItem {
  std::string path;
  bool locked = false;
  /// Of a locked item they may be missing, or hashed: gnome-keyring has them encrypted.
  Attributes attributes;
  std::uint64_t modified = 0;  ///< seconds
};

/// The Secret Service API (specifications.freedesktop.org/secret-service), as far as a store of
/// credentials needs it. Object paths are strings. Each function throws Error.
///
/// Its session is a `plain` one: secrets cross the bus unencrypted. libsecret asks for the
/// other kind, whose Diffie-Hellman exchange takes three quarters of a lookup and protects from
/// nobody: the bus is a local socket of the same user (SessionBus refuses any other), and who may
/// listen there may as well ask the service for the secret. Hence D-Bus calls and not libsecret,
/// which also leaves copies in memory.
///
/// A call may open a prompt: the service asks the user, for a password or for consent. A prompt,
/// and any answer, is waited for no longer than `limit`; then the prompt is taken back.
class SecretService {
 public:
  explicit SecretService(std::chrono::seconds limit) : bus_(limit), limit_(limit) {}

  /// The items that carry all these attributes, in any collection. Loads no secret. Takes two round
  /// trips, however many items there are.
  ///
  /// gnome-keyring also finds items of a collection that it has not unlocked yet, but not by
  /// `xdg:schema`. KeePassXC prompts for a locked database before it answers.
  std::vector<SecretItem> search(const Attributes& attributes);

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

 private:
  std::vector<SecretItem> describe(const std::vector<std::string>& paths);
  const std::string& session();
  std::string create_default_collection();
  Message run_prompt(const std::string& prompt, std::string_view purpose);
  std::string created_path(Message answer, std::string_view purpose);

  SessionBus bus_;
  std::chrono::seconds limit_;
  std::string session_;  ///< empty until it is needed
};

}  // namespace pullsecret
