#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "helper/server.h"
#include "helpers/route/route_store.h"

namespace pullsecret {

/// What --help prints.
extern const std::string_view route_help;

/// The store by the rules that are there, in this process's working folder, which says on standard
/// error what fails nothing. Throws Error as load_rules() and refuse_loop() do.
std::unique_ptr<RouteStore> open_route();

/// `init`, `accounts`, `use`, `explain` and `forget`.
std::vector<OwnAction> route_actions();

}  // namespace pullsecret
