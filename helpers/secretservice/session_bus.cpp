#include "helpers/secretservice/session_bus.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "helpers/secretservice/secret_service_api.h"
#include "system/environment.h"

namespace pullsecret {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// sd-bus, too, looks at these two, but takes an empty one for an address.
void unset_if_empty(const char* variable) {
  if (!environment_variable(variable)) unsetenv(variable);
}

void refuse_network(int socket) {
  int domain = AF_UNSPEC;
  socklen_t size = sizeof domain;
  if (getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX) return;
  throw open_network_error(
      "the session bus is reached over the network, where secrets could be read");
}

int keep_message(sd_bus_message* message, void* place, sd_bus_error*) {
  sd_bus_message_sensitive(message);
  static_cast<Message*>(place)->reset(sd_bus_message_ref(message));
  return 0;
}

}  // namespace

int check(int result) {
  if (result >= 0) return result;
  if (result == -ECONNRESET || result == -ENOTCONN || result == -EPIPE) throw lost_bus_error();
  if (result == -ENXIO || result == -EBADMSG) throw malformed_answer_error();
  throw secret_service_error("D-Bus: " + error_text(-result), "");
}

SessionBus::SessionBus(seconds limit) : limit_(limit) {
  unset_if_empty("DBUS_SESSION_BUS_ADDRESS");
  unset_if_empty("XDG_RUNTIME_DIR");
  sd_bus* bus = nullptr;
  const int result = sd_bus_open_user(&bus);
  if (result == -ENOMEDIUM) throw no_bus_error(std::nullopt);
  if (result < 0) throw no_bus_error(error_text(-result));
  bus_.reset(bus);
  refuse_network(check(sd_bus_get_fd(bus)));
}

Message SessionBus::method(const std::string& object, const char* interface,
                           const char* member) const {
  sd_bus_message* message = nullptr;
  check(sd_bus_message_new_method_call(bus_.get(), &message, service_name, object.c_str(),
                                       interface, member));
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
    if (!wait_until([&] { return answers[i] != nullptr; })) {
      if (sd_bus_is_ready(bus_.get()) <= 0) throw silent_bus_error(limit_);
      throw no_answer_error(sd_bus_message_get_member(requests[i].get()), limit_);
    }
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
                            service_name, object, interface, member),
                signal);
  const auto owner_slot = subscribe(fmt::format("type='signal',sender='org.freedesktop.DBus',"
                                                "member='NameOwnerChanged',arg0='{}'",
                                                service_name),
                                    owner_changed);
  call(std::move(request));
  wait_until([&] { return signal != nullptr || owner_changed != nullptr; });
  if (signal == nullptr && owner_changed != nullptr) throw ended_at_prompt_error();
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

std::string_view error_name(sd_bus_message* answer) {
  const sd_bus_error* error = sd_bus_message_get_error(answer);
  return error == nullptr ? "" : error->name;
}

void check_answer(sd_bus_message* answer, const char* member) {
  if (const sd_bus_error* error = sd_bus_message_get_error(answer))
    throw answer_error(error->name, error->message != nullptr ? error->message : error->name,
                       member);
}

}  // namespace pullsecret
