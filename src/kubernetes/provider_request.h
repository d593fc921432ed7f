#pragma once

#include <cstddef>
#include <string>

#include "credential/json_syntax.h"
#include "kubernetes/image.h"

namespace pullsecret {

// What the kubelet asks a credential provider (Kubernetes 1.26 to 1.35,
// k8s.io/kubelet/pkg/apis/credentialprovider: CredentialProviderRequest).

/// The most bytes of a request. A service account's token and annotations (since 1.33) have some
/// thousands; annotations 256 KiB at most.
inline constexpr std::size_t max_provider_request = 1024UL * 1024;

struct ProviderRequest {
  std::string api_version;  ///< `credentialprovider.kubelet.k8s.io/v1`, `…/v1beta1`, `…/v1alpha1`
  Image image;              ///< without tag and digest, which the kubelet does not tell
};

/// Reads a request of any of these versions. Fields that it has besides, such as
/// `serviceAccountToken`, are nobody's to read. Throws Error for what is no such request, and for
/// an image that is none.
ProviderRequest read_provider_request(JsonText json);

/// The request as the kubelet writes it, with its line break.
std::string format_provider_request(const ProviderRequest& request);

/// Whether there is this `apiVersion` of requests and answers.
bool is_provider_api_version(const std::string& api_version);

}  // namespace pullsecret
