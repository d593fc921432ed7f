#include "helpers/secretservice/session_bus.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "system/environment.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr const char* service = "org.freedesktop.secrets";

constexpr std::string_view needs_no_bus = R"("credsStore": "encryptedfile" needs none)";
constexpr std::string_view look_at_service =
    "see whether gnome-keyring-daemon or KeePassXC still runs, and try again";

// sd-bus, too, looks at these two, but takes an empty one for an address.
void unset_if_empty(const char* variable) {
  if (!environment_variable(variable)) unsetenv(variable);
}

Error no_bus(int error_number) {
  const auto address = environment_variable("DBUS_SESSION_BUS_ADDRESS");
  const std::string what =
      error_number == ENOMEDIUM
          ? "there is no session bus: DBUS_SESSION_BUS_ADDRESS and XDG_RUNTIME_DIR are not set"
          : fmt::format("there is no session bus at {}: {}",
                        address ? printable(*address) : "$XDG_RUNTIME_DIR/bus",
                        error_text(error_number));
  return secret_service_error(
      what, fmt::format("log in to a desktop session, or use dbus-run-session; {}", needs_no_bus));
}

void refuse_network(int socket) {
  int domain = AF_UNSPEC;
  socklen_t size = sizeof domain;
  if (getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX) return;
  throw secret_service_error(
      "the session bus is reached over the network, where secrets could be read",
      "let DBUS_SESSION_BUS_ADDRESS name a local socket (unix:path=…)");
}

int keep_message(sd_bus_message* message, void* place, sd_bus_error*) {
  sd_bus_message_sensitive(message);
  static_cast<Message*>(place)->reset(sd_bus_message_ref(message));
  return 0;
}

std::string start_service() {
  return fmt::format(
      "start gnome-keyring-daemon, or KeePassXC with its Secret Service turned on; {}",
      needs_no_bus);
}

Error answer_error(const sd_bus_error& error, std::string_view member) {
  const std::string_view name = error.name;
  const std::string text = printable(error.message != nullptr ? error.message : error.name);
  if (name == SD_BUS_ERROR_SERVICE_UNKNOWN || name == SD_BUS_ERROR_NAME_HAS_NO_OWNER)
    return secret_service_error("no program on the session bus keeps secrets", start_service());
  if (name.starts_with("org.freedesktop.DBus.Error.Spawn."))
    return secret_service_error("its program cannot be started: " + text, start_service());
  if (name == SD_BUS_ERROR_NO_REPLY)
    return secret_service_error(fmt::format("it ended before it answered {}", member),
                                std::string(look_at_service));
  if (name == "org.freedesktop.Secret.Error.IsLocked")
    return secret_service_error("the keyring is locked", "unlock it, and try again");
  return secret_service_error(fmt::format("{} failed: {}", member, text), "");
}

}  // namespace

Error secret_service_error(std::string message, std::string hint) {
  return {"secret service", std::move(message), std::move(hint)};
}

int check(int result) {
  if (result >= 0) return result;
  if (result == -ECONNRESET || result == -ENOTCONN || result == -EPIPE)
    throw secret_service_error("the session bus closed the connection",
                               "see whether the bus of this session still runs");
  if (result == -ENXIO || result == -EBADMSG)
    throw secret_service_error("its answer is not what the Secret Service API says", "");
  throw secret_service_error("D-Bus: " + error_text(-result), "");
}

SessionBus::SessionBus(seconds limit) : limit_(limit) {
  unset_if_empty("DBUS_SESSION_BUS_ADDRESS");
  unset_if_empty("XDG_RUNTIME_DIR");
  sd_bus* bus = nullptr;
  const int result = sd_bus_open_user(&bus);
  if (result < 0) throw no_bus(-result);
  bus_.reset(bus);
  refuse_network(check(sd_bus_get_fd(bus)));
}

Message SessionBus::method(const std::string& object, const char* interface,
                           const char* member) const {
  sd_bus_message* message = nullptr;
  check(sd_bus_message_new_method_call(bus_.get(), &message, service, object.c_str(), interface,
                                       member));
  Message owned(message);
  check(sd_bus_message_sensitive(message));
  return owned;
}

Message SessionBus::call(Message request) {
  const std::string member = sd_bus_message_get_member(request.get());
  Message answer = call_unchecked(std::move(request));
  check_answer(answer.get(), member.c_str());
  return answer;
}

Message SessionBus::call_unchecked(Message request) {
  std::vector<Message> requests;
  requests.push_back(std::move(request));
  return std::move(call_all(requests).front());
}

std::vector<Message> SessionBus::call_all(const std::vector<Message>& requests) {
  std::vector<Message> answers(requests.size());
  std::vector<std::unique_ptr<sd_bus_slot, Unreference>> slots(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    sd_bus_slot* slot = nullptr;
    check(sd_bus_call_async(bus_.get(), &slot, requests[i].get(), keep_message, &answers[i],
                            UINT64_MAX));
    slots[i].reset(slot);
  }
  for (std::size_t i = 0; i < requests.size(); ++i)
    if (!wait_until([&] { return answers[i] != nullptr; }))
      throw secret_service_error(
          fmt::format("it did not answer {} within {} seconds",
                      sd_bus_message_get_member(requests[i].get()), limit_.count()),
          std::string(look_at_service));
  return answers;
}

void SessionBus::send(const Message& request) {
  check(sd_bus_message_set_expect_reply(request.get(), 0));
  check(sd_bus_send(bus_.get(), request.get(), nullptr));
}

Message SessionBus::call_for_signal(Message request, const std::string& object,
                                    const char* interface, const char* member) {
  Message signal, owner_changed;
  const auto subscribe = [this](const std::string& match, Message& place) {
    sd_bus_slot* slot = nullptr;
    check(sd_bus_add_match(bus_.get(), &slot, match.c_str(), keep_message, &place));
    return std::unique_ptr<sd_bus_slot, Unreference>(slot);
  };
  const auto signal_slot =
      subscribe(fmt::format("type='signal',sender='{}',path='{}',interface='{}',member='{}'",
                            service, object, interface, member),
                signal);
  const auto owner_slot = subscribe(fmt::format("type='signal',sender='org.freedesktop.DBus',"
                                                "member='NameOwnerChanged',arg0='{}'",
                                                service),
                                    owner_changed);
  call(std::move(request));
  wait_until([&] { return signal != nullptr || owner_changed != nullptr; });
  if (signal == nullptr && owner_changed != nullptr)
    throw secret_service_error("it ended before its prompt was answered",
                               std::string(look_at_service));
  return signal;
}

bool SessionBus::wait_until(const std::function<bool()>& done) {
  const auto deadline = steady_clock::now() + limit_;
  while (!done()) {
    if (check(sd_bus_process(bus_.get(), nullptr)) > 0) continue;
    const auto left = duration_cast<microseconds>(deadline - steady_clock::now());
    if (left <= microseconds::zero()) return false;
    check(sd_bus_wait(bus_.get(), static_cast<std::uint64_t>(left.count())));
  }
  return true;
}

void check_answer(sd_bus_message* answer, const char* member) {
  if (const sd_bus_error* error = sd_bus_message_get_error(answer))
    throw answer_error(*error, member);
}

bool says_no_such_object(sd_bus_message* answer) {
  // GDBus, and so gnome-keyring, answers 'unknown method' of an object that is not there.
  constexpr std::array names{"org.freedesktop.Secret.Error.NoSuchObject",
                             SD_BUS_ERROR_UNKNOWN_OBJECT, SD_BUS_ERROR_UNKNOWN_METHOD};
  return std::any_of(names.begin(), names.end(), [answer](const char* name) {
    return sd_bus_message_is_method_error(answer, name) > 0;
  });
}

}  // namespace pullsecret
