#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "catch.h"
#include "docker_home.h"
#include "doctor/file_checks.h"
#include "temporary_folder.h"

using namespace pullsecret;

namespace fs = std::filesystem;

namespace {

// Other users' files, and what root may not read, are tests/e2e/doctor_file.sh's.

/// A home whose files are the user's alone, unless a test case wants it otherwise.
struct Home : DockerHome {
  std::string config = path(".docker/config.json");

  std::string write(const std::string& name, mode_t mode = 0600) const {
    std::string file = folder.write(name, "{}");
    chmod(file.c_str(), mode);
    chmod(fs::path(file).parent_path().c_str(), 0700);
    return file;
  }
};

// What is found, each `SEVERITY NAME SUBJECT`.
std::vector<std::string> found(const std::optional<std::string>& named = std::nullopt) {
  std::vector<std::string> lines;
  for (const Finding& finding : check_file(named).findings)
    lines.push_back(std::string(in_words(finding.severity)) + " " + finding.name + " " +
                    finding.subject);
  return lines;
}

std::string hint(const std::optional<std::string>& named = std::nullopt) {
  return check_file(named).findings.at(0).hint;
}

using FoundLines = std::vector<std::string>;

}  // namespace

TEST_CASE("doctor: a file that is there and one's own is fine, and its text is read") {
  const Home home;
  const std::string file = home.write(".docker/config.json");
  CHECK(found() == FoundLines{"ok file-ok " + file});
  const FileChecks checks = check_file(std::nullopt);
  REQUIRE(checks.location);
  CHECK(checks.location->file == file);
  REQUIRE(checks.json);
  CHECK(checks.json->file == file);
  CHECK(checks.json->text == "{}");
}

TEST_CASE("doctor: no file is a warning at the default place, a problem if it is named") {
  const Home home;
  CHECK(found() == FoundLines{"warning file-missing " + home.config});
  const FileChecks checks = check_file(std::nullopt);
  REQUIRE(checks.location);
  CHECK(!checks.location->is_there);
  REQUIRE(checks.json);
  CHECK(checks.json->text.empty());
  CHECK(found(home.path("none.json")) ==
        FoundLines{"problem file-missing " + home.path("none.json")});
  CHECK(found(home.path("none/c.json"))[0].starts_with("problem file-missing "));
  CHECK(!check_file(home.path("none.json")).json);
}

TEST_CASE("doctor: a file that Docker does not read is told apart") {
  const Home home;
  const std::string file = home.write(".config/containers/auth.json");
  const FoundLines lines{"warning file-not-dockers " + file, "ok file-ok " + file};
  CHECK(found() == lines);
}

TEST_CASE("doctor: a dangling link, one in a circle, and one that leads to the file") {
  const Home home;
  fs::create_directory(home.path(".docker"), home.folder.path());
  fs::create_symlink("nowhere.json", home.config);
  CHECK(found() == FoundLines{"problem file-dangling-link " + home.config});
  CHECK_THAT(check_file(std::nullopt).findings[0].message, Catch::Contains("nowhere.json"));
  CHECK(check_file(std::nullopt).location->file == home.config);
  fs::remove(home.config);
  fs::create_symlink("config.json", home.config);
  CHECK(found() == FoundLines{"problem file-dangling-link " + home.config});
  fs::remove(home.config);
  fs::create_symlink(home.write("elsewhere/c.json"), home.config);
  CHECK(found() == FoundLines{"ok file-ok " + home.config});
}

TEST_CASE("doctor: a folder where the file should be") {
  const Home home;
  fs::create_directories(home.config);
  chmod(home.path(".docker").c_str(), 0700);
  CHECK(found() == FoundLines{"problem file-directory " + home.config});
  CHECK(hint() == "`rmdir " + home.config + "`, then log in again");
}

TEST_CASE("doctor: a file that others may read or change") {
  const Home home;
  const std::string file = home.write(".docker/config.json", 0640);
  CHECK(found() == FoundLines{"warning file-mode " + file});
  CHECK(check_file(std::nullopt).findings[0].remedy.closes == file);
  CHECK(hint() == "chmod 600 " + file);
  CHECK(check_file(std::nullopt).findings[0].message == "others may read it (mode 0640)");
  CHECK(check_file(std::nullopt).json);
  chmod(file.c_str(), 0602);
  CHECK(check_file(std::nullopt).findings[0].message == "others may change it (mode 0602)");
  chmod(file.c_str(), 0400);
  CHECK(found() == FoundLines{"ok file-ok " + file});
  CHECK_FALSE(check_file(std::nullopt).findings[0].remedy.is_by_fix());
}

TEST_CASE("doctor: a folder that others may write into") {
  const Home home;
  const std::string file = home.write(".docker/config.json");
  const auto [mode, is_found] =
      GENERATE(table<mode_t, bool>({{0755, false}, {0775, true}, {0707, true}, {01777, false}}));
  chmod(home.path(".docker").c_str(), mode);
  CHECK((found()[0] == "warning folder-mode " + home.path(".docker")) == is_found);
  if (is_found) CHECK(hint() == "chmod go-w " + home.path(".docker"));
  CHECK(found(file).size() == 1);
}

TEST_CASE("doctor: a hint can be pasted, whatever the file's name") {
  const Home home;
  const std::string file = home.write("it's mine.json", 0644);
  CHECK(hint(file) == "chmod 600 '" + home.path("it'\\''s mine.json") + "'");
}

TEST_CASE("doctor: more than 16 MiB are not read") {
  const Home home;
  home.write(".docker/config.json");
  fs::resize_file(home.config, 16 * 1024 * 1024 + 1);
  CHECK(found() == FoundLines{"problem file-unreadable " + home.config});
  CHECK_THAT(check_file(std::nullopt).findings[0].message, Catch::StartsWith("larger than 16 MiB"));
  CHECK(hint() == "`mv " + home.config + " " + home.config + ".large`, then log in again");
}

TEST_CASE("doctor: what Docker finds in the place of a file is no file") {
  const Home home;
  const std::string remove = "`rm " + home.config + "`, then log in again";
  fs::create_directory(home.path(".docker"));
  REQUIRE(mkfifo(home.config.c_str(), 0600) == 0);
  CHECK(found() == FoundLines{"problem file-unreadable " + home.config});
  CHECK(hint() == remove);
  fs::remove(home.config);
  fs::create_symlink("/dev/null", home.config);
  CHECK(found() == FoundLines{"problem file-unreadable " + home.config});
  CHECK(hint() == remove);
  CHECK(hint("/dev/zero") == "name a config.json");
}

TEST_CASE("doctor: a pipe has no mode that counts") {
  const Home home;
  home.write(".docker/config.json");
  CHECK(found("/dev/null") == FoundLines{"ok file-ok /dev/null"});
}

TEST_CASE("doctor: DOCKER_CONFIG that names no folder") {
  const Home home;
  home.write(".docker/config.json");
  const auto problem = FoundLines{"problem docker-config-missing DOCKER_CONFIG"};
  SECTION("nothing at all") {
    const ScopedVariable variable("DOCKER_CONFIG", home.path("none"));
    CHECK(found() == FoundLines{"warning docker-config-missing DOCKER_CONFIG",
                                "warning file-missing " + home.path("none/config.json")});
    CHECK(check_file(std::nullopt).json->text.empty());
  }
  SECTION("the file itself") {
    const ScopedVariable variable("DOCKER_CONFIG", home.config);
    CHECK(found() == problem);
    CHECK(hint() == "export DOCKER_CONFIG=" + home.path(".docker"));
  }
  SECTION("a tilde in quotes") {
    const ScopedVariable variable("DOCKER_CONFIG", "~/.docker");
    CHECK(found() == problem);
    CHECK_THAT(hint(), Catch::StartsWith("write $HOME for ~"));
  }
  SECTION("it does not count for a named file") {
    const ScopedVariable variable("DOCKER_CONFIG", home.path("none"));
    CHECK(found(home.config) == FoundLines{"ok file-ok " + home.config});
  }
}

TEST_CASE("doctor: DOCKER_CONFIG without a config.json, or relative") {
  const Home home;
  const fs::path before = fs::current_path();
  fs::current_path(home.folder.path());
  fs::create_directory("empty");
  chmod("empty", 0700);
  {
    const ScopedVariable variable("DOCKER_CONFIG", home.path("empty"));
    CHECK(found() == FoundLines{"warning file-missing " + home.path("empty/config.json")});
  }
  home.write("relative/config.json");
  {
    const ScopedVariable variable("DOCKER_CONFIG", "relative");
    const FoundLines lines{"warning docker-config-relative DOCKER_CONFIG",
                           "ok file-ok relative/config.json"};
    CHECK(found() == lines);
    CHECK(hint() == "export DOCKER_CONFIG=" + home.path("relative"));
  }
  fs::current_path(before);
}

TEST_CASE("doctor: HOME that names no folder, or is not set") {
  const Home home;
  {
    const ScopedVariable variable("HOME", home.path("none"));
    CHECK(found() == FoundLines{"problem home-missing HOME"});
  }
  const ScopedVariable unset("HOME", std::nullopt);
  CHECK(found().at(0) == "warning home-unset HOME");
}
