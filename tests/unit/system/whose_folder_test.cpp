#include "system/whose_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>
#include <tuple>

#include "catch.h"
#include "docker/config_file.h"
#include "docker_home.h"
#include "support.h"
#include "watched_calls.h"

using namespace pullsecret;
namespace fs = std::filesystem;

namespace {

// Any user with an entry in passwd.
constexpr uid_t other = 1;
const std::string others = "1";

const std::string roots_text = R"({"auths": {"ghcr.io": {"auth": "dTpodW50ZXIyLXJvb3Q="}}})";
const std::string others_text = R"({"auths": {}})";

void give(const fs::path& path, uid_t user, mode_t mode) {
  REQUIRE(chown(path.c_str(), user, user) == 0);
  REQUIRE(chmod(path.c_str(), mode) == 0);
}

struct stat link_status_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(lstat(path.c_str(), &status) == 0);
  return status;
}

/// A home folder of the other user, whom root may act for or not, with a Docker config.
struct OthersHome : DockerHome {
  OthersHome() {
    folder.write(".docker/config.json", others_text);
    give(folder.path(), other, 0755);
    give(path(".docker"), other, 0700);
    give(path(".docker/config.json"), other, 0640);
  }
};

std::optional<Error> change(const std::optional<std::string>& named = std::nullopt,
                            const std::string& text = R"({"x": 1})") {
  return error_of([&] {
    ConfigLocation location = find_config(named);
    const JsonText before = read_config_text(location);
    std::ignore = write_config(location, before, text);
  });
}

}  // namespace

TEST_CASE("root changes files in its own folders, and keeps their owners there") {
  if (geteuid() != 0) return skip("it is about root");
  const DockerHome home;
  const fs::path file = home.folder.write(".docker/config.json", others_text);
  chmod(home.path(".docker").c_str(), 0700);
  CHECK_FALSE(change());
  give(file, other, 0640);
  CHECK_FALSE(change());
  CHECK(link_status_of(file).st_uid == other);
  CHECK((link_status_of(file).st_mode & 07777U) == 0640);
}

TEST_CASE("root changes no file in another user's folder, and says who may") {
  if (geteuid() != 0) return skip("it is about root");
  const OthersHome home;
  for (const auto& named : {std::optional<std::string>(), std::optional(home.path(".docker"))}) {
    const auto error = change(named);
    REQUIRE(error);
    CHECK(error->place() == home.path(".docker"));
    CHECK_THAT(error->message(), Catch::StartsWith("a folder of " + user_of(other).name));
    CHECK_THAT(error->hint(), Catch::StartsWith("`sudo -u " + user_of(other).name + " "));
    CHECK((error->hint().find("--config") != std::string::npos) == !named);
  }
  const ScopedVariable third("SUDO_UID", "2");
  CHECK(change());
}

TEST_CASE("in the folder of sudo's caller root changes files as that user") {
  if (geteuid() != 0) return skip("it is about root");
  const OthersHome home;
  const ScopedVariable sudo("SUDO_UID", others);
  uid_t writer = 0;
  {
    const WatchedCalls watched([&](const FileCall& call) {
      if (call.name == "create") writer = geteuid();
      return 0;
    });
    CHECK_FALSE(change());
  }
  CHECK(writer == other);
  CHECK(geteuid() == 0);
  CHECK(link_status_of(home.path(".docker/config.json")).st_uid == other);
  CHECK((link_status_of(home.path(".docker/config.json")).st_mode & 07777U) == 0640);

  SECTION("a file there that is root's is not that user's to change") {
    give(home.path(".docker/config.json"), 0, 0644);
    CHECK_THAT(change()->message(), Catch::StartsWith("it belongs to root, in a folder of "));
    CHECK_THAT(change()->hint(), Catch::StartsWith("sudo chown -h "));
    INFO("with another name elsewhere its owner is not to be changed from here");
    fs::create_hard_link(home.path(".docker/config.json"), home.path("other-name"));
    CHECK_THAT(change()->hint(), !Catch::Contains("chown"));
  }
  SECTION("a link of that user's to root's file is nothing of theirs") {
    const TemporaryFolder roots;
    const fs::path file = roots.write("config.json", roots_text);
    fs::remove(home.path(".docker/config.json"));
    fs::create_symlink(file, home.path(".docker/config.json"));
    REQUIRE(lchown(home.path(".docker/config.json").c_str(), other, other) == 0);
    CHECK_THAT(change()->message(), Catch::StartsWith("a symbolic link of user 1, who"));
    CHECK(link_status_of(file).st_uid == 0);
  }
  SECTION("a folder that is not there yet is theirs") {
    fs::remove_all(home.path(".docker"));
    CHECK_FALSE(change());
    CHECK(link_status_of(home.path(".docker")).st_uid == other);
    CHECK((link_status_of(home.path(".docker")).st_mode & 07777U) == 0700);
    CHECK(link_status_of(home.path(".docker/config.json")).st_uid == other);
  }
}

TEST_CASE("root changes no file in a folder that others may write to") {
  if (geteuid() != 0) return skip("it is about root");
  const DockerHome home;
  const fs::path file = home.folder.write(".docker/config.json", others_text);
  const std::string folder = home.path(".docker");
  const auto is_refused = [&](uid_t owner, gid_t group, mode_t mode) {
    REQUIRE(chown(file.c_str(), owner, group) == 0);
    REQUIRE(chown(folder.c_str(), 0, group) == 0);
    REQUIRE(chmod(folder.c_str(), mode) == 0);
    const auto error = change();
    if (error && (mode & S_ISVTX) == 0) CHECK(error->hint() == "chmod go-w " + folder);
    return error.has_value();
  };
  CHECK(is_refused(0, 0, 0777));
  CHECK(is_refused(0, 5, 0770));
  CHECK_FALSE(is_refused(0, 0, 0770));   // root's own group
  CHECK_FALSE(is_refused(0, 0, 01777));  // nobody can exchange it there
  CHECK(is_refused(other, 0, 01777));    // but who owns it
  fs::remove(file);
  CHECK_FALSE(change());
}

TEST_CASE("calls on files are made as a user, with that user's groups, and then as before") {
  if (geteuid() != 0) return skip("only root can become others");
  const gid_t group = getegid();
  {
    const FilesAs as(user_of(other));
    CHECK(geteuid() == other);
    CHECK(getegid() == user_of(other).group);
    const FilesAs again(user_of(other));
  }
  CHECK(geteuid() == 0);
  CHECK(getegid() == group);
  const FilesAs nobody(std::nullopt);
  CHECK(geteuid() == 0);
  CHECK(user_of(4'000'000).name == "#4000000");
}

// ---- Somebody who exchanges folders meanwhile

namespace {

/// The other user's home, where `.docker` and a link to root's own folder take each other's place.
struct Exchanged : OthersHome {
  TemporaryFolder root;
  fs::path roots_file = root.write("config.json", roots_text);

  Exchanged() {
    give(root.path(), 0, 0711);
    give(roots_file, 0, 0600);
    fs::create_directory_symlink(root.path(), path("x"));
    REQUIRE(lchown(path("x").c_str(), other, other) == 0);
  }

  void exchange() const {
    REQUIRE(syscall(SYS_renameat2, AT_FDCWD, path(".docker").c_str(), AT_FDCWD, path("x").c_str(),
                    RENAME_EXCHANGE) == 0);
  }

  // Whatever has a name there, but root's own folder.
  void check_nothing_is_roots() const {
    for (const char* name : {".docker", "x"}) {
      if (S_ISLNK(link_status_of(path(name)).st_mode)) continue;
      for (const auto& entry : fs::directory_iterator(path(name))) {
        INFO(entry.path());
        CHECK(link_status_of(entry.path()).st_uid == other);
        CHECK_THAT(read_file(entry.path(), 9999), !Catch::Contains("hunter2") &&
                                                      !Catch::Contains("aHVudGVyMi1yb290") &&
                                                      !Catch::Contains("dTpodW50ZXIyLXJvb3Q"));
      }
    }
    CHECK(link_status_of(roots_file).st_uid == 0);
    CHECK(link_status_of(roots_file).st_gid == 0);
    CHECK((link_status_of(roots_file).st_mode & 07777U) == 0600);
    CHECK(read_file(roots_file, 9999) == roots_text);
    CHECK(std::distance(fs::directory_iterator(root.path()), {}) == 1);
  }
};

// As doctor --fix does: closes the file, if it is open, makes a backup, and changes it.
void mend() {
  ConfigLocation location = find_config(std::nullopt);
  const JsonText before = read_config_text(location);
  close_to_others(location);
  write_config_with_backup(location, before, before.text + "\n");
}

// As doctor --hooks does.
void set() {
  ConfigLocation location = find_config(std::nullopt);
  const JsonText before = read_config_text(location);
  std::ignore = write_config(location, before, before.text + "\n");
}

// False if there is no call number `at`.
bool check_exchange(const std::optional<std::string>& sudo_uid, void (*work)(),
                    bool is_exchanged_first, bool is_exchanged_back, std::size_t at) {
  const Exchanged home;
  const ScopedVariable sudo("SUDO_UID", sudo_uid);
  if (is_exchanged_first) home.exchange();
  std::size_t calls = 0;
  const auto error = error_of([&] {
    const WatchedCalls watched([&](const FileCall& call) {
      calls = call.number;
      if (call.number == at || (is_exchanged_back && call.number == at + 1)) home.exchange();
      return 0;
    });
    work();
  });
  INFO("exchanged before call " << at << (is_exchanged_first ? ", and at first" : "")
                                << (is_exchanged_back ? ", and back" : "") << ": "
                                << (error ? error->what() : "succeeded"));
  CHECK(geteuid() == 0);
  home.check_nothing_is_roots();
  return calls >= at;
}

}  // namespace

TEST_CASE("whenever a folder is exchanged with a link, nothing of root's gets out of its own") {
  if (geteuid() != 0) return skip("it is about root");
  for (const auto& sudo_uid : {std::optional<std::string>(), std::optional(others)})
    for (const auto work : {set, mend})
      for (const bool is_first : {false, true})
        for (const bool is_back : {false, true}) {
          std::size_t at = 1;
          while (check_exchange(sudo_uid, work, is_first, is_back, at))
            ++at;
          CHECK(at > 5);
        }
}
