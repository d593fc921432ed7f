#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pullsecret {

/// Whom a URL is about (RFC 6454): what may be told to one origin is not for another.
struct Origin {
  bool is_https = true;
  std::string host;  ///< in lower case, an IPv6 address in its brackets
  unsigned port = 443;

  /// HOST, with :PORT where that is not the scheme's own.
  std::string authority() const;

  bool operator==(const Origin&) const = default;
};

/// Whether what `answering` says is said by the origin that was asked: it is that, or the same
/// HOST[:PORT] over https where that was asked over http. Nobody else gets a credential that is for
/// `asked`, and nobody else's challenge is met with one.
///
/// So do go-containerregistry (pkg/v1/remote/transport, matchesHost: host and port, a scheme's own
/// left out) and containerd (core/remotes/docker, dockerAuthorizer, which files what it sends under
/// the host and port of a URL); neither of them looks at the scheme. A redirect from https to http
/// is followed by none of ours (follow_redirects.h).
bool speaks_for(const Origin& answering, const Origin& asked);

/// The origin of an http or https URL. Nothing for what is none or has a userinfo, for a host that
/// is neither a name nor an address, and for characters that no URL has: such a URL is not asked.
std::optional<Origin> origin_of(std::string_view url);

/// Whether `host` (any letter case, without port) is this machine by its name alone: `localhost`,
/// 127.0.0.0/8, `[::1]`. Docker takes a registry there over http, too.
bool is_loopback(std::string_view host);

}  // namespace pullsecret
