#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credential/credential.h"
#include "credential/remark.h"
#include "registry/http.h"

namespace pullsecret {

// Where a node's containerd asks for the images of a registry: at mirrors, one after the other, and
// at last at the registry itself. It is told so in a folder of hosts.toml (hosts_folder.h), k3s and
// rke2 in registries.yaml (registries_yaml.h). The rules are those of containerd 2.2
// (core/remotes/docker/config/hosts.go) and k3s 1.33 (pkg/agent/containerd/config.go).

/// What k3s' containerd makes of a repository's name.
struct Rewrite {
  std::string pattern;      ///< a regular expression of Go's
  std::string replacement;  ///< in which `$1` and `${1}` are its groups
};

/// One of those that are asked.
struct Endpoint {
  std::string host;  ///< HOST[:PORT] as the file spells it, without a login
  std::vector<std::string>
      urls;                  ///< https://HOST[:PORT]; a second, over http, where there is no TLS
  std::string root = "/v2";  ///< of the API: `/v2`, `/v2/proxy`, or empty
  bool is_mirror = false;    ///< it is told the registry's name, as `ns`
  bool can_pull = true, can_resolve = true;  ///< its capabilities: a tag is to be resolved
  std::vector<HttpHeader> headers = {};      ///< may be secrets
  TlsTrust trust = {};
  std::optional<std::chrono::milliseconds> dial_timeout = std::nullopt;
  std::vector<Rewrite> rewrites = {};
  /// That of registries.yaml, which is used where the kubelet has none for the image.
  std::optional<Credential> credential = std::nullopt;

  /// Its first URL and root, printable: `https://mirror.example.com/v2`.
  std::string in_words() const;
};

/// Those of one registry, in their order.
struct RegistryEndpoints {
  enum class Source { hosts_toml, registries_yaml };
  Source source = Source::hosts_toml;
  std::string file;  ///< that has them, printable
  std::vector<Endpoint> endpoints;
  std::vector<Remark> remarks = {};  ///< on the file; a message begins with its place
};

/// The login that the file has for `endpoint`, if it is one that is sent; else nullptr.
const Credential* own_login(const Endpoint& endpoint);

/// Whether `endpoint` is asked for an image: by its digest, or by a tag, which it has to resolve.
bool is_asked_for(const Endpoint& endpoint, std::string_view reference);

/// The endpoint that the registry itself is, where nothing else is said: https, or, as Docker has
/// it, also http on this machine.
Endpoint own_endpoint(const std::string& registry_host);

/// The one at a URL, or `HOST[:PORT][/PATH]`, of a file that knows what `root` is: the path is that
/// if `is_root`, else it gets a `/v2` behind it. A login in it does not count. What is no URL makes
/// one that nobody can ask.
Endpoint endpoint_at(const std::string& url, bool is_root, const std::string& registry_host);

/// As containerd has it for http with settings of TLS: https is tried first, but for port 80.
void allow_https_first(Endpoint& endpoint);

/// What `endpoint` says of a request that is for it, or its token server: headers, trust, time. One
/// that is `Authorization` goes where a credential would, if there is none.
void set_endpoint(HttpRequest& request, const Endpoint& endpoint);

/// `path` without `.`, `..` and doubled slashes, absolute, with no slash at its end: empty for `/`.
std::string clean_path(std::string_view path);

/// The names of `repository` at `endpoint`, one for each rewrite that changes it: of several k3s
/// leaves the choice to chance. Without any, `repository`. Never empty.
std::vector<std::string> names_at(const Endpoint& endpoint, const std::string& repository);

/// `Did you mean …` for a name that is one of `known` but for a slip, or for its end; empty for any
/// other.
std::string meant_name(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace pullsecret
