#include "helpers/secretservice/secret_service_api.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <numeric>

#include <fmt/format.h>

#include "system/environment.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using std::chrono::seconds;

constexpr std::string_view unknown_method = "org.freedesktop.DBus.Error.UnknownMethod";
constexpr std::string_view unknown_object = "org.freedesktop.DBus.Error.UnknownObject";
constexpr std::string_view unknown_interface = "org.freedesktop.DBus.Error.UnknownInterface";

constexpr std::string_view needs_no_bus = R"("credsStore": "encryptedfile" needs none)";
constexpr const char* look_at_bus = "see whether the bus of this session still runs";
constexpr const char* look_at_service =
    "see whether gnome-keyring-daemon or KeePassXC still runs, and try again";
constexpr const char* answer_prompt =
    R"(answer it on the desktop; on a machine without one, "credsStore": "encryptedfile" asks nobody)";

std::string start_service() {
  return fmt::format(
      "start gnome-keyring-daemon, or KeePassXC with its Secret Service turned on; {}",
      needs_no_bus);
}

SecretServiceError no_service(std::string message) {
  return {SecretServiceError::Kind::no_service, std::move(message), start_service()};
}

// What is kept of it.
std::size_t size_of(const SecretItem& item) {
  return std::accumulate(item.attributes.begin(), item.attributes.end(), item.path.size(),
                         [](std::size_t size, const auto& attribute) {
                           return size + attribute.first.size() + attribute.second.size();
                         });
}

SecretServiceError too_large_error(std::size_t most) {
  return secret_service_error(fmt::format("its answer is larger than {}", size_in_words(most)), "");
}

}  // namespace

FoundItems::FoundItems(std::size_t count) {
  check_count(count);
  items_.resize(count);
}

void FoundItems::set(std::size_t i, SecretItem item) {
  size_ += size_of(item);
  if (size_ > max_search) throw too_large_error(max_search);
  items_[i] = std::move(item);
}

std::vector<SecretItem> FoundItems::take() && {
  std::vector<SecretItem> items;
  for (auto& item : items_)
    if (item) items.push_back(*std::move(item));
  return items;
}

void check_count(std::size_t items) {
  if (items > max_items)
    throw secret_service_error(fmt::format("it has more than {} credentials", max_items),
                               "remove some, such as in Passwords and Keys (seahorse)");
}

void check_secret_size(std::size_t bytes) {
  if (bytes > max_secret) throw too_large_error(max_secret);
}

void require_bus_variable() {
  bool is_set = false;
  for (const char* variable : {"DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"}) {
    if (environment_variable(variable))
      is_set = true;
    else
      unsetenv(variable);
  }
  if (!is_set) throw no_bus_error(std::nullopt);
}

void refuse_others_bus(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
    throw no_bus_error(error_text(errno));
  if (peer.uid == geteuid() || peer.uid == 0) return;
  throw SecretServiceError(
      SecretServiceError::Kind::no_bus,
      fmt::format("the session bus belongs to user {}, and this is user {}", peer.uid, geteuid()),
      fmt::format("run as the user whose session it is, without sudo; {}", needs_no_bus));
}

bool says_no_such_object(std::string_view error_name) {
  // GDBus, and so gnome-keyring, answers 'unknown method' of an object that is not there.
  return error_name == "org.freedesktop.Secret.Error.NoSuchObject" ||
         error_name == unknown_object || error_name == unknown_method;
}

bool says_not_ready(std::string_view error_name) {
  return error_name == unknown_method || error_name == unknown_object ||
         error_name == unknown_interface;
}

SecretServiceError secret_service_error(std::string message, std::string hint) {
  return {SecretServiceError::Kind::other, std::move(message), std::move(hint)};
}

SecretServiceError no_bus_error(const std::optional<std::string>& reason) {
  const auto address = environment_variable("DBUS_SESSION_BUS_ADDRESS");
  const std::string what =
      reason ? fmt::format("there is no session bus at {}: {}",
                           address ? printable(*address) : "$XDG_RUNTIME_DIR/bus", *reason)
             : "there is no session bus: DBUS_SESSION_BUS_ADDRESS and XDG_RUNTIME_DIR are not set";
  return {SecretServiceError::Kind::no_bus, what,
          fmt::format("log in to a desktop session; {}; docker-credential-secretservice(1) has the "
                      "way by dbus-run-session",
                      needs_no_bus)};
}

SecretServiceError silent_bus_error(seconds limit) {
  return secret_service_error(
      fmt::format("the session bus did not answer within {} seconds", limit.count()), look_at_bus);
}

SecretServiceError lost_bus_error() {
  return secret_service_error("the session bus closed the connection", look_at_bus);
}

SecretServiceError flooding_bus_error() {
  return secret_service_error("the session bus sends more than anybody asked it for", look_at_bus);
}

SecretServiceError open_network_error(std::string message) {
  return secret_service_error(std::move(message),
                              "let DBUS_SESSION_BUS_ADDRESS name a local socket (unix:path=…)");
}

SecretServiceError no_service_error() {
  return no_service("no program on the session bus keeps secrets");
}

SecretServiceError no_answer_error(std::string_view member, seconds limit) {
  return secret_service_error(
      fmt::format("it did not answer {} within {} seconds", member, limit.count()),
      look_at_service);
}

SecretServiceError answer_error(std::string_view name, std::string_view text,
                                std::string_view member) {
  if (name == "org.freedesktop.DBus.Error.ServiceUnknown" ||
      name == "org.freedesktop.DBus.Error.NameHasNoOwner")
    return no_service_error();
  if (name.starts_with("org.freedesktop.DBus.Error.Spawn."))
    return no_service("its program cannot be started: " + printable(text));
  if (name == "org.freedesktop.DBus.Error.NoReply")
    return secret_service_error(fmt::format("it ended before it answered {}", member),
                                look_at_service);
  if (name == "org.freedesktop.Secret.Error.IsLocked")
    return secret_service_error("the keyring is locked", "unlock it, and try again");
  return secret_service_error(fmt::format("{} failed: {}", member, printable(text)), "");
}

SecretServiceError malformed_answer_error() {
  return secret_service_error("its answer is not what the Secret Service API says", "");
}

SecretServiceError dismissed_error(std::string_view purpose) {
  return secret_service_error(
      fmt::format("the request to {} was dismissed, or no program here can show it", purpose),
      answer_prompt);
}

SecretServiceError unanswered_error(std::string_view purpose, seconds limit) {
  return secret_service_error(
      fmt::format("nobody answered the request to {} within {} seconds", purpose, limit.count()),
      answer_prompt);
}

SecretServiceError ended_at_prompt_error() {
  return secret_service_error("it ended before its prompt was answered", look_at_service);
}

}  // namespace pullsecret
