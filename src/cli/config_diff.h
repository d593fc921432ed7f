#pragma once

#include <string>

#include "credential/json_syntax.h"

namespace pullsecret {

/// The change of a config file from `before` to `after` as a unified diff, as `diff -u` prints it.
/// Strings that might be secret stand as `…`: the values of all settings but `credsStore` and
/// `credHelpers`. Empty if nothing that is shown differs. Both texts are JSON; throws Error if not.
std::string config_diff(const JsonText& before, const JsonText& after);

}  // namespace pullsecret
