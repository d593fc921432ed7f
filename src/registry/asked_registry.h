#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "registry/challenge.h"
#include "registry/endpoint.h"
#include "registry/http.h"
#include "registry/registry_access.h"

namespace pullsecret {

/// A registry that answers, or why it does not.
struct AskedRegistry {
  const Endpoint* endpoint = nullptr;  ///< what it is; nullptr: where Docker would ask
  std::vector<std::string> urls = {};  ///< https://HOST, http://HOST or both, the first to be tried
  std::size_t used = 0;                ///< which of them it answers at
  bool answers = false;                ///< whether as a registry does
  TlsTrust trust = {};
  std::vector<Challenge> challenges = {};
  bool is_private = false;
  std::vector<std::string> told = {};  ///< the passwords that it may be told
  std::optional<HttpFailure> failure = std::nullopt;

  const std::string& url() const { return urls[used]; }

  /// For `path` of its API at `url_of_it`.
  HttpRequest request(const std::string& url_of_it, const std::string& path,
                      const std::string& authorization = {}) const;
};

/// The one of a registry host at `endpoint`, or nullptr: where Docker would ask; nobody has asked
/// it yet. As Docker does, what may be asked without TLS is, where it speaks none. On this machine
/// that is the rule, and nobody can listen in.
AskedRegistry asked_registry(const std::string& registry_host, const Endpoint* endpoint,
                             const RegistryAccess& access);

/// Asks all of them side by side how they want to be asked, and those that are no registry at their
/// first URL at the second.
void greet(std::vector<AskedRegistry*> registries, const HttpExchange& exchange,
           const RegistryAccess& access);

}  // namespace pullsecret
