#include "helpers/secretservice/session_bus.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>

#include "helpers/secretservice/secret_service_api.h"
#include "system/error.h"

namespace pullsecret {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

void refuse_network(int socket) {
  int domain = AF_UNSPEC;
  socklen_t size = sizeof domain;
  if (getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX) return;
  throw open_network_error(
      "the session bus is reached over the network, where secrets could be read");
}

#if defined(SD_BUS_OF_BASU)

int sd_bus_message_sensitive(sd_bus_message*) {
  return 0;
}

// Wipes the byte arrays from here to the end of the container: the API has secrets in no other
// type.
void wipe_byte_arrays(sd_bus_message* message) {
  char type = 0;
  const char* contents = nullptr;
  while (sd_bus_message_peek_type(message, &type, &contents) > 0) {
    if (type == SD_BUS_TYPE_ARRAY && contents == std::string_view("y")) {
      const void* bytes = nullptr;
      std::size_t size = 0;
      if (sd_bus_message_read_array(message, 'y', &bytes, &size) < 0) return;
      sodium_memzero(const_cast<void*>(bytes), size);
    } else if (contents != nullptr) {
      if (sd_bus_message_enter_container(message, type, contents) < 0) return;
      wipe_byte_arrays(message);
      if (sd_bus_message_exit_container(message) < 0) return;
    } else if (sd_bus_message_skip(message, std::string(1, type).c_str()) < 0) {
      return;
    }
  }
}

void wipe(sd_bus_message* message) {
  if (sd_bus_message_rewind(message, 1) >= 0) wipe_byte_arrays(message);
}

#else

void wipe(sd_bus_message*) {}

#endif

int keep_message(sd_bus_message* message, void* place, sd_bus_error*) {
  sd_bus_message_sensitive(message);
  static_cast<Message*>(place)->reset(sd_bus_message_ref(message));
  return 0;
}

}  // namespace

void Unreference::operator()(sd_bus* bus) const {
  sd_bus_close(bus);
  sd_bus_unref(bus);
}

void Unreference::operator()(sd_bus_message* message) const {
  wipe(message);
  sd_bus_message_unref(message);
}

int check(int result) {
  if (result >= 0) return result;
  if (result == -ECONNRESET || result == -ENOTCONN || result == -EPIPE) throw lost_bus_error();
  if (result == -ENXIO || result == -EBADMSG) throw malformed_answer_error();
  throw secret_service_error("D-Bus: " + error_text(-result), "");
}

SessionBus::SessionBus(seconds limit) : limit_(limit) {
  require_bus_variable();
  sd_bus* bus = nullptr;
  const int result = sd_bus_open_user(&bus);
  if (result < 0) throw no_bus_error(error_text(-result));
  bus_.reset(bus);
  const int socket = check(sd_bus_get_fd(bus));
  refuse_network(socket);
  refuse_others_bus(socket);
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
