#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "docker/config.h"
#include "docker/config_change.h"
#include "helpers/route/rules.h"

namespace pullsecret {

// From the stores that config.json names to rules that say the same, and back.

/// What `init` writes: routes.json, and what changes in config.json.
struct TakeOver {
  std::string rules;  ///< the text of routes.json
  ConfigChange change;
};

/// The rules that have each registry answered by the helper that `config`, which does not name
/// route, names for it: `*` for credsStore, and a line for each host of credHelpers; in config.json
/// those become `route`. `stored` are the server URLs in credsStore's store.
///
/// A rule is for all names of a host (`ghcr.io:443`, `GHCR.io`, all of Docker Hub's), a line of
/// credHelpers for one. So a line stays where another name of its host is known, and has another
/// helper or none; and all stay where nobody knows what is stored. Where there is no
/// credsStore, the hosts of a program that mints tokens become its pattern, if several are named
/// and nothing else is known below it. Without a store in `config` the change is empty.
TakeOver take_over(const Config& config, const std::optional<std::vector<std::string>>& stored);

/// The change by which each registry of `config` is answered again without this program: by the
/// helper that has its login, of which `kept` tells (server URL → helper), else by the first of its
/// rule. Throws Error for a line that no rule is for.
ConfigChange give_back(const Config& config, const std::vector<Rule>& rules,
                       const std::map<std::string, std::string>& kept);

}  // namespace pullsecret
