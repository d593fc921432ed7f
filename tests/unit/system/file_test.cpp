#include "system/file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "catch.h"
#include "support.h"
#include "temporary_folder.h"
#include "watched_calls.h"
#include "writing.h"

using namespace pullsecret;
namespace fs = std::filesystem;

namespace {

struct stat status_of(const fs::path& file) {
  struct stat status {};
  stat(file.c_str(), &status);
  return status;
}

std::pair<uid_t, gid_t> owner_of(const fs::path& file) {
  return {status_of(file).st_uid, status_of(file).st_gid};
}

std::set<std::string> names_in(const TemporaryFolder& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder.path()))
    names.insert(entry.path().filename());
  return names;
}

}  // namespace

TEST_CASE("read_file reads up to its limit and no further") {
  const TemporaryFolder folder;
  const auto file = folder.write("file", "12345");
  CHECK(read_file(file, 5) == "12345");
  const auto error = error_of([&] { read_file(file, 4); });
  REQUIRE(error);
  CHECK(error->place() == file.string());
  CHECK(error->message() == "larger than 4 bytes");
  CHECK(error_of([&] { read_input("/dev/zero", 1024UL * 1024); })->message() ==
        "larger than 1 MiB");
}

TEST_CASE("read_file says why it cannot read") {
  const TemporaryFolder folder;
  CHECK(error_of([&] { read_file(folder.path() / "none", 9); })->message() ==
        "no such file or directory");
  CHECK(error_of([&] { read_file(folder.path(), 9); })->message() == "is a directory");
}

TEST_CASE("replace_file makes a file for the user alone, and replaces one") {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "file";
  replace_synced(file, "one");
  CHECK(read_file(file, 9) == "one");
  CHECK(mode_of(file) == 0600);
  chmod(file.c_str(), 0644);
  replace_synced(file, "two");
  CHECK(read_file(file, 9) == "two");
  CHECK(mode_of(file) == 0600);
  CHECK(names_in(folder) == std::set<std::string>{"file"});
}

TEST_CASE("replace_file keeps the mode of the file that is replaced, if it is asked to") {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "file";
  replace_synced(file, "one", Access::as_before);
  CHECK(mode_of(file) == 0600);
  chmod(file.c_str(), 0640);
  fs::create_symlink("file", folder.path() / "link");
  replace_synced(folder.path() / "link", "two", Access::as_before);
  CHECK(read_file(file, 9) == "two");
  CHECK(mode_of(file) == 0640);
}

TEST_CASE("replace_file keeps owner and group where it may") {
  if (geteuid() != 0) return skip("only root can give files away");
  const TemporaryFolder folder;
  const fs::path file = folder.write("file", "one");
  REQUIRE(chown(file.c_str(), 1234, 5678) == 0);
  replace_synced(file, "two", Access::as_before);
  CHECK(owner_of(file) == std::pair<uid_t, gid_t>(1234, 5678));
  replace_synced(file, "three");
  CHECK(owner_of(file) == std::pair<uid_t, gid_t>(0, 0));
}

TEST_CASE("whom a group kept out gets nothing where the group cannot be kept") {
  if (geteuid() != 0) return skip("only root has files of other groups");
  const TemporaryFolder folder;
  const fs::path file = folder.write("file", "one");
  const WatchedCalls watched(
      [](const FileCall& call) { return call.name == "fchown" ? EPERM : 0; });
  for (const auto& [before, after] : {std::pair(0604U, 0600U), std::pair(0644U, 0604U)}) {
    REQUIRE(chown(file.c_str(), 0, 5678) == 0);
    REQUIRE(chmod(file.c_str(), before) == 0);
    replace_synced(file, "two", Access::as_before);
    CHECK(mode_of(file) == after);
  }
}

TEST_CASE("make_file makes a file of its own for the owner alone, and replaces none") {
  const TemporaryFolder folder;
  const fs::path original = folder.write("file", "one"), copy = folder.path() / "copy";
  chmod(original.c_str(), 0644);
  if (geteuid() == 0) REQUIRE(chown(original.c_str(), 1234, 5678) == 0);
  CHECK(make_file(place_at(copy), "two", status_of(original)));
  CHECK(read_file(copy, 9) == "two");
  CHECK(mode_of(copy) == 0600);
  CHECK(owner_of(copy) == owner_of(original));
  CHECK_FALSE(make_file(place_at(copy), "three", status_of(original)));
  CHECK(read_file(copy, 9) == "two");
  fs::create_symlink("nowhere", folder.path() / "link");
  CHECK_FALSE(make_file(place_at(folder.path() / "link"), "three"));
  CHECK(names_in(folder) == std::set<std::string>{"copy", "file", "link"});
}

TEST_CASE("a file system without RENAME_NOREPLACE has hard links") {
  const TemporaryFolder folder;
  const WatchedCalls as_on_nfs(
      [](const FileCall& call) { return call.name == "renameat2" ? EINVAL : 0; });
  CHECK(make_file(place_at(folder.path() / "file"), "one"));
  CHECK_FALSE(make_file(place_at(folder.path() / "file"), "two"));
  CHECK(read_file(folder.path() / "file", 9) == "one");
  CHECK(names_in(folder) == std::set<std::string>{"file"});
}

TEST_CASE("files are renamed and removed, or the report says that they are not") {
  const TemporaryFolder folder;
  const fs::path one = folder.write("one", "1"), two = folder.write("two", "2");
  CHECK_FALSE(rename_file(place_at(one), "two"));
  CHECK(read_file(two, 9) == "1");
  CHECK(error_of([&] { std::ignore = rename_file(place_at(one), "two"); })->place() ==
        two.string());
  CHECK(error_of([&] { std::ignore = remove_file(place_at(one)); })->message() ==
        "no such file or directory");
  CHECK_FALSE(remove_file(place_at(two)));
  CHECK(names_in(folder).empty());
}

TEST_CASE("a name may be as long as the system lets it") {
  const TemporaryFolder folder;
  const std::string name(255, 'x');
  replace_synced(folder.path() / name, "content");
  CHECK(names_in(folder) == std::set<std::string>{name});
}

TEST_CASE("replace_file follows symbolic links to what they point to") {
  const TemporaryFolder folder;
  const auto target = folder.write("deep/target", "old");
  const fs::path link = folder.path() / "link", dangling = folder.path() / "dangling";
  fs::create_symlink("deep/target", link);
  fs::create_symlink("deep/new", dangling);
  replace_synced(link, "new");
  CHECK(fs::is_symlink(link));
  CHECK(read_file(target, 9) == "new");
  replace_synced(dangling, "made");
  CHECK(read_file(folder.path() / "deep/new", 9) == "made");

  fs::create_symlink("loop", folder.path() / "loop");
  CHECK(error_of([&] { replace_synced(folder.path() / "loop", "x"); }));
}

TEST_CASE("replace_file writes to a pipe behind a link, such as /dev/fd/N") {
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  replace_synced("/dev/fd/" + std::to_string(ends[1]), "through");
  close(ends[1]);
  CHECK(read_all(ends[0], "pipe", 9) == "through");
  close(ends[0]);
}

TEST_CASE("replace_file leaves the file as it was when it fails") {
  const TemporaryFolder folder;
  CHECK(error_of([&] { replace_synced(folder.path() / "none" / "file", "x"); })->message() ==
        "no such file or directory");
  CHECK(error_of([&] { replace_synced(folder.path(), "x"); })->message() == "is a directory");
  CHECK(error_of([&] { replace_synced("/dev/full", "x"); })->message() ==
        "no space left on device");
  CHECK(fs::is_character_file("/dev/full"));
}
