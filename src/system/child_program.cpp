#include "system/child_program.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include <fmt/format.h>

#include "system/error.h"
#include "system/interruption.h"
#include "system/session_keyring.h"
#include "system/uninterrupted.h"

namespace pullsecret {
namespace {

struct Pipe {
  FileDescriptor read_end, write_end;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error("pipe");
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

// glibc has a function for it since 2.36, musl has none.
FileDescriptor pidfd_of(pid_t process) {
  return FileDescriptor(static_cast<int>(syscall(SYS_pidfd_open, process, 0)));
}

void set_nonblocking(const FileDescriptor& descriptor) {
  fcntl(descriptor.get(), F_SETFL, O_NONBLOCK);
}

// The child's half of start(): never returns. Descriptors above 2 close themselves at execve; a
// failed execve leaves its errno in `failure`.
[[noreturn]] void become(const std::vector<char*>& command, char* const* environment,
                         Surroundings surroundings, int input, int output, int error, int failure) {
  if (surroundings == Surroundings::services) {
    setsid();
    leave_session_keyring();
    if (chdir("/") != 0) _exit(126);
  }
  // Else it would read what the caller reads, and write among what the caller writes.
  if (dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
      dup2(error, STDERR_FILENO) < 0)
    _exit(126);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  prctl(PR_SET_PDEATHSIG, SIGTERM);  // whoever ends the caller ends what it runs
  ignore_held_interruption();
  for (const int signal : {SIGPIPE, SIGXFSZ})
    std::signal(signal, SIG_DFL);  // NOLINT(cert-err33-c): cannot fail for these signals
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

}  // namespace

StartedProgram start_program(const std::filesystem::path& program,
                             std::vector<std::string> arguments,
                             const std::optional<Environment>& environment,
                             Surroundings surroundings) {
  Pipe input = make_pipe(), output = make_pipe(), error = make_pipe(), failure = make_pipe();
  arguments.insert(arguments.begin(), program.string());
  const std::vector<char*> command = pointers_to(arguments);
  std::vector<std::string> own = definitions(environment.value_or(Environment()));
  const std::vector<char*> own_environment = pointers_to(own);
  const pid_t process = fork();
  if (process < 0) throw system_error("fork");
  if (process == 0)
    become(command, environment ? own_environment.data() : environ, surroundings,
           input.read_end.get(), output.write_end.get(), error.write_end.get(),
           failure.write_end.get());

  StartedProgram started{.process = process,
                         .exit = pidfd_of(process),
                         .input = std::move(input.write_end),
                         .output = std::move(output.read_end),
                         .error = std::move(error.read_end)};
  for (const FileDescriptor* pipe : {&started.input, &started.output, &started.error})
    set_nonblocking(*pipe);
  failure.write_end.close();
  started.error_number = read_failure(failure.read_end);
  return started;
}

std::optional<int> wait_status(pid_t process) {
  int status = 0;
  if (uninterrupted(waitpid, process, &status, 0) != process) return std::nullopt;
  return status;
}

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

bool write_available(const FileDescriptor& descriptor, std::string& unwritten) {
  while (!unwritten.empty()) {
    const ssize_t count = write(descriptor.get(), unwritten.data(), unwritten.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN;
    unwritten.erase(0, static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace pullsecret
