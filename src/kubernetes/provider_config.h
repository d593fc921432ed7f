#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "credential/json_syntax.h"

namespace pullsecret {

// The kubelet's CredentialProviderConfig, the file of its flag --image-credential-provider-config
// (Kubernetes 1.26 to 1.35, pkg/credentialprovider/plugin/config.go). A kubelet that refuses it
// does not start.

/// One provider of the config: a program that the kubelet asks for credentials.
struct CredentialProvider {
  std::string name;  ///< its program's, in the folder of --image-credential-provider-bin-dir
  std::vector<std::string> match_images;  ///< for which images (match_images.h); never empty
  std::chrono::nanoseconds default_cache_duration{};  ///< where its answer names none
  std::string api_version;                            ///< of the request and of the answer
  std::vector<std::string> args = {};
  std::vector<std::pair<std::string, std::string>> env = {};  ///< added to the kubelet's own
  bool wants_service_account = false;                         ///< it has `tokenAttributes`
};

struct ProviderConfig {
  std::vector<CredentialProvider> providers;  ///< in its order; never none
  std::vector<std::string> unknown_fields;    ///< printable paths; newer kubelets refuse them
};

/// Reads YAML, or JSON, as the kubelet does. Throws Error, with the file as its place, for what
/// read_documents() refuses, for more than one document, and for all that the kubelet refuses: a
/// `kind`, `apiVersion` or type that is another; a name with a slash or a space, `.`, `..`, none,
/// or one that is there twice; no `matchImages`, or one that is no pattern; no
/// `defaultCacheDuration`, or one that is no Go duration from 0 on; a `tokenAttributes` without its
/// audience or with an `apiVersion` other than v1. No message has a value of `env`.
ProviderConfig read_provider_config(const JsonText& source);

/// The newest `apiVersion` of requests, which every kubelet from 1.26 on knows.
inline constexpr std::string_view newest_provider_api = "credentialprovider.kubelet.k8s.io/v1";

}  // namespace pullsecret
