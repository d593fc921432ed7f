#include "system/held_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>

#include "catch.h"
#include "support.h"
#include "system/file.h"
#include "system/lock.h"
#include "system/private_file.h"
#include "temporary_folder.h"
#include "watched_calls.h"
#include "writing.h"

using namespace pullsecret;
namespace fs = std::filesystem;

namespace {

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

TEST_CASE("a file is held where a chain of links leads, there or not") {
  const TemporaryFolder folder;
  const fs::path file = folder.write("deep/file", "old");
  make_link(folder, "deep/file", "one");
  const fs::path two = make_link(folder, "one", "two");
  const HeldFile held = hold_file(two);
  CHECK(held.place.path() == file);
  CHECK(held.beside.path() == folder.path());
  CHECK(held.status->st_size == 3);
  CHECK_FALSE(held.is_stream());
  const HeldFile dangling = hold_file(make_link(folder, "deep/none", "dangling"));
  CHECK(dangling.place.path() == folder.path() / "deep/none");
  CHECK_FALSE(dangling.status);
  CHECK(hold_file(folder.path()).is_folder());
  CHECK(hold_file(folder.path() / "deep/..").is_folder());
  CHECK(hold_file("/").is_folder());
  CHECK(hold_file("").is_folder());
  CHECK(hold_file(folder.path() / "deep/").is_folder());
  CHECK(hold_file(make_pipe(folder, "pipe")).is_stream());
  CHECK(hold_file("/dev/null").is_stream());
  CHECK(error_of([&] { hold_file(make_link(folder, "loop", "loop")); })->message() ==
        "too many levels of symbolic links");
  CHECK(error_of([&] { hold_file(file / "below"); })->message() == "not a directory");
  CHECK(error_of([&] { hold_file(folder.path() / "none/"); })->message() ==
        "no such file or directory");
}

TEST_CASE("folders are walked through links, relative and absolute, and those of /proc") {
  const TemporaryFolder folder;
  const fs::path file = folder.write("real/deep/file", "old");
  make_link(folder, "real/deep", "relative");
  make_link(folder, folder.path() / "relative/..", "absolute");
  for (const char* way : {"relative/file", "absolute/deep/file", "absolute/../relative/./file"})
    CHECK(hold_file(folder.path() / way).status->st_size == 3);
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  CHECK(hold_file("relative/file").status->st_size == 3);
  CHECK(hold_file("/proc/self/cwd/relative/file").status->st_size == 3);
  replace_synced("relative/file", "new");
  fs::current_path(before);
  CHECK(text_of(file) == "new");
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
    CHECK_FALSE(hold_file(planted).planted);
    give_away(planted);
    for (const fs::path& name : {planted, folder.path() / "own"}) {
      const auto error = error_of([&] { replace_synced(name, "hunter2"); });
      REQUIRE(error);
      CHECK(error->place() == planted.string());
      CHECK_THAT(error->message(), Catch::Contains("of user 12345, who would choose"));
    }
    fs::remove(folder.path() / "own");
  }
  CHECK(text_of(file) == "old");
  CHECK_FALSE(fs::exists(folder.path() / "none"));
}

TEST_CASE("another user's link is refused in every folder on the way") {
  if (geteuid() != 0) return skip("only root can give files away");
  const TemporaryFolder folder;
  const fs::path file = folder.write("real/deep/file", "old");
  const fs::path link = make_link(folder, "real", "link");
  make_link(folder, "link", "own");
  for (const char* way : {"link/deep/file", "link/deep/new", "own/deep/file"}) {
    CHECK_FALSE(hold_file(folder.path() / way).planted);
    give_away(link);
    const auto error = error_of([&] { replace_synced(folder.path() / way, "hunter2"); });
    REQUIRE(error);
    CHECK(error->place() == link.string());
    CHECK(error_of([&] { make_private_folder(link / "made"); })->place() == link.string());
    REQUIRE(lchown(link.c_str(), 0, 0) == 0);
  }
  CHECK(text_of(file) == "old");
  CHECK_FALSE(fs::exists(folder.path() / "real/deep/new"));
  CHECK_FALSE(fs::exists(folder.path() / "real/made"));
}

TEST_CASE("another user's regular file is replaced, so that its links do not get the content") {
  if (geteuid() != 0) return skip("only root can give files away");
  const TemporaryFolder folder;
  const fs::path file = folder.write("file", "old"), link = folder.path() / "link";
  chmod(file.c_str(), 0666);
  give_away(file);
  fs::create_hard_link(file, link);
  replace_synced(file, "hunter2");
  CHECK(text_of(link) == "old");
  struct stat status {};
  REQUIRE(stat(file.c_str(), &status) == 0);
  CHECK(status.st_uid == 0);
  CHECK((status.st_mode & 07777U) == 0600);
}

TEST_CASE("a stream that is another one when it is opened is refused") {
  const TemporaryFolder folder;
  const fs::path pipe = make_pipe(folder, "pipe");
  const int reader = open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  const HeldFile held = hold_file(pipe);
  CHECK_FALSE(error_of([&] { open_to_write(held); }));
  fs::rename(pipe, folder.path() / "first");
  folder.write("pipe", "");
  CHECK(error_of([&] { open_to_write(held); })->message() ==
        "something else took its place meanwhile");
  fs::remove(pipe);
  make_link(folder, "first", "pipe");
  CHECK(error_of([&] { open_to_write(held); }));
  close(reader);
}

TEST_CASE("an open file is appended to by its name in /dev/fd, whatever it is") {
  const TemporaryFolder folder;
  const fs::path file = folder.write("file", "before ");
  const int descriptor = open(file.c_str(), O_WRONLY);
  const fs::path name = "/dev/fd/" + std::to_string(descriptor);
  replace_synced(make_link(folder, name, "link"), "after");
  close(descriptor);
  CHECK(text_of(file) == "before after");
}

TEST_CASE("what is done to a file that is held is done to it, whatever its names lead to by then") {
  const TemporaryFolder folder;
  const fs::path file = folder.write("folder/file", "old");
  HeldFile held = hold_file(file);
  CHECK(read_file(held, 9) == "old");
  fs::rename(folder.path() / "folder", folder.path() / "first");
  folder.write("folder/file", "another");
  replace_synced(held, "new");
  CHECK(text_of(folder.path() / "first/file") == "new");
  CHECK(text_of(file) == "another");
}

TEST_CASE("what is found, not named, is a regular file, and nobody waits for a pipe") {
  const TemporaryFolder folder;
  const fs::path pipe = make_pipe(folder, "pipe");
  CHECK(error_of([&] { read_file(pipe, 9); })->message() == "not a regular file");
  HeldFile held = hold_file(pipe);
  CHECK(error_of([&] { read_file(held, 9); })->message() == "not a regular file");
  CHECK(error_of([&] { read_file("/dev/null", 9); })->message() == "not a regular file");
  HeldFile null = hold_file("/dev/null");
  CHECK(read_input(null, 9).empty());
  CHECK(error_of([&] { lock_file(place_at(pipe)); })->message() == "not a regular file");
}

// ---- Access control lists

namespace {

constexpr const char* access_list = "system.posix_acl_access";
constexpr const char* default_list = "system.posix_acl_default";

// As <linux/posix_acl_xattr.h> has it: a version, then the entries, little-endian.
struct ListEntry {
  std::uint16_t tag, leave;
  std::uint32_t id;
};
struct List {
  std::uint32_t version = 2;
  std::array<ListEntry, 5> entries;
};

// user::rw-, user:12345:rw-, group::---, mask::rw-, other::---
const List others_list{
    .entries = {{{1, 6, ~0U}, {2, 6, stranger}, {4, 0, ~0U}, {16, 6, ~0U}, {32, 0, ~0U}}}};

// False where the file system has none.
bool set_list(const fs::path& path, const char* name) {
  return setxattr(path.c_str(), name, &others_list, sizeof others_list, 0) == 0;
}

bool has_list(const fs::path& path) {
  return getxattr(path.c_str(), access_list, nullptr, 0) > 0;
}

}  // namespace

TEST_CASE("a file that is replaced keeps its access control list") {
  const TemporaryFolder folder;
  const fs::path file = folder.write("file", "old");
  if (!set_list(file, access_list)) return skip("no access control lists here");
  CHECK(mode_of(file) == 0660);
  const auto replace_with_fault = [&](const char* call) {
    const WatchedCalls watched(
        [&](const FileCall& made) { return made.name == call ? ENOTSUP : 0; });
    replace_synced(file, "new", Access::as_before);
  };
  replace_with_fault("none");
  List list{};
  REQUIRE(getxattr(file.c_str(), access_list, &list, sizeof list) == sizeof list);
  CHECK(std::memcmp(&list, &others_list, sizeof list) == 0);
  CHECK(mode_of(file) == 0660);
  replace_with_fault("fsetxattr");  // then those that it names lose theirs, and the group gets none
  CHECK_FALSE(has_list(file));
  CHECK(mode_of(file) == 0600);
}

TEST_CASE("a folder's default list gives nobody leave that the file did not give") {
  const TemporaryFolder folder;
  const fs::path file = folder.write("file", "old"), made = folder.path() / "made";
  chmod(file.c_str(), 0640);
  if (!set_list(folder.path(), default_list)) return skip("no access control lists here");
  replace_synced(file, "new", Access::as_before);
  CHECK_FALSE(has_list(file));
  CHECK(mode_of(file) == 0640);
  const WatchedCalls watched(
      [&](const FileCall& call) { return call.name == "fremovexattr" ? EPERM : 0; });
  replace_synced(file, "new", Access::as_before);
  CHECK(mode_of(file) == 0600);
  replace_synced(made, "new");
  CHECK(mode_of(made) == 0600);
}
