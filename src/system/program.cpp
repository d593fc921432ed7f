#include "system/program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "system/error.h"
#include "system/executable_format.h"
#include "system/overloaded.h"
#include "system/process_tree.h"
#include "system/text.h"

extern "C" {
#include <sys/pidfd.h>  // glibc 2.36 forgot to say itself that its functions are C
}

namespace pullsecret {
namespace {

constexpr std::size_t max_error_output = 64UL * 1024;

struct Pipe {
  FileDescriptor read_end, write_end;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error("pipe");
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

void set_nonblocking(const FileDescriptor& descriptor) {
  fcntl(descriptor.get(), F_SETFL, O_NONBLOCK);
}

// The child's half of start(): never returns. Descriptors above 2 close themselves at execve; a
// failed execve leaves its errno in `failure`.
[[noreturn]] void become(const std::vector<char*>& command, char* const* environment, int input,
                         int output, int error, int failure) {
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(error, STDERR_FILENO);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  prctl(PR_SET_PDEATHSIG, SIGTERM);  // whoever ends the caller ends what it runs
  std::signal(SIGPIPE, SIG_DFL);     // NOLINT(cert-err33-c): cannot fail for this signal
  execve(command.front(), command.data(), environment);
  const int error_number = errno;
  const ssize_t written = write(failure, &error_number, sizeof error_number);
  _exit(written > 0 ? 127 : 126);
}

// 0 once the child has become the program.
int read_failure(const FileDescriptor& failure) {
  int error_number = 0;
  while (read(failure.get(), &error_number, sizeof error_number) < 0 && errno == EINTR) {
  }
  return error_number;
}

std::vector<std::string> definitions(const Environment& environment) {
  std::vector<std::string> texts;
  texts.reserve(environment.size());
  for (const auto& [name, value] : environment)
    texts.push_back(fmt::format("{}={}", name, value));
  return texts;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts)
    pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Appends what is there to read, and closes the descriptor at its end. `limit` bounds `text`: what
// exceeds it is read and dropped, so that the writer does not block. The number of reads bounds the
// time a flood can take.
void read_available(FileDescriptor& descriptor, std::string& text, std::size_t limit) {
  constexpr int max_reads = 128;
  std::array<char, 16384> buffer{};
  for (int reads = 0; reads < max_reads && descriptor.is_open(); ++reads) {
    const ssize_t count = read(descriptor.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return descriptor.close();
    text.append(buffer.data(), std::min(static_cast<std::size_t>(count), limit - text.size()));
  }
}

// A program that does not read its input is no error: EPIPE ends the writing.
void write_available(FileDescriptor& descriptor, std::string& unwritten) {
  while (!unwritten.empty()) {
    const ssize_t count = write(descriptor.get(), unwritten.data(), unwritten.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) break;
    unwritten.erase(0, static_cast<std::size_t>(count));
  }
  descriptor.close();
}

ProgramEnd reap(pid_t process) {
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) return Killed{WTERMSIG(status)};
  return Exited{WEXITSTATUS(status)};
}

}  // namespace

std::string in_words(const ProgramEnd& end) {
  return std::visit(
      overloaded{[](NotStarted why) { return "cannot be run: " + error_text(why.error_number); },
                 [](Exited how) { return fmt::format("exit status {}", how.status); },
                 [](Killed how) {
                   const char* name = sigdescr_np(how.signal);
                   return fmt::format("ended by signal {} ({})", how.signal,
                                      name == nullptr ? "real-time" : name);
                 },
                 [](TimedOut when) {
                   const double seconds = std::chrono::duration<double>(when.timeout).count();
                   return fmt::format("no answer within {:g} s", seconds);
                 },
                 [](TooMuchOutput how) {
                   return fmt::format("its answer is larger than {}",
                                      size_in_words(how.max_output));
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
  Pipe input = make_pipe(), output = make_pipe(), error = make_pipe(), failure = make_pipe();
  call.arguments.insert(call.arguments.begin(), call.program.string());
  const std::vector<char*> command = pointers_to(call.arguments);
  std::vector<std::string> own = definitions(call.environment.value_or(Environment()));
  const std::vector<char*> own_environment = pointers_to(own);
  const pid_t process = fork();
  if (process < 0) throw system_error("fork");
  if (process == 0)
    become(command, call.environment ? own_environment.data() : environ, input.read_end.get(),
           output.write_end.get(), error.write_end.get(), failure.write_end.get());

  Running program;
  program.process = process;
  program.exit = FileDescriptor(pidfd_open(process, 0));
  program.input = std::move(input.write_end);
  program.output = std::move(output.read_end);
  program.error = std::move(error.read_end);
  for (const FileDescriptor* pipe : {&program.input, &program.output, &program.error})
    set_nonblocking(*pipe);
  program.unwritten = std::move(call.input);
  program.max_output = call.max_output;
  program.timeout = call.timeout;
  program.deadline = std::chrono::steady_clock::now() + call.timeout;
  program.result.id = id;
  failure.write_end.close();
  if (const int error_number = read_failure(failure.read_end)) {
    reap(process);
    program.end = NotStarted{error_number};
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
  poll(descriptors.data(), descriptors.size(), static_cast<int>(pause.count()));
  for (Running& program : running_)
    serve(program);
}

// Every descriptor is non-blocking, so it may be tried without asking poll() which one is ready.
void ProgramSet::serve(Running& program) const {
  siginfo_t exited{};
  // Asked before the output is read: what a program wrote before it exited is then in the pipe.
  waitid(P_PID, static_cast<id_t>(program.process), &exited, WEXITED | WNOHANG | WNOWAIT);
  write_available(program.input, program.unwritten);
  read_available(program.output, program.result.output, program.max_output + 1);
  read_available(program.error, program.result.error_output, max_error_output);
  const bool too_much = program.result.output.size() > program.max_output;
  if (!too_much && exited.si_pid != 0) {
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
