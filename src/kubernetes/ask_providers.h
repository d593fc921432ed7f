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
// (Kubernetes 1.26 to 1.35, pkg/credentialprovider/plugin/plugin.go).

/// Where its providers are, and how they are started.
struct ProviderRun {
  std::filesystem::path bin_dir;  ///< absolute
  Environment environment;        ///< the kubelet's own, to which each provider's `env` is added
  std::chrono::milliseconds timeout = std::chrono::minutes(1);  ///< the kubelet's
};

/// What came of one provider of the config.
struct ProviderOutcome {
  std::optional<std::string> pattern;        ///< the first by which it is asked; nothing: it is not
  std::chrono::milliseconds took{};          ///< from its start to its end
  std::optional<ProviderResponse> response;  ///< if the kubelet takes its answer
  std::optional<Error> failure;              ///< why it does not, with the program as its place
};

/// The environment in which the kubelet starts `provider`: its own, and the provider's `env`, which
/// counts where a variable is in both (Go, os/exec).
Environment provider_environment(const CredentialProvider& provider, Environment kubelets);

/// Throws Error, with the program as its place, if one of the providers cannot be started: the
/// kubelet then does not start either.
void check_programs(const ProviderConfig& config, const std::filesystem::path& bin_dir);

/// Asks those providers that match, one after the other as the kubelet does, as services are
/// started; the outcomes are in the order of the config. Nothing secret is in a failure but what
/// the provider itself wrote to standard error, which the kubelet logs, too.
std::vector<ProviderOutcome> ask_providers(const ProviderConfig& config, const Image& image,
                                           const ProviderRun& run);

/// The keyring into which the kubelet puts the entries of all providers of the config. Of keys that
/// it files under one name those of earlier providers come first, as Kubernetes documents it; 1.26
/// goes by the providers' names instead.
Keyring keyring_of(const ProviderConfig& config, const std::vector<ProviderOutcome>& outcomes);

}  // namespace pullsecret
