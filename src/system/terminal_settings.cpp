#include "system/terminal_settings.h"

#include <fcntl.h>

#include <csignal>

#include "system/file_descriptor.h"

namespace pullsecret {
namespace {

FileDescriptor open_terminal() {
  return FileDescriptor(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
}

}  // namespace

TerminalSettings::TerminalSettings() {
  const FileDescriptor terminal = open_terminal();
  termios settings{};
  if (terminal.is_open() && tcgetattr(terminal.get(), &settings) == 0) saved_ = settings;
}

void TerminalSettings::restore() const {
  if (!saved_) return;
  const FileDescriptor terminal = open_terminal();
  // A process in the background would be stopped for this, unless it blocks the signal.
  sigset_t background_write{}, before{};
  sigemptyset(&background_write);
  sigaddset(&background_write, SIGTTOU);
  sigprocmask(SIG_BLOCK, &background_write, &before);
  tcsetattr(terminal.get(), TCSANOW, &*saved_);
  sigprocmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace pullsecret
