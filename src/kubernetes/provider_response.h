#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credential/credential.h"

namespace pullsecret {

// What a credential provider answers the kubelet (Kubernetes 1.26 to 1.35,
// k8s.io/kubelet/pkg/apis/credentialprovider: CredentialProviderResponse).

/// For which images the kubelet uses an answer again.
enum class CacheKeyType {
  image,     ///< the same, whatever its tag
  registry,  ///< all of the same host and port
  global,    ///< all that the provider is asked for
};

/// As JSON has it: `Image`, `Registry`, `Global`.
std::string_view in_words(CacheKeyType type);

struct ProviderResponse {
  std::string api_version;  ///< that of the request; the kubelet takes no other
  CacheKeyType cache_key_type = CacheKeyType::image;
  /// How long the kubelet keeps the answer, 0: not at all; absent: as its config says.
  std::optional<std::chrono::nanoseconds> cache_duration = std::nullopt;
  std::map<std::string, Credential> auth = {};  ///< username and password by registry key
  /// Printable paths of what was read besides; kubelets before 1.30 ignore it, newer ones are
  /// strict.
  std::vector<std::string> unknown_fields = {};
};

/// The answer as the kubelet reads it, with a line break: without credentials `auth` is null.
/// Throws Error for a username or password that is not UTF-8, which JSON has no way to say.
std::string format_provider_response(const ProviderResponse& response);

/// Reads `text` as the kubelet reads the answer to a request of `api_version`. Throws Error,
/// without a place, with the reason for which it discards the answer. No message has a part of
/// `auth`.
ProviderResponse read_provider_response(const std::string& text, const std::string& api_version);

}  // namespace pullsecret
