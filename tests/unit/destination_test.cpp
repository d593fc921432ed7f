#include "system/destination.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>

#include "catch.h"
#include "support.h"
#include "system/file.h"
#include "temporary_folder.h"
#include "watched_calls.h"

using namespace pullsecret;
namespace fs = std::filesystem;

namespace {

constexpr uid_t stranger = 12345;

void give_away(const fs::path& path) {
  REQUIRE(lchown(path.c_str(), stranger, stranger) == 0);
}

fs::path make_pipe(const TemporaryFolder& folder, const std::string& name) {
  fs::path pipe = folder.path() / name;
  REQUIRE(mkfifo(pipe.c_str(), 0622) == 0);
  return pipe;
}

fs::path make_link(const TemporaryFolder& folder, const std::string& target,
                   const std::string& name) {
  fs::path link = folder.path() / name;
  fs::create_symlink(target, link);
  return link;
}

}  // namespace

TEST_CASE("a destination is what a chain of links leads to, there or not") {
  const TemporaryFolder folder;
  const fs::path file = folder.write("deep/file", "old");
  make_link(folder, "deep/file", "one");
  const fs::path two = make_link(folder, "one", "two");
  CHECK(find_destination(two).path == file);
  CHECK(find_destination(two).status->st_size == 3);
  CHECK_FALSE(find_destination(two).is_stream());
  const Destination dangling = find_destination(make_link(folder, "deep/none", "dangling"));
  CHECK(dangling.path == folder.path() / "deep/none");
  CHECK_FALSE(dangling.status);
  CHECK(find_destination(folder.path()).is_folder());
  CHECK(find_destination(make_pipe(folder, "pipe")).is_stream());
  CHECK(find_destination("/dev/null").is_stream());
  CHECK(error_of([&] { find_destination(make_link(folder, "loop", "loop")); })->message() ==
        "too many levels of symbolic links");
  CHECK(error_of([&] { find_destination(file / "below"); })->message() == "not a directory");
}

TEST_CASE("another user's link, pipe and socket are refused, each behind a link too") {
  if (geteuid() != 0) return skip("only root can give files away");
  const TemporaryFolder folder;
  const fs::path file = folder.write("file", "old"), pipe = make_pipe(folder, "pipe");
  const fs::path link = make_link(folder, "file", "link");
  const fs::path dangling = make_link(folder, "none", "dangling");
  const fs::path to_open_file = make_link(folder, "/dev/stdout", "to-open-file");
  for (const fs::path& planted : {pipe, link, dangling, to_open_file}) {
    make_link(folder, planted.filename(), "own");
    CHECK_FALSE(error_of([&] { find_destination(planted); }));
    give_away(planted);
    for (const fs::path& name : {planted, folder.path() / "own"}) {
      const auto error = error_of([&] { replace_file(name, "hunter2"); });
      REQUIRE(error);
      CHECK(error->place() == planted.string());
      CHECK_THAT(error->message(), Catch::Contains("of user 12345, who would choose"));
      CHECK(error_of([&] { close_to_others(name); }));
    }
    fs::remove(folder.path() / "own");
  }
  CHECK(read_file(file, 9) == "old");
  CHECK_FALSE(fs::exists(folder.path() / "none"));
}

TEST_CASE("another user's regular file is replaced, so that its links do not get the content") {
  if (geteuid() != 0) return skip("only root can give files away");
  const TemporaryFolder folder;
  const fs::path file = folder.write("file", "old"), link = folder.path() / "link";
  chmod(file.c_str(), 0666);
  give_away(file);
  fs::create_hard_link(file, link);
  replace_file(file, "hunter2");
  CHECK(read_file(link, 9) == "old");
  struct stat status {};
  REQUIRE(stat(file.c_str(), &status) == 0);
  CHECK(status.st_uid == 0);
  CHECK((status.st_mode & 07777U) == 0600);
}

TEST_CASE("a stream that is another one when it is opened is refused") {
  const TemporaryFolder folder;
  const fs::path pipe = make_pipe(folder, "pipe");
  const int reader = open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  const Destination found = find_destination(pipe);
  CHECK_FALSE(error_of([&] { open_stream(found); }));
  fs::rename(pipe, folder.path() / "first");
  folder.write("pipe", "");
  CHECK(error_of([&] { open_stream(found); })->message() ==
        "something else took its place meanwhile");
  fs::remove(pipe);
  make_link(folder, "first", "pipe");
  CHECK(error_of([&] { open_stream(found); }));
  close(reader);
}

TEST_CASE("an open file is appended to by its name in /dev/fd, whatever it is") {
  const TemporaryFolder folder;
  const fs::path file = folder.write("file", "before ");
  const int descriptor = open(file.c_str(), O_WRONLY);
  const fs::path name = "/dev/fd/" + std::to_string(descriptor);
  replace_file(make_link(folder, name, "link"), "after");
  close(descriptor);
  CHECK(read_file(file, 99) == "before after");
}
