#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "system/error.h"

namespace pullsecret {

// What pullsecret says to people, on standard error: `pullsecret: KIND: TEXT`, no capital, no full
// stop. Standard output is for data alone.

/// Prints the error and, below it, its hint.
void print_error(const Error& error);

/// Prints `warning: TEXT` and, below it, the hint if there is one.
void print_warning(const Error& warning);

void print_note(std::string_view note);
void print_hint(std::string_view hint);

/// If standard input is a terminal, prints a note that it is waited for: who is to type `what`.
void print_note_of_typing(std::string_view what);

/// Prints lines that are no message, such as a diff, as they are.
void print_lines(std::string_view lines);

/// Writes data to standard output. Throws Error if not all of it could be written.
void print_data(std::string_view data);

/// One line on a terminal about work that takes long, redrawn in place and wiped at the end. Shown
/// only where standard error is a terminal, after half a second, and not while somebody asks for a
/// password on it.
class StatusLine {
 public:
  explicit StatusLine(bool quiet);
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;
  ~StatusLine();

  /// `done` of `total` questions are answered; `asked`, printable, is one who has still to answer.
  void show(std::size_t done, std::size_t total, const std::string& asked);

  void erase();

 private:
  bool enabled_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace pullsecret
