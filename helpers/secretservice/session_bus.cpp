#include "helpers/secretservice/session_bus.h"

#include <sys/socket.h>

#include <algorithm>
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
  if (result == -ENOBUFS) throw flooding_bus_error();
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
  check(sd_bus_add_filter(bus, nullptr, drop_unasked, &unasked_));
}

// Answers to calls do not come by here. This program serves nobody: a call gets no answer, of which
// sd-bus would keep thousands for a peer that does not read them.
int SessionBus::drop_unasked(sd_bus_message* message, void* place, sd_bus_error*) {
  ++*static_cast<std::size_t*>(place);
  return sd_bus_message_is_method_call(message, nullptr, nullptr);
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
  Message answer;
  call_all(requests, [&](std::size_t, Message received) { answer = std::move(received); });
  return answer;
}

void SessionBus::call_all(const std::vector<Message>& requests, const TakeAnswer& take) {
  std::vector<Message> answers(requests.size());
  std::vector<std::unique_ptr<sd_bus_slot, Unreference>> slots(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    sd_bus_slot* slot = nullptr;
    check(sd_bus_call_async(bus_.get(), &slot, requests[i].get(), keep_message, &answers[i],
                            UINT64_MAX));
    slots[i].reset(slot);
  }
  const auto has_come = [](const Message& answer) { return answer != nullptr; };
  for (std::size_t left = requests.size(); left > 0; --left) {
    auto come = answers.end();
    const bool is_there = wait_until([&] {
      come = std::find_if(answers.begin(), answers.end(), has_come);
      return come != answers.end();
    });
    if (!is_there && sd_bus_is_ready(bus_.get()) <= 0) throw silent_bus_error(limit_);
    if (!is_there) throw no_answer_error(sd_bus_message_get_member(requests.front().get()), limit_);
    take(static_cast<std::size_t>(come - answers.begin()), std::exchange(*come, nullptr));
  }
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
    // Not sd_bus_add_match(), which keeps all that comes while it waits. The bus takes this before
    // the call that follows; where it refuses, sd-bus ends the connection.
    check(sd_bus_add_match_async(bus_.get(), &slot, match.c_str(), keep_message, nullptr, &place));
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
    const auto left = duration_cast<microseconds>(deadline - steady_clock::now());
    if (left <= microseconds::zero()) return false;
    if (unasked_ > max_unasked) throw flooding_bus_error();
    if (check(sd_bus_process(bus_.get(), nullptr)) > 0) continue;  // one message
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
