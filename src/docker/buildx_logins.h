#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pullsecret {

/// A login that buildx 0.31 and later take before those of Docker's config (docker/buildx,
/// util/dockerutil/dockerconfig/configprovider.go): a config.json of its own in
/// `BUILDX/config/HOST[/REPOSITORY][@ACTION[,ACTION]…]`, where BUILDX is $BUILDX_CONFIG, else the
/// folder `buildx` beside Docker's config.json.
struct BuildxLogin {
  std::filesystem::path file;
  std::string host;                  ///< as the registry is asked: registry-1.docker.io
  std::string repository;            ///< the one that it is for, without the host; empty: all
  std::vector<std::string> actions;  ///< those that it is for, such as `push`; empty: all

  /// What its config is asked for.
  std::string server_url() const;
};

/// All that are there, in the order of their files. `named` is the Docker config, if the user named
/// one. None where no folder can be read.
std::vector<BuildxLogin> find_buildx_logins(const std::optional<std::string>& named);

/// The one that buildx pulls `repository` from `host` with, which is `docker.io` for Docker Hub;
/// nullptr: it takes Docker's config.
const BuildxLogin* login_for_pull(const std::vector<BuildxLogin>& logins, std::string_view host,
                                  std::string_view repository);

}  // namespace pullsecret
