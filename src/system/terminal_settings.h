#pragma once

#include <termios.h>

#include <optional>

namespace pullsecret {

/// The settings of the process's terminal (/dev/tty) when this was made; nothing if it has none. A
/// program that is killed while it asks for a password leaves the terminal without echo.
class TerminalSettings {
 public:
  TerminalSettings();

  /// Puts the settings back, from the background too.
  void restore() const;

 private:
  std::optional<termios> saved_;
};

}  // namespace pullsecret
