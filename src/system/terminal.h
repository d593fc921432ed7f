#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "system/file_descriptor.h"

namespace pullsecret {

/// The terminal that controls this process (/dev/tty), whatever its standard streams are: a helper
/// that Docker runs has none of the user's.
///
/// Only one process of this project at a time has a pseudo-terminal: several that Docker starts at
/// once would ask at once. open() waits for the others.
class Terminal {
 public:
  /// Nothing if the process has no terminal.
  static std::optional<Terminal> open();

  /// Whether open() would give one. Waits for nobody.
  static bool is_there();

  /// Asks for one line with echo off, as readpassphrase(3) does. A signal that ends or stops the
  /// process (Ctrl-C, Ctrl-Z) takes effect only after echo is as it was; a process that was stopped
  /// asks again. Throws Error if the answer is empty, or the terminal is gone.
  std::string ask_secret(const std::string& prompt) const;

  /// Asks for `y` or `yes`; any other line is a no. Throws Error if the terminal is gone.
  bool ask_yes_no(const std::string& question) const;

  /// Shows `line` and a line break.
  void say(std::string_view line) const;

 private:
  Terminal(FileDescriptor descriptor, FileDescriptor lock);

  FileDescriptor descriptor_, lock_;
};

/// Asks on the terminal whether `program` is to make the change that it has shown. Throws Error if
/// there is none: with --yes behind it `command`, which does the same, asks nobody.
bool is_change_confirmed(std::string_view program, const std::string& command);

}  // namespace pullsecret
