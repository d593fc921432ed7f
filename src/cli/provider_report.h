#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/inspection_report.h"
#include "credential/jwt.h"
#include "kubernetes/ask_providers.h"
#include "kubernetes/match_images.h"
#include "operations/check.h"

namespace pullsecret {

/// Why a provider is not asked for the image.
struct NearestPattern {
  std::string pattern;  ///< the one of its patterns that comes closest
  NotAsked why;
};

/// A credential of an answer that the kubelet does not try for the image.
struct UntriedCredential {
  std::string key;
  std::string reason;  ///< in words that follow the key
};

/// What came of one provider, for the report.
struct ProviderReport {
  std::string name;
  std::chrono::nanoseconds default_cache_duration{};
  ProviderOutcome outcome;
  std::optional<NearestPattern> nearest = {};  ///< if it was not asked
  std::vector<UntriedCredential> untried = {};
};

/// What came of an image.
struct ProvidersReport {
  std::string image;       ///< as asked for
  std::string repository;  ///< as the kubelet asks
  std::string account;     ///< NAMESPACE/NAME of the Pod's service account; empty: it has none
  std::vector<JwtClaims> tokens;  ///< of that, as they were given
  std::vector<ProviderReport> providers;
  Keyring keyring;       ///< of all answers
  Keyring::Found tried;  ///< of that, in the kubelet's order
};

ProvidersReport report_of(const std::string& name, const Image& image, const ProviderConfig& config,
                          const std::optional<PodAccount>& account,
                          std::vector<ProviderOutcome> outcomes);

/// Tables for people, at most 80 columns wide: the providers, and the credentials that are tried;
/// below them what is to be said of single ones. No password and no token is in it.
std::string providers_table(const ProvidersReport& report, InspectionStyle inspection);

/// JSON for scripts: one object, as man/pullsecret-credential-provider-test.1 says, with what the
/// registry said to the `pull` if it was asked. No password and no token is in it.
std::string providers_json(const ProvidersReport& report, const PullReport* pull);

/// Why no credential is tried; nothing if one is. It has no place.
std::optional<Error> why_none_is_tried(const ProvidersReport& report);

}  // namespace pullsecret
