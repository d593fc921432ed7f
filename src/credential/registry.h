#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace pullsecret {

// One registry goes by many spellings. Three words, three things: a *server URL* is what the
// helper protocol carries, a *registry key* is what a config file's `auths` is keyed by, a
// *registry host* is the part of an image name before the first slash.

/// Docker Hub's registry key and server URL everywhere.
inline constexpr std::string_view docker_hub_key = "https://index.docker.io/v1/";

/// The host that has Docker Hub's images.
inline constexpr std::string_view docker_hub_host = "registry-1.docker.io";

/// What nerdctl writes behind a host, and neither Docker nor the kubelet knows it by.
inline constexpr std::string_view https_port = ":443";

/// The names of Docker Hub's host.
inline constexpr std::array<std::string_view, 5> docker_hub_hosts{
    "docker.io", "index.docker.io", docker_hub_host, "registry.hub.docker.com", "hub.docker.com"};

/// A registry key or server URL, taken apart; all are views of it, and together they are it.
struct KeyParts {
  std::string_view scheme;     ///< `https://`; empty: none
  std::string_view login;      ///< `user:password@`; empty: none
  std::string_view authority;  ///< the host, and `:PORT` if there is one
  std::string_view path;       ///< with its leading slash, and what follows it; empty: none
};
KeyParts split_key(std::string_view key);

/// The host, with port, for which Docker takes a registry key (docker/cli 29.7,
/// cli/config/credentials/file_store.go: ConvertToHostname): of a URL without login, `[::1]`
/// without brackets, and without an empty port; of anything else what stands before the first
/// slash. Letter case stays.
std::string registry_host(std::string_view key);

/// Whether the host of `key` has a star, which the kubelet takes for any label.
bool has_star(std::string_view key);

/// Whether `host` (any letter case) is one of docker_hub_hosts.
bool is_docker_hub_host(std::string_view host);

/// Whether `path` names no repository: empty, `/`, or an API root (`/v1`, `/v1/`, `/v2`, `/v2/`).
bool is_api_root(std::string_view path);

/// Whether `key` is about one path of its host (podman's `quay.io/acme`), which Docker does not
/// tell apart.
bool is_about_path(std::string_view key);

/// The server URL that Docker asks a store for when it means `key`: docker_hub_key for Docker Hub,
/// the bare host in lower case, without nerdctl's `:443`, for any other registry whose key has no
/// repository path; a key with one (podman's `quay.io/acme`) stays.
std::string docker_server_url(std::string_view key);

/// The name by which Docker looks for what an entry of `auths` has, in `credHelpers` and in stores:
/// for Docker Hub docker_hub_key, its web login's tokens as they are, else the host as it is
/// spelled, which Docker's file store compares with its entries' hosts (docker/cli,
/// cli/config/credentials/file_store.go). A path says nothing to Docker.
std::string docker_lookup_name(std::string_view key);

/// The other spellings of the same registry that clients store credentials under, without `key`
/// itself: for Docker Hub its three, else `HOST`, `https://HOST`, `https://HOST/v1/`,
/// `https://HOST/v2/`, and nerdctl's `HOST:443`. A key with a repository path has none.
std::vector<std::string> other_spellings(std::string_view key);

/// Whether `server_url` is one of the OAuth tokens that Docker Hub's web login keeps beside the
/// credential (`https://index.docker.io/v1/access-token`, `…/refresh-token`): account-wide, and
/// no registry.
bool is_docker_hub_token(std::string_view server_url);

/// The command that logs in to the registry of `key`, for a shell: `docker login` for Docker Hub,
/// else `docker login HOST`, without a login that stands in the key. What no host's name can be is
/// left to the reader: `docker login REGISTRY`.
std::string login_command(std::string_view key);

/// `key` fit for messages: printable_name(), and with `…` for a login in it (`user:password@HOST`).
/// Every registry key and server URL goes into a message, a table or a report through this.
std::string key_in_words(std::string_view key);

/// Whether there is a login in `key`, which is a secret.
bool has_login(std::string_view key);

/// `key` as one word of a shell's command line in a hint; SERVER_URL where it holds a login.
std::string key_in_command(std::string_view key);

}  // namespace pullsecret
