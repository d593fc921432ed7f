#include "system/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "system/error.h"
#include "system/file.h"
#include "system/held_signals.h"
#include "system/lock.h"
#include "system/text.h"
#include "system/uninterrupted.h"

namespace pullsecret {
namespace {

constexpr const char* terminal_name = "/dev/tty";

/// While it lives, the terminal does not show what is typed.
class EchoOff {
 public:
  explicit EchoOff(const FileDescriptor& terminal) : terminal_(terminal) {
    if (tcgetattr(terminal.get(), &before_) != 0) throw system_error(terminal_name);
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL);
    silent.c_lflag |= static_cast<tcflag_t>(ICANON | ISIG);
    // In the background this stops the process until it is in the foreground.
    if (tcsetattr(terminal.get(), TCSAFLUSH, &silent) != 0) throw system_error(terminal_name);
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;
  ~EchoOff() { tcsetattr(terminal_.get(), TCSAFLUSH, &before_); }

 private:
  const FileDescriptor& terminal_;
  termios before_{};
};

FileDescriptor open_controlling_terminal() {
  return FileDescriptor(open(terminal_name, O_RDWR | O_CLOEXEC | O_NOCTTY));
}

bool wait_for_line(const FileDescriptor& terminal, const FileDescriptor& signal) {
  std::array<pollfd, 2> descriptors{{{terminal.get(), POLLIN, 0}, {signal.get(), POLLIN, 0}}};
  while (poll(descriptors.data(), descriptors.size(), -1) < 0)
    if (errno != EINTR) throw system_error(terminal_name);
  return descriptors[1].revents == 0;
}

// The pseudo-terminal behind /dev/tty: all terminals of the machine share that name, and a lock on
// it. Nothing if it is no pseudo-terminal, or one of another mount namespace.
FileDescriptor open_pseudo_terminal(const FileDescriptor& terminal) {
  constexpr unsigned pseudo_terminals = 136;  // their major number, Linux's devices.txt
  unsigned number = 0;
  if (ioctl(terminal.get(), TIOCGDEV, &number) != 0 || major(number) != pseudo_terminals) return {};
  const std::string name = fmt::format("/dev/pts/{}", minor(number));
  FileDescriptor device(open(name.c_str(), O_RDWR | O_CLOEXEC | O_NOCTTY));
  struct stat status {};
  if (!device.is_open() || fstat(device.get(), &status) != 0 || status.st_rdev != number) return {};
  return device;
}

// A terminal in canonical mode gives one line at a time, of at most 4095 bytes.
std::string read_line(const FileDescriptor& terminal) {
  std::array<char, 4096> buffer{};
  const ssize_t count = uninterrupted(read, terminal.get(), buffer.data(), buffer.size());
  if (count < 0) throw system_error(terminal_name);
  std::string line(buffer.data(), static_cast<std::size_t>(count));
  if (line.ends_with('\n')) line.pop_back();
  return line;
}

// Nothing if a signal came in place of an answer.
std::optional<std::string> ask_once(const FileDescriptor& terminal, const std::string& prompt,
                                    const FileDescriptor& signal) {
  const EchoOff echo_off(terminal);
  write_all(terminal.get(), terminal_name, prompt);
  const bool answered = wait_for_line(terminal, signal);
  // The user's line break was not shown either.
  write_all(terminal.get(), terminal_name, "\n");
  if (!answered) return std::nullopt;
  return read_line(terminal);
}

}  // namespace

Terminal::Terminal(FileDescriptor descriptor, FileDescriptor lock)
    : descriptor_(std::move(descriptor)), lock_(std::move(lock)) {}

bool Terminal::is_there() {
  return open_controlling_terminal().is_open();
}

std::optional<Terminal> Terminal::open() {
  FileDescriptor descriptor = open_controlling_terminal();
  if (!descriptor.is_open()) return std::nullopt;
  FileDescriptor lock = open_pseudo_terminal(descriptor);
  // One that cannot be locked is good enough to ask on.
  if (lock.is_open()) lock_open_file(lock);
  return Terminal(std::move(descriptor), std::move(lock));
}

std::string Terminal::ask_secret(const std::string& prompt) const {
  const HeldSignals signals;
  const FileDescriptor arrival = signals.arrival();
  while (true) {
    if (auto answer = ask_once(descriptor_, prompt, arrival)) {
      if (answer->empty()) throw Error("", "no passphrase was given");
      return std::move(*answer);
    }
    signals.let_loose();
  }
}

bool Terminal::ask_yes_no(const std::string& question) const {
  write_all(descriptor_.get(), terminal_name, question);
  const std::string answer = lower_case(read_line(descriptor_));
  return answer == "y" || answer == "yes";
}

bool is_change_confirmed(std::string_view program, const std::string& command) {
  const auto terminal = Terminal::open();
  if (!terminal)
    throw Error("", "nothing was changed: there is no terminal to ask on",
                fmt::format("`{} --yes` does not ask", command));
  return terminal->ask_yes_no(fmt::format("{}: make this change? [y/N]: ", program));
}

void Terminal::say(std::string_view line) const {
  write_all(descriptor_.get(), terminal_name, std::string(line) + '\n');
}

}  // namespace pullsecret
