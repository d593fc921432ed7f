#include "docker/config_file.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "catch.h"
#include "docker_home.h"
#include "support.h"
#include "temporary_folder.h"
#include "watched_calls.h"
#include "writing.h"

using namespace pullsecret;
namespace fs = std::filesystem;

namespace {

std::string loaded_file(const std::optional<std::string>& named = std::nullopt) {
  return load_config(named).config.file;
}

constexpr const char* one_auth = R"({"auths":{"a.io":{"auth":"dTpw"}}})";

}  // namespace

TEST_CASE("the first place that exists counts, Docker's before podman's") {
  const DockerHome home;
  const auto error = error_of([] { load_config(std::nullopt); });
  REQUIRE(error);
  CHECK_THAT(error->message(), Catch::Contains(home.path(".docker/config.json")) &&
                                   Catch::Contains(home.path(".config/containers/auth.json")) &&
                                   Catch::Contains(home.path(".dockercfg")));

  home.folder.write(".dockercfg", R"({"old.io":{"auth":"dTpw"}})");
  CHECK(load_config(std::nullopt).config.auths[0].key == "old.io");
  home.folder.write(".config/containers/auth.json", "{}");
  CHECK(loaded_file() == home.path(".config/containers/auth.json"));
  home.folder.write("run/containers/auth.json", "{}");
  const ScopedVariable runtime("XDG_RUNTIME_DIR", home.path("run"));
  CHECK(loaded_file() == home.path("run/containers/auth.json"));
  home.folder.write("named.json", "{}");
  const ScopedVariable named("REGISTRY_AUTH_FILE", home.path("named.json"));
  CHECK(loaded_file() == home.path("named.json"));
  CHECK(!load_config(std::nullopt).is_dockers_own);
  home.folder.write(".docker/config.json", "{}");
  CHECK(loaded_file() == home.path(".docker/config.json"));
  CHECK(load_config(std::nullopt).is_dockers_own);
}

TEST_CASE("XDG_CONFIG_HOME moves podman's file, REGISTRY_AUTH_FILE replaces it") {
  const DockerHome home;
  home.folder.write("xdg/containers/auth.json", "{}");
  const ScopedVariable config_home("XDG_CONFIG_HOME", home.path("xdg"));
  CHECK(loaded_file() == home.path("xdg/containers/auth.json"));
  const ScopedVariable named("REGISTRY_AUTH_FILE", home.path("none.json"));
  CHECK(error_of([] { load_config(std::nullopt); }));
}

TEST_CASE("with DOCKER_CONFIG set only that folder counts") {
  const DockerHome home;
  home.folder.write(".docker/config.json", "{}");
  home.folder.write("other/config.json", "{}");
  const ScopedVariable variable("DOCKER_CONFIG", home.path("other"));
  CHECK(loaded_file() == home.path("other/config.json"));
  fs::remove(home.path("other/config.json"));
  CHECK(error_of([] { load_config(std::nullopt); }));
  fs::create_directory_symlink(home.path(".docker"), home.path("link"));
  home.folder.write("other/config.json", "{}");
  const ScopedVariable behind_link("DOCKER_CONFIG", home.path("link/../other"));
  INFO("Docker joins names, and never asks the system where link/.. is");
  CHECK(loaded_file() == home.path("other/config.json"));
}

TEST_CASE("a config that exists and cannot be read is not passed over") {
  const DockerHome home;
  home.folder.write(".dockercfg", "{}");
  fs::create_directories(home.path(".docker/config.json"));
  CHECK(error_of([] { load_config(std::nullopt); })->message() == "is a directory");
  fs::remove(home.path(".docker/config.json"));
  fs::create_symlink("nowhere", home.path(".docker/config.json"));
  CHECK(error_of([] { load_config(std::nullopt); })->message() == "no such file or directory");
}

TEST_CASE("a Docker config that cannot be looked at is not taken for none") {
  const DockerHome home;
  home.folder.write(".config/containers/auth.json", "{}");
  fs::create_directory(home.path(".docker"));
  fs::create_symlink("config.json", home.path(".docker/config.json"));
  CHECK(error_of([] { load_config(std::nullopt); })->place() == home.path(".docker/config.json"));
}

TEST_CASE("a named file, or the config.json of a named folder, is read and nothing else") {
  const DockerHome home;
  home.folder.write("folder/config.json", "{}");
  const ScopedVariable auths("DOCKER_AUTH_CONFIG", one_auth);
  CHECK(loaded_file(home.path("folder/config.json")) == home.path("folder/config.json"));
  CHECK(loaded_file(home.path("folder")) == home.path("folder/config.json"));
  CHECK(load_config(home.path("folder")).config.auths.size() == 0);
  CHECK(error_of([&] { load_config(home.path("none")); })->place() == home.path("none"));
}

TEST_CASE("DOCKER_AUTH_CONFIG takes part, before the file") {
  const DockerHome home;
  const ScopedVariable auths("DOCKER_AUTH_CONFIG", one_auth);
  CHECK(load_config(std::nullopt).config.auths[0].key == "a.io");
  home.folder.write(".docker/config.json", R"({"auths":{"a.io":{"auth":"eDp5"},"b.io":{}}})");
  const Config config = load_config(std::nullopt).config;
  REQUIRE(config.auths.size() == 2);
  CHECK(config.auths[0].credential.username == "u");
  CHECK(config.auths[0].asked_first);
}

TEST_CASE("a DOCKER_AUTH_CONFIG that Docker ignores is ignored, and says why") {
  const DockerHome home;
  home.folder.write(".docker/config.json", R"({"auths":{"b.io":{}}})");
  const ScopedVariable auths("DOCKER_AUTH_CONFIG", R"({"credsStore":"x"})");
  const LoadedConfig loaded = load_config(std::nullopt);
  CHECK(loaded.config.auths.size() == 1);
  REQUIRE(loaded.config.environment_refused);
  CHECK_THAT(loaded.config.environment_refused->what(), Catch::Contains("DOCKER_AUTH_CONFIG:1:15"));
}

TEST_CASE("a config of more than 16 MiB is refused") {
  const DockerHome home;
  home.folder.write(".docker/config.json", std::string(16 * 1024 * 1024 + 1, ' '));
  CHECK(error_of([] { load_config(std::nullopt); })->message() == "larger than 16 MiB");
}

TEST_CASE("find_config names the file that load_config reads") {
  const DockerHome home;
  const ConfigLocation none = find_config(std::nullopt);
  CHECK(none.file == home.path(".docker/config.json"));
  CHECK(none.is_dockers_own);
  CHECK(!none.is_there);
  home.folder.write(".config/containers/auth.json", "{}");
  CHECK(find_config(std::nullopt).file == home.path(".config/containers/auth.json"));
  CHECK(!find_config(std::nullopt).is_dockers_own);
  home.folder.write(".docker/config.json", "{}");
  CHECK(find_config(std::nullopt).file == home.path(".docker/config.json"));
  CHECK(find_config(std::nullopt).is_dockers_own);
  CHECK(find_config(std::nullopt).is_there);
  CHECK(find_config(home.path(".docker")).file == home.path(".docker/config.json"));
  CHECK(find_config(home.path("none")).file == home.path("none"));
}

TEST_CASE("a config file is written where its link points, with its mode") {
  const DockerHome home;
  const auto file = home.folder.write("dotfiles/docker.json", "{}");
  fs::permissions(file, fs::perms(0640));
  fs::create_directory(home.path(".docker"));
  fs::create_symlink(file, home.path(".docker/config.json"));
  ConfigLocation location{home.path(".docker/config.json")};
  write_synced(location, read_config_text(location), R"({"x":1})");
  CHECK(fs::is_symlink(home.path(".docker/config.json")));
  CHECK(text_of(file) == R"({"x":1})");
  CHECK(fs::status(file).permissions() == fs::perms(0640));
}

TEST_CASE("a config that is not there yet is made, with its folder, for the user alone") {
  const DockerHome home;
  ConfigLocation location = find_config(std::nullopt);
  CHECK(read_config_text(location).text.empty());
  write_synced(location, read_config_text(location), "{}");
  CHECK(read_config_text(location).text == "{}");
  CHECK(fs::status(location.file).permissions() == fs::perms(0600));
  CHECK(fs::status(location.file.parent_path()).permissions() == fs::perms(0700));
}

TEST_CASE("a config that changed meanwhile is not written over") {
  const DockerHome home;
  ConfigLocation none = find_config(std::nullopt);
  const JsonText before = read_config_text(none);
  const std::string file = home.folder.write(".docker/config.json", "{}");
  CHECK(error_of([&] { write_synced(none, before, "new"); })->message() ==
        "changed by another program meanwhile; it stays as it is");
  CHECK(text_of(file) == "{}");
}

TEST_CASE("a config that changes while the new one is synced to disk is not written over") {
  const DockerHome home;
  const std::string file = home.folder.write(".docker/config.json", "{}");
  ConfigLocation location = find_config(std::nullopt);
  const JsonText before = read_config_text(location);
  const WatchedCalls watched([&](const FileCall& call) {
    if (call.name == "fsync") home.folder.write(".docker/config.json", one_auth);
    return 0;
  });
  SECTION("without a backup") {
    CHECK(error_of([&] { write_synced(location, before, "new"); }));
  }
  SECTION("with a backup") {
    CHECK(error_of([&] { write_config_with_backup(location, before, "new"); }));
  }
  CHECK(text_of(file) == one_auth);
}

TEST_CASE("backups stand beside the link, each with a name of its own") {
  const DockerHome home;
  const auto file = home.folder.write("dotfiles/docker.json", "{}");
  fs::permissions(file, fs::perms(0644));
  ConfigLocation location{home.path("config.json")};
  fs::create_symlink(file, location.file);
  const fs::path first = write_config_with_backup(location, {.text = "{}"}, "one");
  const fs::path second = write_config_with_backup(location, {.text = "one"}, "two");
  CHECK_THAT(first.string(),
             Catch::Matches(home.path("config.json") + R"(\.bak-[0-9]{8}T[0-9]{6}Z)"));
  CHECK(first != second);
  CHECK(text_of(first) == "{}");
  CHECK(text_of(second) == "one");
  CHECK(read_config_text(location).text == "two");
  CHECK(fs::status(first).permissions() == fs::perms(0600));
}

TEST_CASE("backups that hold a credential are found") {
  const DockerHome home;
  const auto file = home.folder.write("config.json", one_auth);
  CHECK(plain_text_backups(file).empty());
  home.folder.write("config.json.bak-1", R"({"auths":{"a.io":{}}})");
  home.folder.write("config.json.bak-2", one_auth);
  home.folder.write("config.json.bak-3", "no JSON");
  home.folder.write("other.json.bak-4", one_auth);
  CHECK(plain_text_backups(file) == std::vector<fs::path>{home.path("config.json.bak-2")});
}
