#include "cli/messages.h"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include "cli/caller.h"
#include "credential/expiry.h"
#include "system/environment.h"
#include "system/file.h"

namespace pullsecret {
namespace {

bool is_capable_terminal(int fd) {
  return isatty(fd) != 0 && environment_variable("TERM").value_or("dumb") != "dumb";
}

TableStyle table_style() {
  constexpr std::size_t least_columns = 60;
  TableStyle style{.has_color =
                       is_capable_terminal(STDOUT_FILENO) && !environment_variable("NO_COLOR")};
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    style.columns = std::max<std::size_t>(size.ws_col, least_columns);
  return style;
}

void print_line(const Streams& streams, std::string_view kind, std::string_view text) {
  streams.words(fmt::format("pullsecret: {}: {}\n", kind, as_called(text)));
}

void print_with_hint(const Streams& streams, std::string_view kind, const Error& error) {
  print_line(streams, kind, error.what());
  if (!error.hint().empty()) print_hint(streams, error.hint());
}

bool is_asking_for_password() {
  termios terminal{};
  return tcgetattr(STDERR_FILENO, &terminal) == 0 && (terminal.c_lflag & ECHO) == 0;
}

}  // namespace

Streams standard_streams() {
  return {.data = [](std::string_view data) { write_all(STDOUT_FILENO, "standard output", data); },
          .words =
              [](std::string_view words) {
                try {
                  write_all(STDERR_FILENO, "standard error", words);
                } catch (const Error&) {
                  return;
                }
              },
          .table = table_style(),
          .can_be_redrawn = is_capable_terminal(STDERR_FILENO),
          .now = current_time()};
}

void print_error(const Streams& streams, const Error& error) {
  print_with_hint(streams, "error", error);
}

void print_warning(const Streams& streams, const Error& warning) {
  print_with_hint(streams, "warning", warning);
}

void print_notices(const Streams& streams, const Notices& notices, bool quiet) {
  for (const auto& [severity, text, is_unconditional] : notices)
    if (!quiet || is_unconditional) print_with_hint(streams, in_words(severity), text);
}

void print_note(const Streams& streams, std::string_view note) {
  print_line(streams, "note", note);
}

void print_hint(const Streams& streams, std::string_view hint) {
  print_line(streams, "hint", hint);
}

void print_note_of_typing(const Streams& streams, std::string_view what) {
  if (isatty(STDIN_FILENO) != 0)
    print_note(
        streams,
        fmt::format("waiting for {} on standard input; Ctrl-D on a line of its own ends it", what));
}

StatusLine::StatusLine(const Streams& streams, bool quiet)
    : streams_(streams), enabled_(!quiet && streams.can_be_redrawn) {}

StatusLine::~StatusLine() {
  erase();
}

void StatusLine::show(std::size_t done, std::size_t total, const std::string& asked) {
  constexpr auto patience = std::chrono::milliseconds(500);
  if (!enabled_ || std::chrono::steady_clock::now() - started_ < patience) return;
  if (is_asking_for_password()) return;
  std::string text = fmt::format("pullsecret: asking {}, {} of {} answered", asked, done, total);
  if (text == shown_) return;
  // Back to the first column, the text, and erase what is left of the old one.
  streams_.words(fmt::format("\r{}\x1b[K", text));
  shown_ = std::move(text);
}

void StatusLine::erase() {
  if (!std::exchange(shown_, {}).empty()) streams_.words("\r\x1b[K");
}

}  // namespace pullsecret
