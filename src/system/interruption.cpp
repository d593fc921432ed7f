#include "system/interruption.h"

#include <array>
#include <csignal>

namespace pullsecret {
namespace {

constexpr std::array ending_signals{SIGINT, SIGTERM, SIGHUP};
std::array<struct sigaction, ending_signals.size()> actions_before;
volatile std::sig_atomic_t signal_that_came = 0;

extern "C" void note_signal(int number) {
  signal_that_came = number;
}

void restore_actions() {
  for (std::size_t i = 0; i < ending_signals.size(); ++i)
    sigaction(ending_signals[i], &actions_before[i], nullptr);
}

}  // namespace

HeldInterruption::HeldInterruption() {
  signal_that_came = 0;
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (std::size_t i = 0; i < ending_signals.size(); ++i) {
    sigaction(ending_signals[i], nullptr, &actions_before[i]);
    const bool is_ignored = actions_before[i].sa_handler == SIG_IGN;  // as by nohup(1)
    if (!is_ignored) sigaction(ending_signals[i], &action, nullptr);
  }
}

HeldInterruption::~HeldInterruption() {
  restore_actions();
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
