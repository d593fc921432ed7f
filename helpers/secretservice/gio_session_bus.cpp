#include "helpers/secretservice/gio_session_bus.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <initializer_list>
#include <utility>

#include "helpers/secretservice/bounded_input.h"
#include "helpers/secretservice/bus_login.h"
#include "helpers/secretservice/secret_service_api.h"
#include "system/environment.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// What GIO is told by the environment, and a helper is not: to launch a bus of its own, which it
// does only for a display; to print what passes to standard output, where the answer goes. And what
// it tells its developers, a line for each message of a flood: what is wrong is said here.
void hold_gio_back() {
  for (const char* variable : {"DISPLAY", "G_MESSAGES_DEBUG", "G_DBUS_DEBUG"})
    unsetenv(variable);
  g_log_set_default_handler([](const char*, GLogLevelFlags, const char*, void*) {}, nullptr);
}

// GIO launches a bus, or tries to, where the environment names none: so it is not asked for one.
std::string bus_address() {
  require_bus_variable();
  if (auto address = environment_variable("DBUS_SESSION_BUS_ADDRESS")) return *std::move(address);
  const std::string path = *environment_variable("XDG_RUNTIME_DIR") + "/bus";
  const Owned<char> escaped(g_dbus_address_escape_value(path.c_str()));
  return std::string("unix:path=") + escaped.get();
}

// In the words of the system where they are known, since GLib's are in the user's language.
std::string reason(const GError& error) {
  for (const int number : {ENOENT, ECONNREFUSED, EACCES})
    if (g_error_matches(&error, G_IO_ERROR, g_io_error_from_errno(number)))
      return error_text(number);
  return printable(error.message);
}

bool is_io_error(const GError& error, std::initializer_list<GIOErrorEnum> codes) {
  return std::any_of(codes.begin(), codes.end(), [&error](GIOErrorEnum code) {
    return g_error_matches(&error, G_IO_ERROR, code) != FALSE;
  });
}

template <typename Done>
void let_glib_work_until(Done done) {
  while (!done())
    g_main_context_iteration(nullptr, TRUE);
}

void keep_result(GObject*, GAsyncResult* result, void* place) {
  g_object_ref(result);
  static_cast<Owned<GAsyncResult>*>(place)->reset(result);
}

void keep_signal(GDBusConnection*, const char*, const char*, const char*, const char*,
                 GVariant* arguments, void* place) {
  static_cast<Value*>(place)->reset(g_variant_ref(arguments));
}

// Null if the connection is over something else.
GSocket* socket_of(GIOStream* stream) {
  if (!G_IS_SOCKET_CONNECTION(stream)) return nullptr;
  return g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream));
}

// What comes that answers no call.
struct Unasked {
  GInputStream* input;
  std::size_t count = 0;
};

// In GDBus's own thread, which reads, too. This program serves nobody: a call gets no answer, of
// which GDBus would keep all for a peer that does not read them.
GDBusMessage* drop_unasked(GDBusConnection*, GDBusMessage* message, gboolean is_incoming,
                           void* place) {
  const GDBusMessageType type = g_dbus_message_get_message_type(message);
  const bool is_call = type == G_DBUS_MESSAGE_TYPE_METHOD_CALL;
  if (is_incoming == FALSE || !(is_call || type == G_DBUS_MESSAGE_TYPE_SIGNAL)) return message;
  auto& unasked = *static_cast<Unasked*>(place);
  if (++unasked.count > max_unasked) end_input(unasked.input);
  if (!is_call) return message;
  g_object_unref(message);
  return nullptr;
}

// Throws the Error that `error` of connecting is, if it is one.
void throw_unless_connected(const Owned<GError>& error, seconds limit, GInputStream* input) {
  if (error == nullptr) return;
  if (input != nullptr && was_exceeded(input)) throw flooding_bus_error();
  if (is_io_error(*error, {G_IO_ERROR_CANCELLED, G_IO_ERROR_TIMED_OUT}))
    throw silent_bus_error(limit);
  throw no_bus_error(reason(*error));
}

// A signal, waited for while this lives.
class Subscription {
 public:
  // The arguments of the next one are kept at `place`.
  Subscription(GDBusConnection* bus, const char* sender, const char* interface, const char* member,
               const char* object, const char* first_argument, Value& place)
      : bus_(bus),
        id_(g_dbus_connection_signal_subscribe(bus, sender, interface, member, object,
                                               first_argument, G_DBUS_SIGNAL_FLAGS_NONE,
                                               keep_signal, &place, nullptr)) {}
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;
  ~Subscription() { g_dbus_connection_signal_unsubscribe(bus_, id_); }

 private:
  GDBusConnection* bus_;
  guint id_;
};

}  // namespace

std::string error_name(const GError* error) {
  if (error == nullptr) return {};
  const Owned<char> name(g_dbus_error_get_remote_error(error));
  return name == nullptr ? "" : name.get();
}

GioSessionBus::GioSessionBus(seconds limit) : limit_(limit) {
  hold_gio_back();
  const Owned<GIOStream> stream = connect_stream();
  GSocket* socket = socket_of(stream.get());
  is_local_ = socket != nullptr && g_socket_get_family(socket) == G_SOCKET_FAMILY_UNIX;
  int flags = G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION;
  if (is_local_) {
    refuse_others_bus(g_socket_get_fd(socket));
    log_in_to_bus(g_socket_get_fd(socket), limit);
  } else {
    flags |= G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT;
  }
  input_ = bounded_input(g_io_stream_get_input_stream(stream.get()), max_received);
  // A filter, too: GDBus takes the stream of a socket for a whole connection of one.
  const Owned<GDataOutputStream> output(
      g_data_output_stream_new(g_io_stream_get_output_stream(stream.get())));
  const Owned<GIOStream> bounded_stream(
      g_simple_io_stream_new(input_.get(), G_OUTPUT_STREAM(output.get())));
  // The streams are the connection's, and end with it.
  g_object_set_data_full(G_OBJECT(bounded_stream.get()), "connection", g_object_ref(stream.get()),
                         g_object_unref);
  const auto result = wait_for([&](auto... arguments) {
    g_dbus_connection_new(bounded_stream.get(), nullptr, static_cast<GDBusConnectionFlags>(flags),
                          nullptr, arguments...);
  });
  GError* error = nullptr;
  bus_.reset(g_dbus_connection_new_finish(result.get(), &error));
  throw_unless_connected(Owned<GError>(error), limit, input_.get());
  g_dbus_connection_set_exit_on_close(bus_.get(), FALSE);
  g_dbus_connection_add_filter(bus_.get(), drop_unasked, new Unasked{.input = input_.get()},
                               [](void* place) { delete static_cast<Unasked*>(place); });
}

GioSessionBus::~GioSessionBus() {
  bus_.reset();
  while (g_main_context_iteration(nullptr, FALSE) != FALSE) {  // what is left to give back
  }
}

Owned<GIOStream> GioSessionBus::connect_stream() const {
  const std::string address = bus_address();
  const auto result = wait_for(
      [&](auto... arguments) { g_dbus_address_get_stream(address.c_str(), arguments...); });
  GError* error = nullptr;
  Owned<GIOStream> stream(g_dbus_address_get_stream_finish(result.get(), nullptr, &error));
  throw_unless_connected(Owned<GError>(error), limit_, nullptr);
  return stream;
}

Answer GioSessionBus::call_unchecked(const ServiceCall& call) {
  Owned<GAsyncResult> result;
  start(call, result);
  return finish(result);
}

std::vector<Answer> GioSessionBus::call_all(const std::vector<ServiceCall>& calls) {
  std::vector<Owned<GAsyncResult>> results(calls.size());
  for (std::size_t i = 0; i < calls.size(); ++i)
    start(calls[i], results[i]);
  std::vector<Answer> answers(calls.size());
  std::transform(results.begin(), results.end(), answers.begin(),
                 [this](const Owned<GAsyncResult>& result) { return finish(result); });
  return answers;
}

Value GioSessionBus::call(const ServiceCall& call) {
  Answer answer = call_unchecked(call);
  check(std::move(answer.error), call.member);
  return std::move(answer.value);
}

void GioSessionBus::send(const ServiceCall& call) {
  g_dbus_connection_call(bus_.get(), service_name, call.object.c_str(), call.interface, call.member,
                         call.arguments.get(), nullptr, G_DBUS_CALL_FLAGS_NONE, -1, nullptr,
                         nullptr, nullptr);
  wait_for([this](auto... arguments) { g_dbus_connection_flush(bus_.get(), arguments...); });
}

Value GioSessionBus::call_for_signal(const ServiceCall& call, const char* member) {
  Value signal, owner_changed;
  const Subscription for_signal(bus_.get(), service_name, call.interface, member,
                                call.object.c_str(), nullptr, signal);
  const Subscription for_owner(bus_.get(), "org.freedesktop.DBus", "org.freedesktop.DBus",
                               "NameOwnerChanged", nullptr, service_name, owner_changed);
  this->call(call);
  const auto is_lost = [this] { return g_dbus_connection_is_closed(bus_.get()) != FALSE; };
  wait_until([&] { return signal != nullptr || owner_changed != nullptr || is_lost(); });
  if (signal == nullptr && is_lost())
    throw was_exceeded(input_.get()) ? flooding_bus_error() : lost_bus_error();
  if (signal == nullptr && owner_changed != nullptr) throw ended_at_prompt_error();
  return signal;
}

Owned<GAsyncResult> GioSessionBus::wait_for(const Start& start) const {
  Owned<GAsyncResult> result;
  const Owned<GCancellable> cancellable(g_cancellable_new());
  start(cancellable.get(), keep_result, &result);
  const auto done = [&result] { return result != nullptr; };
  if (!wait_until(done)) g_cancellable_cancel(cancellable.get());
  let_glib_work_until(done);
  return result;
}

void GioSessionBus::check(Owned<GError> error, const char* member) const {
  if (error == nullptr) return;
  if (was_exceeded(input_.get())) throw flooding_bus_error();
  if (const std::string name = error_name(error.get()); !name.empty()) {
    g_dbus_error_strip_remote_error(error.get());
    throw answer_error(name, error->message, member);
  }
  if (is_io_error(*error, {G_IO_ERROR_TIMED_OUT, G_IO_ERROR_CANCELLED}))
    throw no_answer_error(member, limit_);
  if (is_io_error(*error, {G_IO_ERROR_CLOSED, G_IO_ERROR_BROKEN_PIPE})) throw lost_bus_error();
  if (is_io_error(*error, {G_IO_ERROR_INVALID_ARGUMENT})) throw malformed_answer_error();
  throw secret_service_error("D-Bus: " + printable(error->message), "");
}

void GioSessionBus::start(const ServiceCall& call, Owned<GAsyncResult>& result) const {
  g_dbus_connection_call(bus_.get(), service_name, call.object.c_str(), call.interface, call.member,
                         call.arguments.get(), G_VARIANT_TYPE(call.answer_type),
                         G_DBUS_CALL_FLAGS_NONE, static_cast<int>(milliseconds(limit_).count()),
                         nullptr, keep_result, &result);
}

Answer GioSessionBus::finish(const Owned<GAsyncResult>& result) const {
  let_glib_work_until([&result] { return result != nullptr; });  // GDBus ends it at the limit
  GError* error = nullptr;
  Value value(g_dbus_connection_call_finish(bus_.get(), result.get(), &error));
  return {std::move(value), Owned<GError>(error)};
}

bool GioSessionBus::wait_until(const std::function<bool()>& done) const {
  bool too_long = false;
  const auto say_so = [](void* place) {
    *static_cast<bool*>(place) = true;
    return G_SOURCE_REMOVE;
  };
  const guint timer =
      g_timeout_add(static_cast<guint>(milliseconds(limit_).count()), say_so, &too_long);
  let_glib_work_until([&] { return too_long || done(); });
  if (!too_long) g_source_remove(timer);
  return done();
}

}  // namespace pullsecret
