#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "system/error.h"

namespace pullsecret {

/// Why the API server takes no object with this `metadata` (apimachinery, ValidateObjectMeta), an
/// Error without a place; nothing where it takes it, and where a template is to be filled in.
std::optional<Error> metadata_fault(const nlohmann::json& metadata);

/// The same of a Secret's `data` or `stringData`, by its keys.
std::optional<Error> data_key_fault(const nlohmann::json& data);

/// The text of a member such as `namespace`, also where it is meant to be one: `5`. Empty where
/// there is none.
std::string loose_text(const nlohmann::json& object, const char* name);

/// "an object", "a string", "a number".
std::string_view type_in_words(const nlohmann::json& value);

}  // namespace pullsecret
