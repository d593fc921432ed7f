#include "docker/config_file.h"

#include <filesystem>
#include <optional>
#include <string>

#include <catch2/catch.hpp>

#include "support.h"
#include "temporary_folder.h"

using namespace pullsecret;
namespace fs = std::filesystem;

namespace {

/// A home of its own, and an environment that says nothing else.
struct Home {
  TemporaryFolder folder;
  ScopedVariable home{"HOME", folder.path().string()};
  ScopedVariable docker_config{"DOCKER_CONFIG", std::nullopt};
  ScopedVariable auth_config{"DOCKER_AUTH_CONFIG", std::nullopt};
  ScopedVariable registry_auth_file{"REGISTRY_AUTH_FILE", std::nullopt};
  ScopedVariable runtime{"XDG_RUNTIME_DIR", std::nullopt};
  ScopedVariable config_home{"XDG_CONFIG_HOME", std::nullopt};

  std::string path(const std::string& name) const { return (folder.path() / name).string(); }
};

std::string loaded_file(const std::optional<std::string>& named = std::nullopt) {
  return load_config(named).config.file;
}

constexpr const char* one_auth = R"({"auths":{"a.io":{"auth":"dTpw"}}})";

}  // namespace

TEST_CASE("the first place that exists counts, Docker's before podman's") {
  const Home home;
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
  const Home home;
  home.folder.write("xdg/containers/auth.json", "{}");
  const ScopedVariable config_home("XDG_CONFIG_HOME", home.path("xdg"));
  CHECK(loaded_file() == home.path("xdg/containers/auth.json"));
  const ScopedVariable named("REGISTRY_AUTH_FILE", home.path("none.json"));
  CHECK(error_of([] { load_config(std::nullopt); }));
}

TEST_CASE("with DOCKER_CONFIG set only that folder counts") {
  const Home home;
  home.folder.write(".docker/config.json", "{}");
  home.folder.write("other/config.json", "{}");
  const ScopedVariable variable("DOCKER_CONFIG", home.path("other"));
  CHECK(loaded_file() == home.path("other/config.json"));
  fs::remove(home.path("other/config.json"));
  CHECK(error_of([] { load_config(std::nullopt); }));
}

TEST_CASE("a config that exists and cannot be read is not passed over") {
  const Home home;
  home.folder.write(".dockercfg", "{}");
  fs::create_directories(home.path(".docker/config.json"));
  CHECK(error_of([] { load_config(std::nullopt); })->message() == "is a directory");
  fs::remove(home.path(".docker/config.json"));
  fs::create_symlink("nowhere", home.path(".docker/config.json"));
  CHECK(error_of([] { load_config(std::nullopt); })->message() == "no such file or directory");
}

TEST_CASE("a Docker config that cannot be looked at is not taken for none") {
  const Home home;
  home.folder.write(".config/containers/auth.json", "{}");
  fs::create_directory(home.path(".docker"));
  fs::create_symlink("config.json", home.path(".docker/config.json"));
  CHECK(error_of([] { load_config(std::nullopt); })->place() == home.path(".docker/config.json"));
}

TEST_CASE("a named file, or the config.json of a named folder, is read and nothing else") {
  const Home home;
  home.folder.write("folder/config.json", "{}");
  const ScopedVariable auths("DOCKER_AUTH_CONFIG", one_auth);
  CHECK(loaded_file(home.path("folder/config.json")) == home.path("folder/config.json"));
  CHECK(loaded_file(home.path("folder")) == home.path("folder/config.json"));
  CHECK(load_config(home.path("folder")).config.auths.size() == 0);
  CHECK(error_of([&] { load_config(home.path("none")); })->place() == home.path("none"));
}

TEST_CASE("DOCKER_AUTH_CONFIG takes part, before the file") {
  const Home home;
  const ScopedVariable auths("DOCKER_AUTH_CONFIG", one_auth);
  CHECK(load_config(std::nullopt).config.auths[0].key == "a.io");
  home.folder.write(".docker/config.json", R"({"auths":{"a.io":{"auth":"eDp5"},"b.io":{}}})");
  const Config config = load_config(std::nullopt).config;
  REQUIRE(config.auths.size() == 2);
  CHECK(config.auths[0].credential.username == "u");
  CHECK(config.auths[0].asked_first);
}

TEST_CASE("a DOCKER_AUTH_CONFIG that Docker ignores is ignored, and says why") {
  const Home home;
  home.folder.write(".docker/config.json", R"({"auths":{"b.io":{}}})");
  const ScopedVariable auths("DOCKER_AUTH_CONFIG", R"({"credsStore":"x"})");
  const LoadedConfig loaded = load_config(std::nullopt);
  CHECK(loaded.config.auths.size() == 1);
  REQUIRE(loaded.environment_refused);
  CHECK_THAT(loaded.environment_refused->what(), Catch::Contains("DOCKER_AUTH_CONFIG:1:15"));
}

TEST_CASE("a config of more than 16 MiB is refused") {
  const Home home;
  home.folder.write(".docker/config.json", std::string(16 * 1024 * 1024 + 1, ' '));
  CHECK(error_of([] { load_config(std::nullopt); })->message() == "larger than 16 MiB");
}
