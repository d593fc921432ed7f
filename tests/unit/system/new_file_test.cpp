#include "system/new_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "catch.h"
#include "support.h"
#include "system/file.h"
#include "temporary_folder.h"
#include "watched_calls.h"
#include "writing.h"

using namespace pullsecret;
namespace fs = std::filesystem;

namespace {

// Runs in a child process `work`, which is not to return.
template <typename Work>
pid_t start_child(Work work) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    work();
    _exit(1);
  }
  return child;
}

int end_of(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

auto number_of_files(const TemporaryFolder& folder) {
  return std::distance(fs::directory_iterator(folder.path()), {});
}

}  // namespace

TEST_CASE("what a killed writer left is found and removed") {
  const TemporaryFolder folder;
  const fs::path file = folder.write("deep/file", "old");
  const fs::path link = folder.path() / "link";
  fs::create_symlink("deep/file", link);
  const pid_t child = start_child([&] {
    const WatchedCalls killed([](const FileCall& call) {
      if (call.name == "rename") raise(SIGKILL);  // NOLINT(cert-err33-c): it cannot fail
      return 0;
    });
    replace_synced(link, "hunter2");
  });
  CHECK(WTERMSIG(end_of(child)) == SIGKILL);
  CHECK(read_file(file, 9) == "old");

  const std::vector<fs::path> left = abandoned_files(hold_file(link).place);
  REQUIRE(left.size() == 1);
  CHECK(read_file(left.front(), 9) == "hunter2");
  CHECK(left.front().filename().string().starts_with(".file.pullsecret-"));
  remove_abandoned(place_at(file));
  CHECK_FALSE(fs::exists(left.front()));
  CHECK(read_file(file, 9) == "old");
}

TEST_CASE("what may be somebody's own file is not taken for an abandoned one") {
  const TemporaryFolder folder;
  const fs::path key = folder.write("key", "");
  const std::string left = ".key.pullsecret-aB3xyZ";
  folder.write(left, "");
  for (const char* name :
       {".key.backup", ".key.aB3xyZ", ".key.pullsecret-aB3xy", "key.backup",
        ".key.pullsecret-aB3xyZ1", "key.pullsecret-aB3xyZ", ".key.pullsecret-a.txt",
        ".key.pullsecret-aB3xy~", ".key.new.pullsecret-aB3xyZ", ".config.pullsecret-aB3xyZ"})
    folder.write(name, "");
  fs::create_directory(folder.path() / ".key.pullsecret-folder");
  fs::create_symlink("key", folder.path() / ".key.pullsecret-link00");
  REQUIRE(mkfifo((folder.path() / ".key.pullsecret-pipe00").c_str(), 0600) == 0);
  CHECK(abandoned_files(place_at(key)) == std::vector{folder.path() / left});
  const auto before = number_of_files(folder);
  remove_abandoned(place_at(key));
  CHECK_FALSE(fs::exists(folder.path() / left));
  CHECK(number_of_files(folder) == before - 1);
}

TEST_CASE("another user's file is not taken for an abandoned one") {
  if (geteuid() != 0) return skip("only root can give files away");
  const TemporaryFolder folder;
  const fs::path left = folder.write(".key.pullsecret-aB3xyZ", "");
  REQUIRE(chown(left.c_str(), 12345, 12345) == 0);
  remove_abandoned(place_at(folder.path() / "key"));
  CHECK(fs::exists(left));
}

TEST_CASE("a file that is being written is not taken for an abandoned one") {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "file";
  const WatchedCalls meanwhile([&](const FileCall& call) {
    if (call.name == "write" || call.name == "rename") remove_abandoned(place_at(file));
    return 0;
  });
  NewFile created(place_at(file), "file");
  CHECK(abandoned_files(place_at(file)).empty());
  created.write("content");
  created.take_place();
  CHECK(read_file(file, 9) == "content");
}

TEST_CASE("no writer fails while others look for abandoned files, and none is left") {
  const TemporaryFolder folder(folder_in_memory());
  const fs::path file = folder.path() / "file";
  const pid_t child = start_child([&] {
    while (true)
      remove_abandoned(place_at(file));
  });
  for (int round = 0; round < 3000; ++round)
    CHECK_FALSE(error_of([&] { replace_synced(file, std::to_string(round)); }));
  kill(child, SIGKILL);
  end_of(child);
  CHECK(read_file(file, 9) == "2999");
  remove_abandoned(place_at(file));
  CHECK(number_of_files(folder) == 1);
}
