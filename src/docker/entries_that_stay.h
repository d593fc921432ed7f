#pragma once

#include <map>
#include <string>

#include "docker/config.h"
#include "system/error.h"

namespace pullsecret {

/// Whether anybody looks for a login under `key`.
bool is_name_of_login(const std::string& key);

/// Said of one under which nobody does.
Error no_name_of_login();

/// The entries whose credential no store can take, and why, by key: a store keeps one for a host,
/// and Docker takes another of its entries for that, or any of several.
std::map<std::string, Error> entries_that_stay(const Config& config);

}  // namespace pullsecret
