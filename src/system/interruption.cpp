#include "system/interruption.h"

#include <array>
#include <csignal>

namespace pullsecret {
namespace {

constexpr std::array signals{SIGINT, SIGTERM, SIGHUP};
std::array<struct sigaction, signals.size()> before;
volatile std::sig_atomic_t signal_that_came = 0;

extern "C" void note_signal(int number) {
  signal_that_came = number;
}

}  // namespace

Interruption::Interruption() {
  signal_that_came = 0;
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (std::size_t i = 0; i < signals.size(); ++i) {
    sigaction(signals[i], nullptr, &before[i]);
    if (before[i].sa_handler != SIG_IGN) sigaction(signals[i], &action, nullptr);  // nohup(1)
  }
}

Interruption::~Interruption() {
  restore();
}

bool Interruption::came() const {
  return signal_that_came != 0;
}

void Interruption::pass_on() {
  restore();
  if (came()) raise(signal_that_came);
}

void Interruption::restore() {
  for (std::size_t i = 0; i < signals.size(); ++i)
    sigaction(signals[i], &before[i], nullptr);
}

}  // namespace pullsecret
