#pragma once

#include <csignal>

#include "system/file_descriptor.h"

namespace pullsecret {

/// While it lives, the signals wait that would end or stop this process in the middle of something:
/// SIGINT, SIGQUIT, SIGTERM, SIGHUP and SIGTSTP. Then they are let loose with their usual effect,
/// so that the shell sees a process that its signal ended, and no handler is needed.
///
/// Not to be held while waiting for somebody else, and no program is to be started meanwhile: it
/// would inherit the mask. SIGKILL and SIGSTOP cannot be held.
class HeldSignals {
 public:
  HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  ~HeldSignals();

  /// A descriptor that is readable while a signal waits. Throws Error.
  FileDescriptor arrival() const;

  /// Lets loose those that wait. Returns if they only stopped the process, which now goes on, or
  /// are ignored.
  void let_loose() const;

 private:
  sigset_t signals_{}, before_{};
};

}  // namespace pullsecret
