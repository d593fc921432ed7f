#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pullsecret {

// HOST[:PORT][/PATH], as the kubelet compares the keys of its keyring and the patterns of
// `matchImages` with the repository of an image (Kubernetes 1.26,
// pkg/credentialprovider/keyring.go: ParseSchemelessURL, SplitURL, URLsMatch).

/// A pattern, or a repository.
struct Url {
  std::string host;  ///< with port
  std::string path;  ///< percent-decoded, with its slash
};

/// Reads what follows a scheme as Go's net/url does; nothing where that refuses it.
std::optional<Url> parse_url(std::string_view text);

struct HostAndPort {
  std::string_view host;
  std::string_view port;
};

/// Go's net.SplitHostPort. Where that fails, as without a port, the whole is the host.
HostAndPort split_port(std::string_view authority);

/// Go's filepath.Match, for patterns of host characters: no `?`, `\` or `[^`. Only the last star is
/// ever tried again, so the time is at most the product of both lengths.
bool glob_matches(std::string_view pattern, std::string_view text);

/// A Url taken apart, to be compared more than once.
struct UrlParts {
  std::vector<std::string> labels;  ///< of its host
  std::string port;
  std::string path;
};
UrlParts parts_of(const Url& url);

/// Whether ports are equal, the path of `pattern` is a prefix, and each label of its host matches.
bool parts_match(const UrlParts& pattern, const UrlParts& target);
bool url_matches(const Url& pattern, const Url& target);

}  // namespace pullsecret
