#include "helper/json_fields.h"

#include <nlohmann/json.hpp>

#include "system/error.h"
#include "system/text.h"

namespace pullsecret {

std::optional<std::string> string_field(const nlohmann::ordered_json& object,
                                        std::string_view name) {
  std::optional<std::string> value;
  for (const auto& [key, field] : object.items()) {
    if (!equal_ignoring_case(key, name) || field.is_null()) continue;
    if (!field.is_string()) throw Error("", std::string(name) + " is not a string");
    value = field.get<std::string>();
  }
  return value;
}

}  // namespace pullsecret
