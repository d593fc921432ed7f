#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "cli/table.h"
#include "credential/expiry.h"
#include "operations/notices.h"
#include "registry/http.h"
#include "system/error.h"

namespace pullsecret {

/// Where a command writes, and what else it has of the world outside.
struct Streams {
  /// For data alone; throws Error if not all of it could be written.
  std::function<void(std::string_view)> data;
  /// For people; throws nothing: when it cannot be written to, there is nobody left to tell.
  std::function<void(std::string_view)> words;
  TableStyle table = {};        ///< of data for people
  bool can_be_redrawn = false;  ///< whether words go to a terminal
  Time now = {};                ///< by which they tell what has ended
  HttpExchange network = {};    ///< asks registries; empty: libcurl does
};

/// Standard output and standard error. Tables have the columns of the terminal, at least 60, else
/// 80; they are coloured on a terminal that knows more than to print (TERM is not `dumb`), unless
/// NO_COLOR is set (no-color.org). Nothing is redrawn on another.
Streams standard_streams();

// What pullsecret says to people: `pullsecret: KIND: TEXT`, no capital, no full stop.

/// Prints the error and, below it, its hint.
void print_error(const Streams& streams, const Error& error);

/// Prints `warning: TEXT` and, below it, the hint if there is one.
void print_warning(const Streams& streams, const Error& warning);

/// Prints each warning and note as it is one, unless they are not wanted and it is one of those
/// that may be left out.
void print_notices(const Streams& streams, const Notices& notices, bool quiet = false);

/// Prints the notices, and gives what they are about.
template <typename Value>
Value told(WithNotices<Value> with, const Streams& streams, bool quiet = false) {
  print_notices(streams, with.notices, quiet);
  return std::move(with.value);
}

void print_note(const Streams& streams, std::string_view note);
void print_hint(const Streams& streams, std::string_view hint);

/// If standard input is a terminal, prints a note that it is waited for: who is to type `what`.
void print_note_of_typing(const Streams& streams, std::string_view what);

/// One line on a terminal about work that takes long, redrawn in place and wiped at the end. Shown
/// only after half a second, and not while somebody asks for a password on it.
class StatusLine {
 public:
  /// Outlived by `streams`.
  StatusLine(const Streams& streams, bool quiet);
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;
  ~StatusLine();

  /// `done` of `total` questions are answered; `asked`, printable, is one who has still to answer.
  void show(std::size_t done, std::size_t total, const std::string& asked);

  void erase();

 private:
  const Streams& streams_;
  bool enabled_;
  std::string shown_;  // empty: nothing
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace pullsecret
