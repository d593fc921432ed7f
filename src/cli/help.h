#pragma once

#include <string_view>

namespace pullsecret {

// What --help prints: each text reads like a manual, and says the same as man/pullsecret.1.
extern const std::string_view general_help;
extern const std::string_view check_help;
extern const std::string_view convert_help;
extern const std::string_view create_help;
extern const std::string_view get_help;
extern const std::string_view migrate_help;
extern const std::string_view inspect_help;
extern const std::string_view doctor_help;

}  // namespace pullsecret
