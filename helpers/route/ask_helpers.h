#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "helper/store.h"
#include "helpers/route/rules.h"
#include "system/error.h"

namespace pullsecret {

// What a rule's helpers are asked, and told. A helper has as much time as the rule gives it,
// without a `timeout` any: it may wait for its user. Which call leads back to this program is
// counted in DOCKER_CREDENTIAL_ROUTE_DEPTH in the environment of each, and for which registries
// stands in DOCKER_CREDENTIAL_ROUTE_HOSTS.

/// Told of what went wrong and fails nothing.
using Warn = std::function<void(const Error&)>;

/// Throws Error if this program was started by a helper that it has started itself: to be asked for
/// the same registry, `host` (routed_host()), or, whatever for, after a few rounds.
void refuse_loop(const std::string& host = {});

/// The rule with those of its helpers alone that are not known to mint tokens.
Rule keepers(Rule rule);

/// What the first helper that has it answers. Throws the Error of one that fails; where the rule
/// goes on after errors, `warn` gets it.
std::optional<StoredCredential> get_from_helpers(const Rule& rule, const std::string& server_url,
                                                 const Warn& warn);

/// Gives it to the first helper that keeps it: that is known to mint no tokens, and gives the same
/// back. Where all mint tokens the first decides, as it would without this program. Throws Error if
/// none keeps it.
void store_in_helper(const Rule& rule, const std::string& server_url,
                     const StoredCredential& credential, const Warn& warn);

/// Takes it out of all of them. Throws the first Error, once all are asked; where the rule goes on
/// after errors, `warn` gets it. What mints tokens keeps nothing, and may refuse.
void erase_from_helpers(const Rule& rule, const std::string& server_url, const Warn& warn);

/// An entry that a helper keeps.
struct Listed {
  std::string username;
  std::string helper;
};

/// What the helpers of `rules` would answer for, by server URL, each as the first of them has it.
/// `warn` gets who does not answer.
std::map<std::string, Listed> list_of_helpers(const std::vector<Rule>& rules,
                                              const std::filesystem::path& folder,
                                              const Warn& warn);

}  // namespace pullsecret
