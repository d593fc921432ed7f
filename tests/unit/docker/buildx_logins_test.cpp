#include "docker/buildx_logins.h"

#include <string>
#include <vector>

#include "catch.h"
#include "docker_home.h"

using namespace pullsecret;

namespace {

// The folder of the login that buildx pulls with; empty: Docker's config.
std::string for_pull(const std::vector<BuildxLogin>& logins, std::string_view host,
                     std::string_view repository) {
  const BuildxLogin* login = login_for_pull(logins, host, repository);
  return login == nullptr ? "" : login->file.parent_path().filename().string();
}

}  // namespace

TEST_CASE("buildx's logins are for a host, a repository, actions") {
  const DockerHome home;
  for (const char* folder : {"ghcr.io", "ghcr.io@push", "ghcr.io/acme/app", "ghcr.io/acme/app@pull",
                             "ghcr.io/acme/app@push, pull", "registry-1.docker.io/acme/app",
                             "docker.io/acme/tool", "quay.io@pull"})
    home.folder.write(std::string(".docker/buildx/config/") + folder + "/config.json", "{}");
  home.folder.write(".docker/buildx/config/ghcr.io/other.json", "{}");
  const auto logins = find_buildx_logins(std::nullopt);
  REQUIRE(logins.size() == 8);
  CHECK(logins[0].host == "docker.io");
  CHECK(logins[0].repository == "acme/tool");
  CHECK(logins[3].actions == std::vector<std::string>{"push", "pull"});

  CHECK(for_pull(logins, "ghcr.io", "acme/app") == "app@pull");
  CHECK(for_pull(logins, "ghcr.io", "acme/app-2") == "ghcr.io");
  CHECK(for_pull(logins, "ghcr.io", "acme") == "ghcr.io");
  CHECK(for_pull(logins, "docker.io", "acme/app") == "app");
  CHECK(for_pull(logins, "docker.io", "acme/tool").empty());
  CHECK(for_pull(logins, "quay.io", "a/b") == "quay.io@pull");
  CHECK(for_pull(logins, "a.io", "a/b").empty());
  CHECK(login_for_pull(logins, "docker.io", "acme/app")->server_url() ==
        "https://index.docker.io/v1/");

  CHECK(find_buildx_logins(home.path(".docker")).size() == 8);
  CHECK(find_buildx_logins(home.path(".docker/config.json")).size() == 8);
  CHECK(find_buildx_logins(home.path("elsewhere")).empty());
  CHECK(find_buildx_logins("-").empty());
  const ScopedVariable named("BUILDX_CONFIG", home.path(".docker/buildx/config"));
  CHECK(find_buildx_logins(std::nullopt).empty());
}
