#pragma once

namespace pullsecret {

/// While it lives, the first SIGINT, SIGTERM or SIGHUP does nothing but to have come, so that work
/// of several steps can end after one of them and say what is where; the second has its usual
/// effect. Programs that run meanwhile get the terminal's Ctrl-C as ever. One lives at a time.
class HeldInterruption {
 public:
  HeldInterruption();
  HeldInterruption(const HeldInterruption&) = delete;
  HeldInterruption& operator=(const HeldInterruption&) = delete;
  ~HeldInterruption();
};

/// Whether one came while the last HeldInterruption lived.
bool is_interrupted();

/// Ends this process by the signal that came, with its usual effect; returns if none did.
void pass_on_interruption();

}  // namespace pullsecret
