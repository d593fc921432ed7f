#pragma once

#include <set>
#include <string>

namespace pullsecret {

/// The names of the credential helpers that are on PATH and may be run.
std::set<std::string> helpers_on_path();

}  // namespace pullsecret
