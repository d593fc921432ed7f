#include "system/run_programs.h"

#include <dirent.h>
#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <tuple>

#include <fmt/format.h>

#include "catch.h"
#include "support.h"
#include "system/interruption.h"
#include "temporary_folder.h"

using namespace pullsecret;
using namespace std::chrono_literals;

namespace {

ProgramCall shell(const std::string& commands, std::string input = "") {
  return {.program = "/bin/sh",
          .arguments = {"-c", commands},
          .input = std::move(input),
          .timeout = 20s,
          .max_output = 1'000'000};
}

ProgramResult finish(ProgramSet& programs) {
  while (true)
    if (auto result = programs.wait(100ms)) return *result;
}

ProgramResult run(ProgramCall call) {
  ProgramSet programs;
  programs.start(7, std::move(call));
  return finish(programs);
}

pid_t read_process_id(const std::filesystem::path& file) {
  pid_t process = 0;
  std::ifstream(file) >> process;
  return process;
}

// A killed process may stay a zombie of whoever inherits it.
bool is_alive(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/stat");
  std::string name_and_state;
  std::getline(status, name_and_state);
  return !name_and_state.empty() && name_and_state.find(") Z ") == std::string::npos;
}

// How many entries of folders can be read before the system fails; nothing: all.
std::optional<int> readable_entries;

}  // namespace

// In the place of the C library's, for the standard library, too. (The C library's name of the
// parameter is reserved to it.)
// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name)
extern "C" dirent* readdir(DIR* dirp) {
  static const auto real = reinterpret_cast<decltype(&readdir)>(dlsym(RTLD_NEXT, "readdir"));
  if (!readable_entries || (*readable_entries)-- > 0) return real(dirp);
  errno = EIO;
  return nullptr;
}

TEST_CASE("a program gets its input and gives its output, errors and status") {
  const ProgramResult result = run(shell("cat; echo noise >&2; exit 3", "input"));
  CHECK(result.id == 7);
  CHECK(std::get<Exited>(result.end).status == 3);
  CHECK(result.output == "input");
  CHECK(result.error_output == "noise\n");
}

TEST_CASE("input and output larger than a pipe do not block each other") {
  const std::string large(900'000, 'x');
  CHECK(run(shell("cat", large)).output == large);
}

TEST_CASE("a program that reads nothing is no error") {
  const ProgramResult result = run(shell("exec <&-; echo done", std::string(900'000, 'x')));
  CHECK(std::get<Exited>(result.end).status == 0);
  CHECK(result.output == "done\n");
}

TEST_CASE("a program that cannot be run says why") {
  const TemporaryFolder folder;
  const auto file = folder.write("binary",
                                 "\x7f"
                                 "ELF, but not really");
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  ProgramCall call = shell("");
  call.program = file;
  CHECK(std::get<NotStarted>(run(call).end).error_number == ENOEXEC);
  call.program = folder.path() / "none";
  CHECK(std::get<NotStarted>(run(call).end).error_number == ENOENT);
}

TEST_CASE("a program that dies by a signal says which") {
  CHECK(std::get<Killed>(run(shell("kill -SEGV $$")).end).signal == SIGSEGV);
}

TEST_CASE("signals that are ignored here are not for a program that is started") {
  const auto [number, name] =
      GENERATE(table<int, std::string>({{SIGPIPE, "PIPE"}, {SIGXFSZ, "XFSZ"}}));
  const auto old = std::signal(number, SIG_IGN);
  const ProgramResult result = run(shell("yes | head -n 1; kill -" + name + " $$"));
  std::signal(number, old);  // NOLINT(cert-err33-c): cannot fail for these signals
  CHECK(std::get<Killed>(result.end).signal == number);
}

TEST_CASE("a program is done when it exits, whoever still holds its output") {
  const ProgramResult result = run(shell("sleep 300 & echo $!"));
  CHECK(std::holds_alternative<Exited>(result.end));
  kill(static_cast<pid_t>(std::stoi(result.output)), SIGKILL);
}

TEST_CASE("too much output ends a program, on standard error it is dropped") {
  ProgramCall flood = shell("yes");
  CHECK(std::holds_alternative<TooMuchOutput>(run(flood).end));
  const ProgramResult noisy = run(shell("yes | head -c 5000000 >&2; echo done"));
  CHECK(noisy.output == "done\n");
  CHECK(noisy.error_output.size() == 64UL * 1024);
}

TEST_CASE("a program that takes too long ends with everything it started") {
  const TemporaryFolder folder;
  const std::string commands = "cd " + folder.path().string() +
                               "; sleep 300 & echo $! > child"
                               "; (sleep 300 & echo $! > orphan)"
                               "; setsid sh -c 'echo $$ > daemon; trap \"\" TERM HUP; sleep 300' &"
                               "  while [ ! -s daemon ]; do sleep 0.01; done; sleep 300";
  ProgramCall call = shell(commands);
  call.timeout = 1s;
  CHECK(std::holds_alternative<TimedOut>(run(call).end));
  for (const char* name : {"child", "orphan", "daemon"}) {
    INFO(name);
    const pid_t process = read_process_id(folder.path() / name);
    REQUIRE(process > 0);
    CHECK(!is_alive(process));
  }
}

TEST_CASE("programs run side by side") {
  const TemporaryFolder folder;
  ProgramSet programs;
  for (std::size_t id = 0; id < 10; ++id)
    programs.start(id, shell(fmt::format("cd {}; touch {}; until [ -e 9 ]; do sleep 0.05; done",
                                         folder.path().string(), id)));
  CHECK(programs.size() == 10);
  while (programs.size() > 0)
    CHECK(std::holds_alternative<Exited>(finish(programs).end));
}

TEST_CASE("how a program ended that somebody else has reaped cannot be known: it is no success") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "process";
  ProgramSet programs;
  programs.start(7, shell("echo $$ > " + file.string() + ".new; mv " + file.string() + ".new " +
                          file.string()));
  while (!std::filesystem::exists(file))
    std::this_thread::sleep_for(10ms);
  REQUIRE(wait_status(read_process_id(file)) == 0);
  const ProgramEnd end = finish(programs).end;
  CHECK(std::holds_alternative<Lost>(end));
  CHECK(in_words(end) == "how it ended cannot be known");
  CHECK_FALSE(wait_status(read_process_id(file)));
}

TEST_CASE("a program is killed where the processes it started cannot all be seen") {
  for (const int entries : {0, 1, 40}) {
    CAPTURE(entries);
    ProgramCall call = shell("sleep 300");
    call.timeout = 100ms;
    ProgramSet programs;
    programs.start(7, call);
    readable_entries = entries;
    const ProgramEnd end = finish(programs).end;
    readable_entries = std::nullopt;
    CHECK(std::holds_alternative<TimedOut>(end));
  }
}

TEST_CASE("find_program looks in absolute folders only, for files that can be run") {
  const TemporaryFolder folder;
  const std::string base = folder.path().string();
  folder.write("plain/helper", "");
  const auto script = folder.write_script("bin/helper", "true");
  std::filesystem::create_directories(folder.path() / "dir/helper");

  CHECK(find_program("helper", base + "/dir:" + base + "/plain:" + base + "/bin").found == script);
  const ProgramSearch search = find_program("helper", base + "/plain");
  CHECK(!search.found);
  CHECK(search.not_executable == folder.path() / "plain/helper");

  const auto here = std::filesystem::current_path();
  std::filesystem::current_path(folder.path() / "bin");
  CHECK(!find_program("helper", ":.:../bin").found);
  std::filesystem::current_path(here);
}

TEST_CASE("what a terminal sends to all ends no program while the caller goes on to a step's end") {
  const std::string signal = GENERATE("INT", "HUP");
  const ProgramCall call = shell("kill -" + signal + " $$; echo on");
  CHECK(std::holds_alternative<Killed>(run(call).end));
  const HeldInterruption held;
  CHECK(run(call).output == "on\n");
  CHECK(std::holds_alternative<Killed>(run(shell("kill -TERM $$; echo on")).end));
}

TEST_CASE("the second such signal ends the programs with all that they run, and then the caller") {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "sleeper").string();
  const pid_t caller = fork();
  if (caller == 0) {
    std::ignore = std::signal(SIGINT, SIG_DFL);  // not the tests' own
    const HeldInterruption held;
    run(shell("sh -c 'echo $$ >" + file + "; sleep 20' & wait"));
    _exit(0);
  }
  while (read_process_id(file) == 0)
    std::this_thread::sleep_for(10ms);
  kill(caller, SIGINT);
  std::this_thread::sleep_for(200ms);
  CHECK(is_alive(read_process_id(file)));
  kill(caller, SIGINT);
  int status = 0;
  REQUIRE(waitpid(caller, &status, 0) == caller);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGINT);
  CHECK_FALSE(is_alive(read_process_id(file)));
}
