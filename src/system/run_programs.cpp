#include "system/run_programs.h"

#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "system/child_program.h"
#include "system/error.h"
#include "system/executable_format.h"
#include "system/interruption.h"
#include "system/kill_process_tree.h"
#include "system/overloaded.h"
#include "system/text.h"
#include "system/uninterrupted.h"

namespace pullsecret {
namespace {

ProgramEnd reap(pid_t process) {
  const std::optional<int> status = wait_status(process);
  if (!status) return Lost{};
  if (WIFSIGNALED(*status)) return Killed{WTERMSIG(*status)};
  return Exited{WEXITSTATUS(*status)};
}

std::string name_of_signal(int signal) {
  return signal >= SIGRTMIN ? "real-time" : strsignal(signal);
}

}  // namespace

std::string in_words(const ProgramEnd& end) {
  return std::visit(
      overloaded{
          [](NotStarted why) { return "cannot be run: " + error_text(why.error_number); },
          [](Exited how) { return fmt::format("exit status {}", how.status); },
          [](Killed how) {
            return fmt::format("ended by signal {} ({})", how.signal, name_of_signal(how.signal));
          },
          [](Lost) { return std::string("how it ended cannot be known"); },
          [](TimedOut when) {
            const double seconds = std::chrono::duration<double>(when.timeout).count();
            return fmt::format("no answer within {:g} s", seconds);
          },
          [](TooMuchOutput how) {
            return fmt::format("its answer is larger than {}", size_in_words(how.max_output));
          }},
      end);
}

ProgramSet::~ProgramSet() {
  for (const Running& program : running_) {
    if (!program.end) end(program);
  }
}

void ProgramSet::end(const Running& program) const {
  kill_process_tree(program.process);
  reap(program.process);
  terminal_.restore();
}

void ProgramSet::start(std::size_t id, ProgramCall call) {
  StartedProgram started =
      start_program(call.program, std::move(call.arguments), call.environment, call.surroundings);
  Running program;
  program.process = started.process;
  program.exit = std::move(started.exit);
  program.input = std::move(started.input);
  program.output = std::move(started.output);
  program.error = std::move(started.error);
  program.unwritten = std::move(call.input);
  program.max_output = call.max_output;
  program.timeout = call.timeout;
  program.deadline = std::chrono::steady_clock::now() + call.timeout;
  program.result.id = id;
  if (started.error_number != 0) {
    reap(started.process);
    program.end = NotStarted{started.error_number};
  }
  running_.push_back(std::move(program));
}

std::optional<ProgramResult> ProgramSet::wait(std::chrono::milliseconds at_most) {
  if (auto result = take_ended()) return result;
  poll_once(at_most);
  return take_ended();
}

std::optional<ProgramResult> ProgramSet::take_ended() {
  const auto ended = std::find_if(running_.begin(), running_.end(),
                                  [](const Running& program) { return program.end.has_value(); });
  if (ended == running_.end()) return std::nullopt;
  ProgramResult result = std::move(ended->result);
  result.end = *ended->end;
  running_.erase(ended);
  return result;
}

void ProgramSet::poll_once(std::chrono::milliseconds at_most) {
  using std::chrono::milliseconds;
  auto until = std::chrono::steady_clock::now() + at_most;
  std::vector<pollfd> descriptors;
  for (const Running& program : running_) {
    until = std::min(until, program.deadline);
    descriptors.push_back({program.exit.get(), POLLIN, 0});
    descriptors.push_back({program.input.get(), POLLOUT, 0});
    descriptors.push_back({program.output.get(), POLLIN, 0});
    descriptors.push_back({program.error.get(), POLLIN, 0});
  }
  const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
  const auto pause = std::clamp(left, milliseconds(0), milliseconds(60'000));
  const SecondInterruptionHeld held;
  poll(descriptors.data(), descriptors.size(), static_cast<int>(pause.count()));
  if (is_interrupted_again()) {
    for (const Running& program : running_)
      if (!program.end) end(program);
    pass_on_interruption();
  }
  for (Running& program : running_)
    serve(program);
}

// Every descriptor is non-blocking, so it may be tried without asking poll() which one is ready.
void ProgramSet::serve(Running& program) const {
  siginfo_t exited{};
  // Asked before the output is read: what a program wrote before it exited is then in the pipe.
  const bool is_lost = uninterrupted(waitid, P_PID, static_cast<id_t>(program.process), &exited,
                                     WEXITED | WNOHANG | WNOWAIT) != 0;
  if (!write_available(program.input, program.unwritten) || program.unwritten.empty())
    program.input.close();
  read_available(program.output, program.result.output, program.max_output + 1);
  read_available(program.error, program.result.error_output, max_error_output);
  const bool too_much = program.result.output.size() > program.max_output;
  if (!too_much && (is_lost || exited.si_pid != 0)) {
    program.end = reap(program.process);
    return;
  }
  if (!too_much && std::chrono::steady_clock::now() < program.deadline) return;
  end(program);
  if (too_much)
    program.end = TooMuchOutput{program.max_output};
  else
    program.end = TimedOut{program.timeout};
}

ProgramResult run_program(ProgramCall call) {
  ProgramSet programs;
  programs.start(0, std::move(call));
  while (true)
    if (auto result = programs.wait(std::chrono::minutes(1))) return *std::move(result);
}

ProgramSearch find_program(std::string_view name, std::string_view search_path) {
  ProgramSearch search;
  for (const std::string& folder : split(search_path, ':')) {
    if (!folder.starts_with('/')) continue;
    std::filesystem::path file = std::filesystem::path(folder) / name;
    struct stat status {};
    if (stat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    if (access(file.c_str(), X_OK) == 0) {
      search.found = std::move(file);
      return search;
    }
    if (!search.not_executable) search.not_executable = std::move(file);
  }
  return search;
}

ProgramSearch find_on_path(std::string_view name) {
  return find_program(name, environment_variable("PATH").value_or(""));
}

std::filesystem::path required_program(std::string_view name, std::string_view package) {
  ProgramSearch search = find_on_path(name);
  if (search.found) return *std::move(search.found);
  if (search.not_executable) throw not_executable(*search.not_executable);
  throw Error(
      std::string(name), "not found on PATH",
      fmt::format("install it, such as with `apt install {}`, or add its folder to PATH", package));
}

}  // namespace pullsecret
