#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "system/child_program.h"
#include "system/environment.h"
#include "system/file_descriptor.h"
#include "system/terminal_settings.h"

namespace pullsecret {

/// One run of a program, to be started.
struct ProgramCall {
  std::filesystem::path program;       ///< absolute
  std::vector<std::string> arguments;  ///< without the program's own name
  std::string input;                   ///< its whole standard input
  std::chrono::milliseconds timeout;
  std::size_t max_output;  ///< bytes on standard output, past which it is ended
  std::optional<Environment> environment = std::nullopt;  ///< all of it; absent: the caller's
  Surroundings surroundings = Surroundings::callers;
};

// How a run came to its end.
struct NotStarted {
  int error_number;  ///< of execve(2)
};
struct Exited {
  int status;
};
struct Killed {
  int signal;
};
struct Lost {};  ///< the system does not say how: never taken for success
struct TimedOut {
  std::chrono::milliseconds timeout;
};
struct TooMuchOutput {
  std::size_t max_output;
};
using ProgramEnd = std::variant<NotStarted, Exited, Killed, Lost, TimedOut, TooMuchOutput>;

/// The end as a message says it: "exit status 1", "no answer within 60 s".
std::string in_words(const ProgramEnd& end);

struct ProgramResult {
  std::size_t id = 0;  ///< the caller's, from ProgramSet::start()
  ProgramEnd end;
  std::string output;
  std::string error_output;  ///< its first 64 KiB
};

/// Programs that run side by side, and the one poll loop over them (the shape of ninja's
/// SubprocessSet). Not for several threads: there are none.
///
/// A program is done when it exits, even if something that it left in the background still holds
/// its standard output. One that takes too long, or writes too much, is killed with everything it
/// started: each program is the reaper of its descendants (PR_SET_CHILD_SUBREAPER, which survives
/// execve), so that none of them gets away while it lives, daemons included. But for a service it
/// stays in the process group of its caller, because a helper may have to ask something on the
/// terminal, which a background group cannot; the terminal of one that is killed is put back as it
/// was. SIGPIPE must be ignored, as harden_process() does.
class ProgramSet {
 public:
  ProgramSet() = default;
  ProgramSet(const ProgramSet&) = delete;
  ProgramSet& operator=(const ProgramSet&) = delete;
  /// Kills what still runs.
  ~ProgramSet();

  /// Starts a program; its result carries `id`. Throws Error when the system has no more processes
  /// or descriptors to give.
  void start(std::size_t id, ProgramCall call);

  std::size_t size() const { return running_.size(); }

  /// Waits for the next program to end, `at_most` that long. Call it only while size() > 0.
  std::optional<ProgramResult> wait(std::chrono::milliseconds at_most);

 private:
  struct Running {
    pid_t process = -1;
    FileDescriptor exit, input, output, error;
    std::string unwritten;
    std::size_t max_output = 0;
    std::chrono::milliseconds timeout{};
    std::chrono::steady_clock::time_point deadline;
    std::optional<ProgramEnd> end;
    ProgramResult result;
  };

  std::optional<ProgramResult> take_ended();
  void poll_once(std::chrono::milliseconds at_most);
  void serve(Running& program) const;
  void end(const Running& program) const;

  std::vector<Running> running_;
  TerminalSettings terminal_;
};

/// Runs one program to its end. Throws as ProgramSet::start() does.
ProgramResult run_program(ProgramCall call);

/// What a search for a program came to.
struct ProgramSearch {
  std::optional<std::filesystem::path> found;
  std::optional<std::filesystem::path>
      not_executable;  ///< a file of that name without leave to run
};

/// Looks for `name` in the absolute folders of `search_path` (colon-separated, as $PATH). Relative
/// entries, and empty ones, would let the current folder decide what gets the secrets.
ProgramSearch find_program(std::string_view name, std::string_view search_path);

/// The same in the folders of $PATH.
ProgramSearch find_on_path(std::string_view name);

/// The program `name` on PATH. Throws Error, with the Debian package that has it, if it is not
/// there.
std::filesystem::path required_program(std::string_view name, std::string_view package);

}  // namespace pullsecret
