#include "helpers/secretservice/gio_session_bus.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <system_error>
#include <utility>

#include "helpers/secretservice/secret_service_api.h"
#include "system/environment.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// What GIO is told by the environment, and a helper is not: to launch a bus of its own, which it
// does only for a display; to print what passes to standard output, where the answer goes.
void unset_what_gio_reads() {
  for (const char* variable :
       {"DISPLAY", "G_MESSAGES_DEBUG", "G_DBUS_DEBUG", "SECRET_SERVICE_BUS_NAME"})
    unsetenv(variable);
}

// GIO launches a bus, or tries to, where there is none: so this looks first.
void require_bus() {
  require_bus_variable();
  if (environment_variable("DBUS_SESSION_BUS_ADDRESS")) return;
  std::error_code error;
  if (!std::filesystem::exists(*environment_variable("XDG_RUNTIME_DIR") + "/bus", error))
    throw no_bus_error(error_text(ENOENT));
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
GSocket* socket_of(GDBusConnection& bus) {
  GIOStream* stream = g_dbus_connection_get_stream(&bus);
  if (!G_IS_SOCKET_CONNECTION(stream)) return nullptr;
  return g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream));
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
  require_bus();
  unset_what_gio_reads();
  // GIO has one connection for the process, and gives it again until the end of a bus was told.
  while (g_main_context_iteration(nullptr, /*may_block=*/FALSE) != FALSE) {
  }
  const auto result =
      wait_for([](auto... arguments) { g_bus_get(G_BUS_TYPE_SESSION, arguments...); });
  GError* error = nullptr;
  bus_.reset(g_bus_get_finish(result.get(), &error));
  if (const Owned<GError> owned(error); owned != nullptr) {
    if (is_io_error(*owned, {G_IO_ERROR_CANCELLED, G_IO_ERROR_TIMED_OUT}))
      throw silent_bus_error(limit);
    throw no_bus_error(reason(*owned));
  }
  g_dbus_connection_set_exit_on_close(bus_.get(), FALSE);
  if (is_local()) refuse_others_bus(g_socket_get_fd(socket_of(*bus_)));
}

GioSessionBus::~GioSessionBus() {
  bus_.reset();
  while (g_main_context_iteration(nullptr, FALSE) != FALSE) {  // what is left to give back
  }
}

bool GioSessionBus::is_local() const {
  return socket_of(*bus_) != nullptr &&
         g_socket_get_family(socket_of(*bus_)) == G_SOCKET_FAMILY_UNIX;
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
  g_dbus_connection_flush_sync(bus_.get(), nullptr, nullptr);
}

Value GioSessionBus::call_for_signal(const ServiceCall& call, const char* member) {
  Value signal, owner_changed;
  const Subscription for_signal(bus_.get(), service_name, call.interface, member,
                                call.object.c_str(), nullptr, signal);
  const Subscription for_owner(bus_.get(), "org.freedesktop.DBus", "org.freedesktop.DBus",
                               "NameOwnerChanged", nullptr, service_name, owner_changed);
  this->call(call);
  wait_until([&] { return signal != nullptr || owner_changed != nullptr; });
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
