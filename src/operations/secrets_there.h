#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "credential/json_syntax.h"
#include "docker/config_file.h"
#include "kubernetes/change_secret.h"
#include "operations/notices.h"

namespace pullsecret {

// Pull Secrets that are there already: taken in the place of a Docker config, and changed.

/// A config, or the pull Secrets that were given in its place.
struct ConfigOrSecrets {
  LoadedConfig loaded;
  std::optional<std::string> secret_name = std::nullopt;  ///< of the only one
};

/// As config_to_use(), but that what is `named` may be pull Secrets, of what read_manifests()
/// takes: their entries, as the kubelet reads them, are then those of the config; an entry that
/// lacks a login, or of which two have different ones, has that as its problem. Throws Error if the
/// kubelet refuses one of them, and if they have no entry.
WithNotices<ConfigOrSecrets> config_or_secrets(const std::optional<std::string>& named);

/// The pull Secrets in `source` that `changes` concern, as changed_secret() makes them. A Secret
/// that stands alone gets what it does not have; of several, or of a List's, those that have no
/// such entry are left out. Notices say of each what was added, replaced and removed, and what was
/// left alone. Throws Error if none is left; and where one stands alone, if it cannot be changed.
WithNotices<std::vector<nlohmann::json>> changed_secrets(const JsonText& source,
                                                         const EntryChanges& changes);

}  // namespace pullsecret
