#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "docker/config.h"
#include "docker/registries_conf.h"
#include "system/error.h"

namespace pullsecret {

// podman, skopeo and buildah read Docker's config.json, too, and differently
// (containers-auth.json(5); measured with podman 4.3, skopeo 1.9, buildah 1.28). They never ask
// `credsStore`. A line of `credHelpers` they look up by the image's host, and Docker Hub's as
// `docker.io`; an empty name there is a program that is not found. Of an entry they read `auth` and
// not `username` and `password`. Their own auth.json counts before, and none of these files where
// `credential-helpers` does not name them.

/// Those of podman, skopeo and buildah that are on PATH; podman, which may be elsewhere, where
/// there is an auth.json.
std::vector<std::string> podmans_here();

/// find_credential_helpers(); nothing where podman refuses a file, and fails whatever else is
/// there.
std::optional<CredentialHelpers> known_credential_helpers();

/// The command that logs in where `config` is read: login_command(), and for podman's file
/// `podman login`, or that of another of podmans_here().
std::string login_command_for(const Config& config, std::string_view key);
std::string podman_login_command(std::string_view key);

/// The beginning of a sentence: "podman and skopeo do not".
std::string do_not(const std::vector<std::string>& podmans);

/// The name by which podman looks for what Docker looks for by docker_lookup_name(key), in
/// `credHelpers` and in stores: `docker.io` for Docker Hub, else the same.
std::string podman_lookup_name(std::string_view key);

/// Whether podman looks up just this one.
bool is_podmans_name(std::string_view key);

/// Whether the line `key` of `credHelpers` is for podman alone: Docker asks that store without it,
/// too.
bool is_line_for_podman(const Config& config, const std::string& key);

/// Whether any is.
bool has_lines_for_podman(const Config& config);

/// Why podman refuses a text that Docker takes, and fails: it is not just one JSON value.
std::optional<Error> refused_by_podman(const JsonText& json);

/// Whether podman ever finds an entry of this key: of a URL the host counts, and anything else is
/// compared as it is with a host, or a path of an image. Docker finds `HOST/`, too.
bool is_key_for_podman(std::string_view key);

/// Whether it is about one path of its host, which a URL's is not for podman.
bool is_path_for_podman(std::string_view key);

/// Why podman does not read the entry, which has a credential; nothing if it does.
std::optional<Error> why_not_read_by_podman(const AuthEntry& entry);

/// Whether podman finds the entry's credential for the host `name`, or a path of it.
bool is_read_by_podman(const AuthEntry& entry, const std::string& name);

/// Whether it finds that of any entry of `auths`. A line of `credHelpers` would hide it.
bool podman_finds_inline(const Config& config, const std::string& name);

/// Whether podman finds the credential of the entry `key` for Docker Hub: it takes
/// `registry-1.docker.io` for that, where it has nothing else.
bool is_podmans_docker_hub(const Config& config, const std::string& key);

/// What podman's own files have, as far as they can be read.
class PodmansOwn {
 public:
  PodmansOwn();

  /// Whether its files have a login, or a helper, for `name`, one that it looks up.
  bool has(const std::string& name) const;

  /// Whether podman asks `store` for the registry of `server_url` by what they say.
  bool asks(const std::string& store, const std::string& server_url) const;

  /// Where its setting says that it keeps logins, if it does.
  const std::optional<CredentialHelpers>& helpers() const { return helpers_; }

  /// Where it looks, in this order: stores, and auth_file_helper for files. Empty without a podman.
  std::vector<std::string> places() const;

  /// Whether it reads files at all, Docker's among them.
  bool reads_files() const;

  /// Why files cannot be read: then podman fails whatever else is there.
  const std::vector<Error>& refused() const { return refused_; }

 private:
  bool is_podman_here_ = !podmans_here().empty();
  std::optional<CredentialHelpers> helpers_;
  std::vector<Config> files_;
  std::vector<Error> refused_;
};

}  // namespace pullsecret
