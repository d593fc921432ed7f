#pragma once

#include <string_view>

namespace pullsecret {

/// What brings docker-credential-HELPER where it is not on PATH, as a hint. It says so where
/// nothing brings it to this system.
std::string_view way_to_have(std::string_view helper);

/// Whether that is more than what holds for any program.
bool is_known_helper(std::string_view helper);

/// A helper of another system, or Docker Desktop's: it can't be installed by itself.
struct ForeignHelper {
  std::string_view name;
  std::string_view origin = {};  ///< why it is not here, where there is
  std::string_view way = {};     ///< no way by which it comes back
  bool is_of_desktop = false;    ///< Docker Desktop's
};

/// nullptr: it is none of them.
const ForeignHelper* find_foreign_helper(std::string_view helper);

}  // namespace pullsecret
