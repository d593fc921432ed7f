#include "system/user_shell.h"

#include <chrono>
#include <filesystem>
#include <string>

#include "catch.h"
#include "temporary_folder.h"

using namespace pullsecret;

namespace {

/// A shell with its start-up files in a home folder of its own.
struct Shell {
  TemporaryFolder home;
  ScopedVariable home_variable{"HOME", home.path().string()};
  ScopedVariable shell{"SHELL", "/bin/bash"};
  ScopedVariable path{"PATH", "/caller/bin:/usr/bin:/bin"};
  ScopedVariable caller{"CALLER", "/of/caller"};
};

}  // namespace

TEST_CASE("search paths: a folder for interactive shells only") {
  const Shell shell;
  shell.home.write(".bashrc", "PATH=/only/interactive:$PATH\n");
  shell.home.write(".profile", "PATH=/from/profile$CALLER:$PATH\n");
  CHECK(UserShell().interactive_path() == "/only/interactive:/caller/bin:/usr/bin:/bin");
  const std::string path = UserShell().login_path();
  CHECK(path.starts_with("/from/profile:"));
  CHECK_THAT(path, !Catch::Contains("caller"));
}

TEST_CASE("search paths: what start-up files print and leave open does not count") {
  const Shell shell;
  shell.home.write(".bashrc", "echo PATH=/noise; printf 'no line end'\n");
  shell.home.write(".profile", "head -c 100000 /dev/zero | tr '\\0' x; sleep 2 & set -x\n");
  CHECK(UserShell().interactive_path() == "/caller/bin:/usr/bin:/bin");
  const std::string path = UserShell().login_path();
  CHECK(path.starts_with("/usr/local"));
}

TEST_CASE("search paths: a shell that does not answer is no answer") {
  const Shell shell;
  shell.home.write(".bashrc", "exec false\n");
  CHECK(UserShell().interactive_path().empty());
  CHECK_FALSE(UserShell().login_path().empty());
}

TEST_CASE("search paths: a shell that hangs or floods is ended") {
  const Shell shell;
  shell.home.write(".bashrc", "sleep 100\n");
  shell.home.write(".profile", "cat /dev/zero\n");
  // With `sleep 100` it would answer in the end.
  CHECK(UserShell(std::chrono::milliseconds(300)).interactive_path().empty());
  CHECK(UserShell().login_path().empty());
}

TEST_CASE("search paths: what is no shell is not run") {
  const Shell shell;
  const auto name = GENERATE(as<std::string>{}, "bash", "/nowhere/bash", "/etc/passwd");
  const ScopedVariable variable("SHELL", name);
  CHECK(UserShell().interactive_path().empty());
  CHECK(UserShell().login_path().empty());
}

TEST_CASE("search paths: a shell of the current folder is not run") {
  const Shell shell;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(shell.home.path());
  shell.home.write_script("shell", "exec /bin/sh \"$@\"");
  const ScopedVariable variable("SHELL", "./shell");
  CHECK(UserShell().interactive_path().empty());
  std::filesystem::current_path(before);
}

TEST_CASE("search paths: sh, too") {
  const Shell shell;
  const ScopedVariable variable("SHELL", "/bin/sh");
  shell.home.write(".profile", "PATH=/from/profile:$PATH\n");
  CHECK(UserShell().interactive_path() == "/caller/bin:/usr/bin:/bin");
  const std::string path = UserShell().login_path();
  CHECK(path.starts_with("/from/profile:"));
}
