#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "credential/json_syntax.h"

namespace pullsecret {

// The kubelet's CredentialProviderConfig, the file of its flag --image-credential-provider-config
// (Kubernetes 1.26 to 1.36, pkg/credentialprovider/plugin/config.go). A kubelet that refuses it
// does not start.

/// Which token of the Pod's service account a provider is handed with the request (since
/// Kubernetes 1.33, on since 1.34).
struct TokenAttributes {
  enum class Cache { token, service_account };  ///< for whose Pods an answer is kept

  std::string audience;  ///< never empty
  Cache cache = Cache::token;
  bool requires_service_account = true;  ///< else a Pod without one gets the plain request
  /// Annotations of the service account that go along; where one of the first is missing, the
  /// provider is not started.
  std::vector<std::string> required_annotations = {}, optional_annotations = {};

  bool operator==(const TokenAttributes&) const = default;
};

/// As the config has it: `Token`, `ServiceAccount`.
std::string_view in_words(TokenAttributes::Cache cache);

/// The first annotation that is required and optional at once: the kubelet does not start then.
std::optional<std::string> annotation_in_both(const TokenAttributes& token);

/// One provider of the config: a program that the kubelet asks for credentials.
struct CredentialProvider {
  std::string name;  ///< its program's, in the folder of --image-credential-provider-bin-dir
  std::vector<std::string> match_images;  ///< for which images (match_images.h); never empty
  std::chrono::nanoseconds default_cache_duration{};  ///< where its answer names none
  std::string api_version;                            ///< of the request and of the answer
  std::optional<TokenAttributes> token = std::nullopt;
  std::vector<std::string> args = {};
  std::vector<std::pair<std::string, std::string>> env = {};  ///< added to the kubelet's own
};

struct ProviderConfig {
  std::vector<CredentialProvider> providers;  ///< in its order; never none
  /// Files of YAML with more than one document, of which the kubelet reads the first alone.
  std::vector<std::string> partly_read = {};
};

/// Whether a kubelet starts with a provider of this name: not empty, without a slash and a space,
/// and not `.` or `..`.
bool is_provider_name(std::string_view name);

/// Reads YAML, or JSON, as the kubelet does. Throws Error, with the file as its place, for what
/// read_documents() refuses, and for all that a kubelet from 1.34 on refuses: text behind JSON; a
/// `kind`, `apiVersion` or type that is another; a field that it does not know, or that is there
/// twice; a name with a slash or a space, `.`, `..`, none, or one that is there twice; no
/// `matchImages`, or one that is no pattern; no `defaultCacheDuration`, or one that is no Go
/// duration from 0 on; of `tokenAttributes` what is missing, of another value or version, and keys
/// that are no annotation's, or are there twice. No message has a value of `env`.
ProviderConfig read_provider_config(const JsonText& source);

/// Reads all files of the folder `name` as one config, in the order given, as kubelets from 1.34 on
/// do: a file may have no providers if another has some, and no two have one of the same name.
ProviderConfig read_provider_configs(const std::string& name, const std::vector<JsonText>& files);

/// The newest `apiVersion` of requests, which every kubelet from 1.26 on knows.
inline constexpr std::string_view newest_provider_api = "credentialprovider.kubelet.k8s.io/v1";

}  // namespace pullsecret
