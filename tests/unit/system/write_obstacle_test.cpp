#include "system/write_obstacle.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "catch.h"
#include "system/whose_folder.h"
#include "temporary_folder.h"

using namespace pullsecret;
namespace fs = std::filesystem;
using Kind = WriteObstacle::Kind;

namespace {

// Mounts, attributes and full disks are tests/e2e/writing.sh's.

std::optional<Kind> kind_for(const fs::path& file) {
  const auto obstacle = find_write_obstacle(file);
  return obstacle ? std::optional(obstacle->kind) : std::nullopt;
}

/// Who is no more than a user, though root runs the tests.
struct AsUser {
  FilesAs as{geteuid() == 0 ? std::optional(User{.id = stranger, .group = stranger})
                            : std::nullopt};
};

}  // namespace

TEST_CASE("a file that is there, one that is not, and one whose folders are not") {
  const TemporaryFolder folder;
  const fs::path file = folder.write("there", "");
  CHECK_FALSE(find_write_obstacle(file));
  CHECK_FALSE(find_write_obstacle(folder.path() / "new"));
  CHECK_FALSE(find_write_obstacle(folder.path() / "a/b/new"));
  CHECK(fs::is_empty(file));
  CHECK_FALSE(fs::exists(folder.path() / "a"));
}

TEST_CASE("a folder that is none") {
  const TemporaryFolder folder;
  const fs::path file = folder.write("file", "");
  CHECK(kind_for(file / "config.json") == Kind::no_folder);
  CHECK(kind_for(file / "a/b/config.json") == Kind::no_folder);
  CHECK(in_words_of_go(*find_write_obstacle(file / "c")) == "mkdir …: not a directory");
  fs::create_symlink("nowhere", folder.path() / "link");
  CHECK(kind_for(folder.path() / "link/config.json") == Kind::dangling_link);
  CHECK(error_of(*find_write_obstacle(folder.path() / "link/c")).place() ==
        (folder.path() / "link").string());
}

TEST_CASE("a folder in which nothing may be made, for it or for its folder") {
  const TemporaryFolder folder;
  chmod(folder.path().c_str(), 0555);
  const AsUser user;
  CHECK(kind_for(folder.path() / "config.json") == Kind::no_leave);
  CHECK(kind_for(folder.path() / "a/config.json") == Kind::no_leave);
  CHECK(in_words_of_go(*find_write_obstacle(folder.path() / "c")) == "open …: permission denied");
  CHECK(in_words_of_go(*find_write_obstacle(folder.path() / "a/c")) ==
        "mkdir …: permission denied");
}

TEST_CASE("links are followed to what is replaced") {
  const TemporaryFolder folder;
  folder.write("link/name", "");
  fs::remove(folder.path() / "link/name");
  folder.write("target/file", "");
  fs::create_symlink("../target/file", folder.path() / "link/name");
  for (const char* name : {"", "link", "target"})
    chmod((folder.path() / name).c_str(), 0777);
  const fs::path name = folder.path() / "link/name";
  CHECK_FALSE(find_write_obstacle(name, NewFileBeside::name));
  chmod((folder.path() / "link").c_str(), 0555);
  {
    const AsUser user;
    CHECK_FALSE(find_write_obstacle(name, NewFileBeside::target));
    CHECK(find_write_obstacle(name, NewFileBeside::name)->at == folder.path() / "link");
  }
  chmod((folder.path() / "link").c_str(), 0777);
  chmod((folder.path() / "target").c_str(), 0555);
  const AsUser user;
  CHECK(in_words_of_go(*find_write_obstacle(name, NewFileBeside::name)) ==
        "rename …: permission denied");
}

TEST_CASE("in a sticky folder the file has to be one's own, or the folder") {
  if (geteuid() != 0) return;
  const TemporaryFolder folder;
  const fs::path file = folder.write("sticky/config.json", "");
  const fs::path sticky = file.parent_path();
  chmod(folder.path().c_str(), 0755);
  chmod(sticky.c_str(), 01777);
  {
    const AsUser user;
    CHECK(kind_for(file) == Kind::not_own);
    CHECK_FALSE(find_write_obstacle(sticky / "new"));
  }
  REQUIRE(chown(file.c_str(), stranger, stranger) == 0);
  {
    const AsUser user;
    CHECK_FALSE(find_write_obstacle(file));
  }
  REQUIRE(chown(file.c_str(), 0, 0) == 0);
  REQUIRE(chown(sticky.c_str(), stranger, stranger) == 0);
  const AsUser user;
  CHECK_FALSE(find_write_obstacle(file));
}

TEST_CASE("what is no file is not replaced") {
  const TemporaryFolder folder;
  CHECK_FALSE(find_write_obstacle(folder.path()));
  CHECK_FALSE(find_write_obstacle("/dev/null"));
  fs::create_symlink("self", folder.path() / "self");
  CHECK_FALSE(find_write_obstacle(folder.path() / "self"));
}
