#pragma once

#include <gio/gio.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "helpers/secretservice/glib_owned.h"

namespace pullsecret {

/// A D-Bus value, never a floating one.
using Value = Owned<GVariant>;

/// One call of the service.
struct ServiceCall {
  std::string object;
  const char* interface;
  const char* member;
  Value arguments;          ///< a tuple
  const char* answer_type;  ///< another answer is an error
};

/// What came of a call, or of anything else that GIO does: the one or the other.
struct Answer {
  Value value;
  Owned<GError> error;
};

/// The name of the D-Bus error that `error` is; empty if it is none.
std::string error_name(const GError* error);

/// A connection to the session bus and, over it, to the program that owns
/// `org.freedesktop.secrets`. It lets GLib work while it waits; nothing else may use GLib's main
/// context.
class GioSessionBus {
 public:
  /// Connects to $DBUS_SESSION_BUS_ADDRESS, else $XDG_RUNTIME_DIR/bus. Throws Error if there is no
  /// bus, or if it is another user's, of which nothing is read. No function waits longer than
  /// `limit` for any one answer, and no more than max_received is read in all.
  explicit GioSessionBus(std::chrono::seconds limit);
  GioSessionBus(const GioSessionBus&) = delete;
  GioSessionBus& operator=(const GioSessionBus&) = delete;
  ~GioSessionBus();

  /// Whether it is a local socket, and not one over the network.
  bool is_local() const { return is_local_; }

  GDBusConnection* connection() const { return bus_.get(); }

  /// Makes the calls at once and waits for all answers, which stand in the calls' order.
  std::vector<Answer> call_all(const std::vector<ServiceCall>& calls);

  /// Makes the call and waits for the answer.
  Answer call_unchecked(const ServiceCall& call);

  /// The same, but throws Error for none and for one that is an error.
  Value call(const ServiceCall& call);

  /// Makes the call without waiting for an answer.
  void send(const ServiceCall& call);

  /// Makes the call, and waits for the signal `member` that its object sends thereafter: its
  /// arguments. Throws as call() does, and if the service leaves the bus. Null if the signal does
  /// not come in time.
  Value call_for_signal(const ServiceCall& call, const char* member);

  /// Starts an asynchronous function of GIO, which gets the arguments that such functions end with,
  /// and waits for its result. It is cancelled when it takes too long.
  using Start = std::function<void(GCancellable*, GAsyncReadyCallback, void* user_data)>;
  Owned<GAsyncResult> wait_for(const Start& start) const;

  /// Throws Error if `error`, of a call of `member`, is one.
  void check(Owned<GError> error, const char* member) const;

 private:
  Owned<GIOStream> connect_stream() const;
  void start(const ServiceCall& call, Owned<GAsyncResult>& result) const;
  Answer finish(const Owned<GAsyncResult>& result) const;
  bool wait_until(const std::function<bool()>& done) const;

  std::chrono::seconds limit_;
  bool is_local_ = false;
  Owned<GInputStream> input_;  ///< what bus_ reads from
  Owned<GDBusConnection> bus_;
};

}  // namespace pullsecret
