#pragma once

#include <cstddef>
#include <map>
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
  /// A token of the Pod's service account, a secret, for the audience that the config names; empty:
  /// the config asks for none, or the Pod has no service account.
  std::string service_account_token = {};
  /// Those of the service account that the config names and that it has.
  std::map<std::string, std::string> service_account_annotations = {};
};

/// Reads a request of any of these versions. Fields that it has besides are nobody's to read.
/// Throws Error for what is no such request, and for an image that is none.
ProviderRequest read_provider_request(JsonText json);

/// The request as the kubelet writes it, with its line break.
std::string format_provider_request(const ProviderRequest& request);

/// Whether there is this `apiVersion` of requests and answers.
bool is_provider_api_version(const std::string& api_version);

}  // namespace pullsecret
