#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "helper/protocol.h"
#include "helpers/secretservice/secret_service.h"

namespace pullsecret {

// What the implementations of SecretService share: the names of the Secret Service API, what its
// D-Bus errors mean, and the Errors of both in the same words.

inline constexpr const char* service_name = "org.freedesktop.secrets";
inline constexpr const char* service_path = "/org/freedesktop/secrets";
inline constexpr const char* service_interface = "org.freedesktop.Secret.Service";
inline constexpr const char* collection_interface = "org.freedesktop.Secret.Collection";
inline constexpr const char* item_interface = "org.freedesktop.Secret.Item";
inline constexpr const char* prompt_interface = "org.freedesktop.Secret.Prompt";
inline constexpr const char* properties_interface = "org.freedesktop.DBus.Properties";

inline constexpr std::string_view no_object = "/";  // what the service answers for: none

/// Bounds, so that no service fills the memory: the items of one search, what is kept of them, and
/// one secret. The last is what a helper's answer may be (protocol.h): no longer one can be stored.
inline constexpr std::size_t max_items = 10'000;
inline constexpr std::size_t max_search = 4 * max_message;
inline constexpr std::size_t max_secret = max_message;

/// How many calls wait for their answers at a time, each of which may be as large as D-Bus lets it.
inline constexpr std::size_t max_calls = 64;

/// The bytes that a bus may send before it is known to be one (EXTERNAL has a line of 40 or so),
/// and in all; and the messages that nobody asked for. A flood beyond that is an error.
inline constexpr std::size_t max_greeting = 4096;
inline constexpr std::size_t max_received = 64UL * 1024 * 1024;
inline constexpr std::size_t max_unasked = 10'000;

/// What a search finds, within its bounds.
class FoundItems {
 public:
  /// Of at most so many. Throws Error if these are too many.
  explicit FoundItems(std::size_t count);

  /// Item `i` is this one. Throws Error if all are too large.
  void set(std::size_t i, SecretItem item);

  /// Those that were set, in their order.
  std::vector<SecretItem> take() &&;

 private:
  std::vector<std::optional<SecretItem>> items_;
  std::size_t size_ = 0;
};

/// Throw Error for more items, or a larger secret, than there may be.
void check_count(std::size_t items);
void check_secret_size(std::size_t bytes);

/// Throws no_bus_error() if neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set, where the
/// D-Bus libraries go on to look, each elsewhere. Unsets an empty one, which they take for an
/// address.
void require_bus_variable();

/// Throws Error if a local bus, connected to by `socket`, is neither this user's nor root's, or the
/// system does not say whose it is: who listens there gets the secrets, and the environment of
/// another session, or of another user's `sudo -E`, names it as well as one's own (SO_PEERCRED,
/// unix(7)). To be called before anything is read from it.
void refuse_others_bus(int socket);

/// The D-Bus error of this name says that the object asked is not there, or no longer.
bool says_no_such_object(std::string_view error_name);

/// The D-Bus error of this name, in the answer of the service itself, says that it does not know
/// its own method. gnome-keyring says so to a caller whose first call overtakes the record that it
/// makes of each caller; a service that has just come, while its objects are not there.
bool says_not_ready(std::string_view error_name);

/// Answers ask(), asked again every 50 ms for 2 seconds, and for no longer than `limit`, while
/// is_not_ready() of the answer.
template <typename Ask, typename IsNotReady>
auto ask_until_ready(std::chrono::milliseconds limit, Ask ask, IsNotReady is_not_ready) {
  constexpr std::chrono::milliseconds pause{50}, longest{2000};
  auto answer = ask();
  for (auto left = std::min(limit, longest) / pause; left > 0 && is_not_ready(answer); --left) {
    std::this_thread::sleep_for(pause);
    answer = ask();
  }
  return answer;
}

SecretServiceError secret_service_error(std::string message, std::string hint);

/// There is no session bus: none is configured, or `reason`.
SecretServiceError no_bus_error(const std::optional<std::string>& reason);

/// The bus takes connections, and says nothing.
SecretServiceError silent_bus_error(std::chrono::seconds limit);

SecretServiceError lost_bus_error();

/// The bus sends more than it may.
SecretServiceError flooding_bus_error();

/// The bus is reached over the network, and secrets would cross it unencrypted.
SecretServiceError open_network_error(std::string message);

/// The bus is there, and no service on it.
SecretServiceError no_service_error();

/// The service hangs.
SecretServiceError no_answer_error(std::string_view member, std::chrono::seconds limit);

/// The service answered `member` with the D-Bus error `name`, which says `text`.
SecretServiceError answer_error(std::string_view name, std::string_view text,
                                std::string_view member);

SecretServiceError malformed_answer_error();

/// What a prompt to `purpose`, such as "unlock the keyring", came to.
SecretServiceError dismissed_error(std::string_view purpose);
SecretServiceError unanswered_error(std::string_view purpose, std::chrono::seconds limit);
SecretServiceError ended_at_prompt_error();

}  // namespace pullsecret
