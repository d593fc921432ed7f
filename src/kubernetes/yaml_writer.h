#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace pullsecret {

/// `tree` as one YAML document in block style, in its order, with a line break at its end. A string
/// goes without quotes only where YAML of every version reads it as that string and as nothing
/// else.
std::string format_yaml(const nlohmann::ordered_json& tree);

}  // namespace pullsecret
