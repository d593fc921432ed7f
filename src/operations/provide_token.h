#pragma once

#include <optional>
#include <string>
#include <vector>

#include "credential/expiry.h"
#include "kubernetes/provider_request.h"
#include "kubernetes/provider_response.h"
#include "operations/notices.h"
#include "registry/http.h"
#include "registry/registry_access.h"
#include "registry/token_exchange.h"

namespace pullsecret {

/// How a Pod's own token becomes a login. What is a secret is in the request alone.
struct TokenUse {
  std::string username = {};  ///< empty: an annotation alone has it
  /// The images that it is for (match_images.h); none: all that the kubelet asks about.
  std::vector<std::string> patterns = {};
  std::optional<std::string> audience = std::nullopt;  ///< for which, and for no other, a token is
  /// The annotation of the service account that has the username, and the exchange's scope.
  std::optional<std::string> username_annotation = std::nullopt, scope_annotation = std::nullopt;
  std::optional<TokenExchange> exchange = std::nullopt;  ///< nothing: the token is the password
};

/// Throws Error without a place, and without a part of `name`, for what is no username: 1 to 255
/// letters, digits and `._-+@$/~`.
void check_token_username(const std::string& name);

/// The same for an audience, by which nobody could name a registry: an empty one, one with a
/// control character, or with white space at its ends.
void check_token_audience(const std::string& audience);

/// The same for a scope of OAuth 2.0 (RFC 6749, section 3.3), of at most 1024 bytes.
void check_token_scope(const std::string& scope);

/// The pattern of `use` by which it is for `image`, of several the shortest: an empty one if it has
/// none. Nothing if the image is none of its own.
std::optional<std::string> pattern_for(const TokenUse& use, const Image& image);

/// The answer about an image that is none of those that `use` is for: no credential, and a notice.
WithNotices<ProviderResponse> no_token_answer(const ProviderRequest& request, const TokenUse& use);

/// The answer that has the request's token as a password, or what `network` and `access` exchange
/// it for. It is for the image's registry, or for the part of it that the pattern names, and kept
/// until the password's end less a tenth. The notices are about annotations that are not there.
/// Throws Error if there is no token, or one that has ended or is for another audience, or does not
/// say plainly for which, for a username or scope that is none, and as exchange_token() does.
WithNotices<ProviderResponse> provide_token(const ProviderRequest& request, const TokenUse& use,
                                            const HttpExchange& network,
                                            const RegistryAccess& access, Time now);

}  // namespace pullsecret
