#pragma once

#include <string_view>

namespace pullsecret {

/// What brings docker-credential-HELPER where it is not on PATH, as a hint. It says so where
/// nothing brings it to this system.
std::string_view way_to_have(std::string_view helper);

/// Whether that is more than what holds for any program.
bool is_known_helper(std::string_view helper);

/// Whether it is another system's, or Docker Desktop's, and can't be installed by itself.
bool is_of_another_system(std::string_view helper);

}  // namespace pullsecret
