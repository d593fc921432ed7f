#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "docker/config.h"
#include "docker/config_change.h"

namespace pullsecret {

// The lines of `credHelpers` by which Docker goes on finding what it found, where another helper
// takes the place of one.

/// Adds a line for each inline credential that Docker takes because the helper it asks `fails`: an
/// empty name, or none where the config will have no `credsStore`.
void keep_inline(HelperChanges& lines, const Config& config, bool has_creds_store,
                 const std::function<bool(const std::string& helper)>& fails);

/// The names by which Docker may find something in `helper`: of the config's registries, and of
/// what it has `listed`.
std::vector<std::string> names_asked_for(const Config& config, const std::string& helper,
                                         const std::optional<std::vector<std::string>>& listed);

}  // namespace pullsecret
