#include "docker/registries_conf.h"

#include "catch.h"
#include "docker_home.h"
#include "system/error.h"

using namespace pullsecret;

namespace {

using Names = std::vector<std::string>;

std::optional<Names> names_in(const std::string& text) {
  return parse_credential_helpers(text, "registries.conf");
}

std::string place_of_error(const std::string& text) {
  try {
    names_in(text);
  } catch (const Error& error) {
    return error.place();
  }
  return "no error";
}

// Podman's own files of this machine do not count.
struct PodmanHome : DockerHome {
  ScopedVariable conf{"CONTAINERS_REGISTRIES_CONF", std::nullopt};

  void write(const std::string& name, const std::string& helper) const {
    folder.write(".config/containers/" + name, "credential-helpers = [\"" + helper + "\"]\n");
  }
  static std::string helper() {
    const auto found = find_credential_helpers();
    return found && !found->names.empty() ? found->names.front() : "none";
  }
};

}  // namespace

TEST_CASE("credential-helpers is a list of names, whatever stands beside it") {
  CHECK(names_in("credential-helpers = [\"pass\", 'containers-auth.json',]") ==
        Names{"pass", "containers-auth.json"});
  CHECK(names_in("# nothing\nshort-name-mode = \"enforcing\"\n[[registry]]\nprefix = \"a.io\"") ==
        std::nullopt);
  CHECK(names_in("Credential-Helpers = [\"pass\"]") == Names{"pass"});
  CHECK(names_in("Credential-Helpers = [\"no\"]\ncredential-helpers = [\"pass\"]") ==
        Names{"pass"});
  CHECK(names_in("credential-helpers = []") == Names{});
  CHECK(names_in("[aliases]\ncredential-helpers = \"a.io/x\"") == std::nullopt);
  CHECK(names_in("") == std::nullopt);
  CHECK(
      names_in("# \u00fcber\ncredential-helpers = [\"pass\"]\n[aliases]\n\"\u0402\" = 'a.io/x'") ==
      Names{"pass"});
}

TEST_CASE("what podman refuses is refused, in its line") {
  CHECK(place_of_error("\nbad bad") == "registries.conf:2");
  CHECK(place_of_error("credential-helpers = \"pass\"") == "registries.conf:1");
  CHECK(place_of_error("credential-helpers = [\"pass\", 1]") == "registries.conf:1");
  CHECK(place_of_error("a = \u0402") == "registries.conf:1");
  CHECK(place_of_error("credential-helpers = [\"pass\"") == "registries.conf:1");
  CHECK(place_of_error(std::string(100000, '[')).starts_with("registries.conf"));
  CHECK(place_of_error("a = " + std::string(100000, '[')).starts_with("registries.conf"));
}

TEST_CASE("the user's drop-ins count last, by name, and those named *.conf alone") {
  const PodmanHome home;
  CHECK(PodmanHome::helper() == "none");
  home.write("registries.conf", "user");
  CHECK(PodmanHome::helper() == "user");
  home.write("registries.conf.d/10-first.conf", "first");
  home.write("registries.conf.d/20-second.conf", "second");
  home.write("registries.conf.d/30-third.conf.bak", "third");
  home.write("registries.conf.d/40/fourth.conf", "fourth");
  CHECK(PodmanHome::helper() == "second");
  CHECK(find_credential_helpers()->file.filename() == "20-second.conf");
  home.folder.write(".config/containers/registries.conf.d/50-empty.conf",
                    "credential-helpers = []");
  CHECK(PodmanHome::helper() == "none");
}

TEST_CASE("CONTAINERS_REGISTRIES_CONF stands for the main file") {
  const PodmanHome home;
  home.write("registries.conf", "user");
  home.write("other.conf", "other");
  const ScopedVariable conf("CONTAINERS_REGISTRIES_CONF",
                            home.path(".config/containers/other.conf"));
  CHECK(PodmanHome::helper() == "other");
  home.write("registries.conf.d/10.conf", "drop-in");
  CHECK(PodmanHome::helper() == "drop-in");
  const ScopedVariable missing("CONTAINERS_REGISTRIES_CONF", home.path("missing"));
  CHECK_THROWS_AS(find_credential_helpers(), Error);
}

TEST_CASE("a file of more than 1 MiB is refused") {
  const PodmanHome home;
  home.folder.write(".config/containers/registries.conf", std::string(1024UL * 1024 + 1, '#'));
  CHECK_THROWS_AS(find_credential_helpers(), Error);
}
