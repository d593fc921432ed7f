#include "cli/messages.h"

#include <termios.h>
#include <unistd.h>

#include <utility>

#include <fmt/format.h>

#include "cli/caller.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// When standard error cannot be written to, there is nobody left to tell.
void print(std::string_view text) {
  try {
    write_all(STDERR_FILENO, "standard error", text);
  } catch (const Error&) {
    return;
  }
}

void print_line(std::string_view kind, std::string_view text) {
  print(fmt::format("pullsecret: {}: {}\n", kind, as_called(text)));
}

void print_with_hint(std::string_view kind, const Error& error) {
  print_line(kind, error.what());
  if (!error.hint().empty()) print_hint(error.hint());
}

bool is_asking_for_password() {
  termios terminal{};
  return tcgetattr(STDERR_FILENO, &terminal) == 0 && (terminal.c_lflag & ECHO) == 0;
}

}  // namespace

void print_error(const Error& error) {
  print_with_hint("error", error);
}

void print_warning(const Error& warning) {
  print_with_hint("warning", warning);
}

void print_note(std::string_view note) {
  print_line("note", note);
}

void print_hint(std::string_view hint) {
  print_line("hint", hint);
}

void print_note_of_typing(std::string_view what) {
  if (isatty(STDIN_FILENO) != 0)
    print_note(
        fmt::format("waiting for {} on standard input; Ctrl-D on a line of its own ends it", what));
}

void print_lines(std::string_view lines) {
  print(lines);
}

void print_data(std::string_view data) {
  write_all(STDOUT_FILENO, "standard output", data);
}

StatusLine::StatusLine(bool quiet) : enabled_(!quiet && isatty(STDERR_FILENO) != 0) {}

StatusLine::~StatusLine() {
  erase();
}

void StatusLine::show(std::size_t done, std::size_t total, const std::string& asked) {
  constexpr auto patience = std::chrono::milliseconds(500);
  if (!enabled_ || std::chrono::steady_clock::now() - started_ < patience) return;
  if (is_asking_for_password()) return;
  // Back to the first column, the text, and erase what is left of the old one.
  print(fmt::format("\rpullsecret: asking {}, {} of {} answered\x1b[K", asked, done, total));
  shown_ = true;
}

void StatusLine::erase() {
  if (std::exchange(shown_, false)) print("\r\x1b[K");
}

}  // namespace pullsecret
