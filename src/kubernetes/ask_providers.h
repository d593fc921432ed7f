#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kubernetes/image.h"
#include "kubernetes/keyring.h"
#include "kubernetes/provider_config.h"
#include "kubernetes/provider_response.h"
#include "system/environment.h"
#include "system/error.h"

namespace pullsecret {

// What the kubelet does with its credential providers when it pulls an image
// (Kubernetes 1.26 to 1.36, pkg/credentialprovider/plugin/plugin.go).

/// The service account of the Pod that pulls, as far as providers are told of it.
struct PodAccount {
  std::string name_space;
  std::string name;
  std::map<std::string, std::string> annotations = {};  ///< all that it has
  std::vector<std::string> tokens = {};                 ///< secrets, each for other audiences
};

/// The token of `account` for `audience`: the first that says so, else the only one there is; empty
/// if there is none.
std::string token_for(const PodAccount& account, const std::string& audience);

/// Where its providers are, and how they are started.
struct ProviderRun {
  std::filesystem::path bin_dir;  ///< absolute
  Environment environment;        ///< the kubelet's own, to which each provider's `env` is added
  std::chrono::milliseconds timeout = std::chrono::minutes(1);  ///< the kubelet's
  std::optional<PodAccount> account = std::nullopt;             ///< absent: the Pod has none
};

/// What came of one provider of the config.
struct ProviderOutcome {
  std::optional<std::string> pattern;  ///< the first that matches; nothing: it is not asked
  std::optional<Error> not_started;    ///< why not, though one matches; it has no place
  bool gets_token = false;             ///< with the request
  std::chrono::milliseconds took{};    ///< from its start to its end
  /// What it wrote to standard error, if the kubelet takes its answer; else `failure` has that.
  std::string remarks;
  std::optional<ProviderResponse> response;  ///< if the kubelet takes its answer
  std::optional<Error> failure;              ///< why it does not, with the program as its place
};

/// Whether the kubelet asks `provider` for `image`, and by which of its patterns.
std::optional<std::string> pattern_for(const CredentialProvider& provider, const Image& image);

/// Why the kubelet does not start `provider` for a Pod with this service account, or with none;
/// nothing if it does. The Error has no place.
std::optional<Error> why_not_started(const CredentialProvider& provider,
                                     const std::optional<PodAccount>& account);

/// Whether the request to `provider`, which is started, has a token.
bool gets_token(const CredentialProvider& provider, const std::optional<PodAccount>& account);

/// The environment in which the kubelet starts `provider`: its own, and the provider's `env`, which
/// counts where a variable is in both (Go, os/exec).
Environment provider_environment(const CredentialProvider& provider, Environment kubelets);

/// Throws Error, with the program as its place, if one of the providers cannot be started: the
/// kubelet then does not start either.
void check_programs(const ProviderConfig& config, const std::filesystem::path& bin_dir);

/// Asks those providers that match, one after the other as the kubelet does, as services are
/// started; the outcomes are in the order of the config. Nothing secret is in an outcome but what
/// the provider itself wrote to standard error, which the kubelet logs, too, and never the token.
/// Throws Error for a provider that gets a token where none was given for it.
std::vector<ProviderOutcome> ask_providers(const ProviderConfig& config, const Image& image,
                                           const ProviderRun& run);

/// The keyring into which the kubelet puts the entries of all providers of the config. Of keys that
/// it files under one name those of earlier providers come first, as Kubernetes documents it; 1.26
/// goes by the providers' names instead.
Keyring keyring_of(const ProviderConfig& config, const std::vector<ProviderOutcome>& outcomes);

}  // namespace pullsecret
