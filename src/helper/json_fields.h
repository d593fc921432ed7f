#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace pullsecret {

/// The string in `object`'s field `name`, found in any letter case as Go's JSON decoder finds it,
/// the last of several; nothing if there is none, or it is null. Throws Error, without the value,
/// if it is no string.
std::optional<std::string> string_field(const nlohmann::ordered_json& object,
                                        std::string_view name);

}  // namespace pullsecret
