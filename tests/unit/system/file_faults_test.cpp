#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <functional>
#include <string>
#include <tuple>

#define CATCH_CONFIG_ENABLE_PAIR_STRINGMAKER
#include "catch.h"
#include "docker/config_file.h"
#include "faults.h"
#include "support.h"
#include "system/file.h"
#include "temporary_folder.h"
#include "watched_calls.h"
#include "writers.h"
#include "writing.h"

using namespace pullsecret;
namespace fs = std::filesystem;

namespace {

bool holds_all_of(const Files& files, const Files& part) {
  return std::includes(files.begin(), files.end(), part.begin(), part.end());
}

/// What is there before and after the writer's work, without any fault.
struct Expected {
  explicit Expected(const Writer& writer) {
    const TemporaryFolder folder;
    const WatchedCalls unsynced;
    writer.prepare(folder.path());
    old_files = writer.read(folder.path());
    writer.write(folder.path());
    new_files = writer.read(folder.path());
  }

  Files old_files, new_files;
};

// False if there is no call number `at`.
bool check_fault(const Writer& writer, const Expected& expected, const Fault& fault,
                 std::size_t at) {
  const TemporaryFolder folder(folder_in_memory());
  writer.prepare(folder.path());
  FaultAt fault_at(fault, at);
  const auto error = error_of([&] {
    const WatchedCalls watched([&](const FileCall& call) {
      if (writer.without_renameat2 && call.name == "renameat2") return EINVAL;
      return fault_at.judge(call);
    });
    writer.write(folder.path());
  });

  INFO(writer.name << ": " << fault.name << " at call " << at << ", which "
                   << (error ? error->what() : "succeeded"));
  CHECK_FALSE((error && fault_at.is_harmless()));
  const Files& intended = error ? expected.old_files : expected.new_files;
  const Files files = writer.read(folder.path());
  if (fault_at.prevented_tidying())
    CHECK(holds_all_of(files, intended));
  else
    CHECK(files == intended);
  return fault_at.was_reached();
}

}  // namespace

TEST_CASE("whatever call fails, a file is the old or the new one, and the report is true") {
  for (const Writer& writer : all_writers()) {
    const Expected expected(writer);
    REQUIRE(expected.old_files != expected.new_files);
    for (const Fault& fault : all_faults()) {
      std::size_t at = 1;
      while (check_fault(writer, expected, fault, at))
        ++at;
      CHECK(at > 5);
    }
  }
}

// ---- What is left open

TEST_CASE("a folder that cannot be synced fails no replacement, and is told") {
  const TemporaryFolder folder;
  const fs::path file = folder.write("config.json", "old");
  const WatchedCalls watched([&](const FileCall& call) {
    return call.name == "fsync" && call.path == folder.path() ? EIO : 0;
  });
  const Unsynced unsynced = replace_file(file, "new");
  CHECK(read_file(file, 9) == "new");
  REQUIRE(unsynced);
  CHECK(unsynced->place() == folder.path());
  CHECK(unsynced->message() == "cannot be synced to disk: input/output error");
  CHECK(unsynced->hint() == "a power cut may undo the last change in it");
  CHECK(write_config({.file = file}, {.text = "new"}, "newer"));
  CHECK(read_file(file, 9) == "newer");

  const auto error =
      error_of([&] { std::ignore = make_file(place_at(folder.path() / "copy"), "content"); });
  REQUIRE(error);
  CHECK(error->place() == folder.path() / "copy");
  CHECK_FALSE(fs::exists(folder.path() / "copy"));
}

TEST_CASE("the backup of a config stays where the config may have changed") {
  const TemporaryFolder folder;
  const fs::path file = folder.write("config.json", "old");
  const auto number_of_files = [&] {
    return std::distance(fs::directory_iterator(folder.path()), {});
  };
  SECTION("another program was quicker") {
    const WatchedCalls watched([&](const FileCall& call) {
      if (call.name == "rename") folder.write("config.json", "another program's");
      return call.name == "rename" ? EIO : 0;
    });
    CHECK(error_of([&] { write_config_with_backup({.file = file}, {.text = "old"}, "new"); }));
    CHECK(read_file(file, 99) == "another program's");
    CHECK(number_of_files() == 2);
  }
  SECTION("it was another one from the beginning, so there is no backup to make") {
    CHECK(error_of([&] { write_config_with_backup({.file = file}, {.text = "older"}, "new"); }));
    CHECK(number_of_files() == 1);
  }
}

TEST_CASE("leave that a group has is for no other group") {
  const TemporaryFolder folder;
  const fs::path file = folder.write("file", "old");
  chmod(file.c_str(), 0664);
  const auto mode_after = [&](bool is_refused) {
    const WatchedCalls watched(
        [&](const FileCall& call) { return is_refused && call.name == "fchown" ? EPERM : 0; });
    replace_synced(file, "new", Access::as_before);
    return fs::status(file).permissions();
  };
  CHECK(mode_after(true) == fs::perms(0664));  // the same group, all the same
  if (geteuid() != 0) return skip("only root can give a file to another group");
  REQUIRE(chown(file.c_str(), 1234, 5678) == 0);
  CHECK(mode_after(false) == fs::perms(0664));
  CHECK(mode_after(true) == fs::perms(0604));
}

// ---- Signals

namespace {

// How a child ends that does `work` with `judge` watching.
int end_of_child(const WatchedCalls::Judge& judge, const std::function<void()>& work) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    for (const int signal : {SIGINT, SIGTERM})
      std::signal(signal, SIG_DFL);  // NOLINT(cert-err33-c): those that Catch2 handles
    const WatchedCalls watched(judge);
    _exit(error_of(work) ? 1 : 0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

bool was_ended_by(int signal, int status) {
  return WIFSIGNALED(status) && WTERMSIG(status) == signal;
}

// Each file is the old or the new one, and there is no other.
void check_old_or_new(const Files& files, const Expected& expected) {
  const auto has = [](const Files& some, const auto& file) {
    const auto found = some.find(file.first);
    return found != some.end() && found->second == file.second;
  };
  for (const auto& file : files) {
    INFO(file.first);
    CHECK((has(expected.old_files, file) || has(expected.new_files, file)));
  }
  for (const auto& [name, content] : expected.old_files)
    CHECK(files.contains(name));
}

// False if there is no call number `at`.
bool check_signal(const Writer& writer, const Expected& expected, int signal, Verdict verdict,
                  std::size_t at) {
  const TemporaryFolder folder(folder_in_memory());
  writer.prepare(folder.path());
  const int status = end_of_child(
      [&](const FileCall& call) {
        if (call.number == at) std::raise(signal);  // NOLINT(cert-err33-c): cannot fail for these
        if (writer.without_renameat2 && call.name == "renameat2") return EINVAL;
        return call.number == at ? verdict : 0;
      },
      [&] { writer.write(folder.path()); });
  if (status == 0) return false;
  INFO(writer.name << ": signal " << signal << " before call " << at);
  CHECK(was_ended_by(signal, status));
  check_old_or_new(writer.read(folder.path()), expected);
  return true;
}

// Checks each call of `writer`; how many there are.
std::size_t check_signals(const Writer& writer, int signal, Verdict verdict) {
  const Expected expected(writer);
  std::size_t at = 1;
  while (check_signal(writer, expected, signal, verdict, at))
    ++at;
  return at - 1;
}

}  // namespace

TEST_CASE("a signal ends a writer with the old or the new file, and nothing beside it") {
  for (const int signal : {SIGINT, SIGHUP})
    CHECK(check_signals(all_writers().front(), signal, 0) > 4);
  for (const Writer& writer : all_writers())
    CHECK(check_signals(writer, SIGTERM, 0) > 4);
}

TEST_CASE("a signal that comes with a fault does the same") {
  for (const Writer& writer : all_writers())
    CHECK(check_signals(writer, SIGTERM, EIO) > 4);
}

TEST_CASE("a file that may not grow so large is an error, and leaves no part of it") {
  const TemporaryFolder folder;
  const fs::path file = folder.write("file", "old");
  const int status = end_of_child({}, [&] {
    const rlimit limit{4, 4};
    setrlimit(RLIMIT_FSIZE, &limit);
    replace_synced(file, "longer than that");
  });
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 1));
  CHECK(read_file(file, 9) == "old");
  CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("no signal is held for the reader of a pipe") {
  std::array<int, 2> ends{};
  REQUIRE(pipe2(ends.data(), O_NONBLOCK) == 0);
  const int status = end_of_child(
      [](const FileCall& call) { return call.name == "write" ? std::raise(SIGTERM) : 0; },
      [&] { replace_synced("/dev/fd/" + std::to_string(ends[1]), "through"); });
  CHECK(was_ended_by(SIGTERM, status));
  char byte = 0;
  CHECK(read(ends[0], &byte, 1) < 0);
  for (const int end : ends)
    close(end);
}

TEST_CASE("signals are held only while there is a new file") {
  const TemporaryFolder folder;
  const auto held = [] {
    sigset_t signals{};
    sigprocmask(SIG_BLOCK, nullptr, &signals);
    return sigismember(&signals, SIGTERM) == 1;
  };
  bool held_meanwhile = true;
  std::size_t renamings = 0;
  const WatchedCalls watched([&](const FileCall& call) {
    if (call.name == "rename" || call.name == "write") held_meanwhile = held_meanwhile && held();
    return call.name == "rename" && ++renamings == 2 ? EIO : 0;
  });
  replace_synced(folder.path() / "file", "content");
  CHECK(held_meanwhile);
  CHECK_FALSE(held());
  CHECK(error_of([&] { replace_synced(folder.path() / "file", "other"); }));
  CHECK(held_meanwhile);
  CHECK_FALSE(held());
  CHECK(error_of([&] { replace_synced(folder.path() / "none/file", "other"); }));
  CHECK_FALSE(held());
}
