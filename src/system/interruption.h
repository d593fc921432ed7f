#pragma once

namespace pullsecret {

/// While it lives, the first SIGINT, SIGTERM or SIGHUP does nothing but to have come, so that work
/// of several steps can end after one of them and say what is where; the second has its usual
/// effect. A terminal sends them to the programs, too, that run meanwhile, in the middle of a step:
/// these ignore SIGINT and SIGHUP, and a ProgramSet ends them at the second. One lives at a time.
class HeldInterruption {
 public:
  HeldInterruption();
  HeldInterruption(const HeldInterruption&) = delete;
  HeldInterruption& operator=(const HeldInterruption&) = delete;
  ~HeldInterruption();
};

/// In a process that is about to become such a program.
void ignore_held_interruption();

/// While it lives, the second waits, too: who waits for programs ends them, and then calls
/// pass_on_interruption().
class SecondInterruptionHeld {
 public:
  SecondInterruptionHeld();
  SecondInterruptionHeld(const SecondInterruptionHeld&) = delete;
  SecondInterruptionHeld& operator=(const SecondInterruptionHeld&) = delete;
  ~SecondInterruptionHeld();
};
bool is_interrupted_again();

/// Whether one came while the last HeldInterruption lived.
bool is_interrupted();

/// Ends this process by the signal that came, with its usual effect; returns if none did.
void pass_on_interruption();

}  // namespace pullsecret
