#include "system/private_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "catch.h"
#include "support.h"
#include "system/lock.h"
#include "system/whose_folder.h"
#include "temporary_folder.h"
#include "writing.h"

using namespace pullsecret;
namespace fs = std::filesystem;

namespace {

std::optional<std::string> read_as(const fs::path& file, OpenMode mode = OpenMode::refused,
                                   SymbolicLink link = SymbolicLink::refused) {
  return read_private_file(file, 100, mode, link);
}

std::string refusal_of_file(const fs::path& file) {
  const auto error = error_of([&] { read_as(file); });
  return error ? error->message() : "no error";
}

}  // namespace

TEST_CASE("a private file is read, and nothing is where there is none") {
  const TemporaryFolder folder;
  const fs::path file = folder.write("file", "content");
  chmod(file.c_str(), 0400);
  CHECK(read_as(file) == "content");
  CHECK_FALSE(read_as(folder.path() / "none"));
  CHECK_FALSE(read_as(folder.path() / "no/folder"));
}

TEST_CASE("a file that others may use is refused, or mended") {
  const TemporaryFolder folder;
  const fs::path file = folder.write("file", "content");
  for (const mode_t mode : {0640U, 0604U, 0620U, 0601U}) {
    chmod(file.c_str(), mode);
    CHECK_THAT(refusal_of_file(file), Catch::StartsWith("others can use it, its mode is 06"));
    CHECK(fs::status(file).permissions() == fs::perms(mode));
    CHECK(read_as(file, OpenMode::mended) == "content");
    CHECK(fs::status(file).permissions() == fs::perms(0600));
    CHECK(read_as(file) == "content");
  }
}

TEST_CASE("only a regular file is read, and a link only where it was named") {
  const TemporaryFolder folder;
  const fs::path file = folder.write("file", "content"), link = folder.path() / "link";
  chmod(file.c_str(), 0600);
  fs::create_symlink("file", link);
  CHECK(refusal_of_file(link) == "a symbolic link, which is not followed here");
  CHECK(read_as(link, OpenMode::refused, SymbolicLink::followed) == "content");
  chmod(file.c_str(), 0644);
  CHECK(error_of([&] { read_as(link, OpenMode::refused, SymbolicLink::followed); }));
  CHECK(refusal_of_file(folder.path()) == "is a directory");
  const fs::path pipe = folder.path() / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(refusal_of_file(pipe) == "not a regular file");
  CHECK(refusal_of_file("/dev/null") == "not a regular file");
}

TEST_CASE("another user's file or folder is refused, root's is not") {
  if (geteuid() != 0) return skip("only root can give files away");
  const TemporaryFolder folder;
  const fs::path file = folder.write("folder/file", "content");
  chmod(file.c_str(), 0600);
  REQUIRE(chown(file.c_str(), stranger, 0) == 0);
  CHECK(refusal_of_file(file) == "belongs to user 12345, and this is user 0");
  CHECK(error_of([&] { read_as(file, OpenMode::mended); }));
  REQUIRE(chown(file.parent_path().c_str(), stranger, 0) == 0);
  CHECK(error_of([&] { make_private_folder(file.parent_path()); })->message() ==
        "belongs to user 12345, and this is user 0");
}

TEST_CASE("root's file that others may use is another user's only as systemd gives it") {
  if (geteuid() != 0) return skip("only root can become others");
  const TemporaryFolder folder;
  const fs::path file = folder.write("file", "content");
  chmod(folder.path().c_str(), 0755);
  for (const mode_t mode : {0644U, 0640U}) {
    REQUIRE(chown(file.c_str(), 0, user_of(1).group) == 0);
    chmod(file.c_str(), mode);
    const FilesAs as(user_of(1));
    CHECK_THAT(refusal_of_file(file), Catch::StartsWith("it is root's, and others can use it"));
    CHECK(read_as(file, OpenMode::refused_but_of_root) == "content");
  }
  const fs::path own = folder.write("own", "content");
  CHECK(error_of([&] { read_as(own, OpenMode::refused_but_of_root); }));
}

TEST_CASE("folders are made, and mended, for the user alone") {
  const TemporaryFolder folder;
  const fs::path deep = folder.path() / "a/b/c";
  make_private_folder(deep);
  for (const fs::path& made : {deep, deep.parent_path(), deep.parent_path().parent_path()})
    CHECK(fs::status(made).permissions() == fs::perms(0700));
  chmod(deep.c_str(), 0777);
  make_private_folder(deep);
  CHECK(fs::status(deep).permissions() == fs::perms(0700));
  fs::create_directory_symlink(deep, folder.path() / "link");
  make_private_folder(folder.path() / "link");
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  make_private_folder("relative/deep");
  fs::current_path(before);
  CHECK(fs::status(folder.path() / "relative/deep").permissions() == fs::perms(0700));
  folder.write("file", "");
  CHECK(error_of([&] { make_private_folder(folder.path() / "file/below"); })->message() ==
        "not a directory");
}

TEST_CASE("a lock is a file of the user's own, never a link's target") {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "lock";
  { const FileDescriptor held = lock_file(place_at(file)); }
  CHECK(fs::status(file).permissions() == fs::perms(0600));
  { const FileDescriptor again = lock_file(place_at(file)); }
  fs::create_symlink("target", folder.path() / "link");
  CHECK(error_of([&] { lock_file(place_at(folder.path() / "link")); }));
  CHECK_FALSE(fs::exists(folder.path() / "target"));
}
