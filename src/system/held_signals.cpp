#include "system/held_signals.h"

#include <sys/signalfd.h>

#include "system/error.h"

namespace pullsecret {

HeldSignals::HeldSignals() {
  sigemptyset(&signals_);
  for (const int signal : {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP})
    sigaddset(&signals_, signal);
  sigprocmask(SIG_BLOCK, &signals_, &before_);
}

HeldSignals::~HeldSignals() {
  sigprocmask(SIG_SETMASK, &before_, nullptr);
}

FileDescriptor HeldSignals::arrival() const {
  FileDescriptor descriptor(signalfd(-1, &signals_, SFD_CLOEXEC));
  if (!descriptor.is_open()) throw system_error("signalfd");
  return descriptor;
}

void HeldSignals::let_loose() const {
  sigprocmask(SIG_SETMASK, &before_, nullptr);
  sigprocmask(SIG_BLOCK, &signals_, nullptr);
}

}  // namespace pullsecret
