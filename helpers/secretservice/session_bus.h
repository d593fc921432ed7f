#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#if defined(SD_BUS_OF_BASU)
#include <basu/sd-bus.h>
#else
#include <systemd/sd-bus.h>
#endif

namespace pullsecret {

/// Gives back what sd-bus counts references to.
struct Unreference {
  void operator()(sd_bus* bus) const;
  void operator()(sd_bus_message* message) const;
  void operator()(sd_bus_slot* slot) const { sd_bus_slot_unref(slot); }
};

/// A D-Bus message, written and read with the sd_bus_message_*(3) functions. Those that SessionBus
/// makes and receives are wiped when they are released: by sd-bus (sd_bus_message_sensitive), or,
/// since basu's does not, their byte arrays here.
using Message = std::unique_ptr<sd_bus_message, Unreference>;

/// What an sd-bus function returned. Throws Error where that is a negative errno.
int check(int result);

/// A connection to the session bus and, over it, to the program that owns
/// `org.freedesktop.secrets`.
///
/// sd-bus, where there is a choice, and not GDBus: it wipes messages, which GDBus copies from
/// buffer to buffer; it needs no thread; loading it takes half a millisecond less; and it never
/// launches a bus of its own where there is none.
class SessionBus {
 public:
  /// Connects to $DBUS_SESSION_BUS_ADDRESS, else $XDG_RUNTIME_DIR/bus. Throws Error if there is no
  /// bus, if it is another user's, or one over the network: secrets pass unencrypted. No function
  /// waits longer than `limit` for any one answer.
  explicit SessionBus(std::chrono::seconds limit);
  SessionBus(const SessionBus&) = delete;
  SessionBus& operator=(const SessionBus&) = delete;
  ~SessionBus() = default;

  /// A call of the service's method `member`, its arguments to be appended.
  Message method(const std::string& object, const char* interface, const char* member) const;

  /// Sends `request` and waits for the answer. Throws Error for none and for one that is an error.
  Message call(Message request);

  /// The same, but an error is an answer.
  Message call_unchecked(Message request);

  /// Sends all requests at once and hands each answer to `take`, with its request's position, as
  /// soon as it comes: nothing is kept here, for an answer may have 128 MiB, the most that sd-bus
  /// reads of one. Throws Error if one does not come; an error is an answer.
  using TakeAnswer = std::function<void(std::size_t, Message)>;
  void call_all(const std::vector<Message>& requests, const TakeAnswer& take);

  /// Sends `request` without waiting for an answer.
  void send(const Message& request);

  /// Sends `request`, and waits for the signal `member` that `object` sends thereafter. Throws as
  /// call() does, and if the service leaves the bus. Null if the signal does not come in time.
  Message call_for_signal(Message request, const std::string& object, const char* interface,
                          const char* member);

 private:
  static int drop_unasked(sd_bus_message* message, void* place, sd_bus_error* error);
  bool wait_until(const std::function<bool()>& done);

  std::unique_ptr<sd_bus, Unreference> bus_;
  std::size_t unasked_ = 0;  ///< messages that answered no call
  std::chrono::seconds limit_;
};

/// Throws Error if `answer` is an error.
void check_answer(sd_bus_message* answer, const char* member);

/// The D-Bus error that `answer` is; empty if it is none.
std::string_view error_name(sd_bus_message* answer);

}  // namespace pullsecret
