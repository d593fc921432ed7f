#include "system/interruption.h"

#include <array>
#include <csignal>

namespace pullsecret {
namespace {

constexpr std::array ending_signals{SIGINT, SIGTERM, SIGHUP};
std::array<struct sigaction, ending_signals.size()> actions_before;
volatile std::sig_atomic_t signal_that_came = 0;
volatile std::sig_atomic_t has_come_again = 0;
volatile std::sig_atomic_t is_second_held = 0;
bool is_held = false;

extern "C" void note_signal(int number) {
  has_come_again = signal_that_came != 0 ? 1 : 0;
  signal_that_came = number;
  if (has_come_again == 0 || is_second_held != 0) return;
  std::signal(number, SIG_DFL);  // NOLINT(cert-err33-c): cannot fail for a signal that came
  raise(number);                 // NOLINT(cert-err33-c): comes when this returns
}

void restore_actions() {
  for (std::size_t i = 0; i < ending_signals.size(); ++i)
    sigaction(ending_signals[i], &actions_before[i], nullptr);
}

}  // namespace

HeldInterruption::HeldInterruption() {
  signal_that_came = 0;
  has_come_again = 0;
  is_held = true;
  struct sigaction action {};
  action.sa_handler = note_signal;
  for (std::size_t i = 0; i < ending_signals.size(); ++i) {
    sigaction(ending_signals[i], nullptr, &actions_before[i]);
    const bool is_ignored = actions_before[i].sa_handler == SIG_IGN;  // as by nohup(1)
    if (!is_ignored) sigaction(ending_signals[i], &action, nullptr);
  }
}

HeldInterruption::~HeldInterruption() {
  is_held = false;
  restore_actions();
}

// Not in a process group of their own, where they could not ask on the terminal. SIGTERM comes from
// the end of this process.
void ignore_held_interruption() {
  if (!is_held) return;
  for (const int signal : {SIGINT, SIGHUP})
    std::signal(signal, SIG_IGN);  // NOLINT(cert-err33-c): cannot fail for these signals
}

SecondInterruptionHeld::SecondInterruptionHeld() {
  is_second_held = 1;
}

SecondInterruptionHeld::~SecondInterruptionHeld() {
  is_second_held = 0;
}

bool is_interrupted_again() {
  return has_come_again != 0;
}

bool is_interrupted() {
  return signal_that_came != 0;
}

void pass_on_interruption() {
  if (!is_interrupted()) return;
  restore_actions();
  raise(signal_that_came);  // NOLINT(cert-err33-c): cannot fail for a signal that came
}

}  // namespace pullsecret
