#include "kubernetes/object_faults.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "credential/unfilled_template.h"
#include "kubernetes/name_rules.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using Tree = nlohmann::json;

template <typename Check>
void check_if_filled(std::string_view text, const Check& check) {
  if (find_template_mark_in_name(text) == nullptr) check(text);
}

// A text that may be absent.
void check_text(const Tree& object, const char* name, void (*check)(std::string_view)) {
  const auto value = object.find(name);
  if (value == object.end() || value->is_null()) return;
  const auto place = [&] { return fmt::format("metadata.{}", name); };
  if (!value->is_string())
    throw Error("", fmt::format("{} must be a string, and is {}", place(), type_in_words(*value)),
                value->is_primitive() ? "write it in quotes" : "");
  const auto& text = value->get_ref<const std::string&>();
  if (!text.empty()) check_if_filled(text, check);
}

void check_texts(const Tree& object, const char* name, void (*check_key)(std::string_view),
                 void (*check_value)(std::string_view)) {
  const auto values = object.find(name);
  if (values == object.end() || values->is_null()) return;
  if (!values->is_object())
    throw Error(
        "", fmt::format("metadata.{} must be an object, and is {}", name, type_in_words(*values)));
  for (const auto& [key, value] : values->items()) {
    check_if_filled(key, check_key);
    if (!value.is_string() && !value.is_null())
      throw Error("",
                  fmt::format("{} in metadata.{} must be a string, and is {}", printable(key, 100),
                              name, type_in_words(value)),
                  value.is_primitive() ? "write it in quotes" : "");
    if (check_value != nullptr && value.is_string())
      check_if_filled(value.get_ref<const std::string&>(), check_value);
  }
}

// IsConfigMapKey.
bool is_data_key(std::string_view key) {
  constexpr std::size_t longest = 253;
  return !key.empty() && key.size() <= longest && key != "." && !key.starts_with("..") &&
         std::all_of(key.begin(), key.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("-._").find(c) != std::string_view::npos;
         });
}

}  // namespace

std::optional<Error> metadata_fault(const Tree& metadata) try {
  if (!metadata.is_object()) return std::nullopt;
  check_text(metadata, "name", check_object_name);
  check_text(metadata, "namespace", check_namespace);
  check_texts(metadata, "labels", check_label_key, check_label_value);
  check_texts(metadata, "annotations", check_annotation_key, nullptr);
  return std::nullopt;
} catch (const Error& fault) {
  return fault;
}

std::optional<Error> data_key_fault(const Tree& data) {
  if (!data.is_object()) return std::nullopt;
  for (const auto& [key, value] : data.items())
    if (!is_data_key(key))
      return Error("", fmt::format("\"{}\" is no data key: at most 253 of A-Z, a-z, 0-9, '-', '_' "
                                   "and '.', and no \"..\" first",
                                   printable(key, 100)));
  return std::nullopt;
}

std::string loose_text(const Tree& object, const char* name) {
  if (!object.is_object()) return {};
  const auto value = object.find(name);
  if (value == object.end() || value->is_null()) return {};
  return value->is_string() ? value->get<std::string>() : value->dump();
}

std::string_view type_in_words(const Tree& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  if (value.is_boolean()) return "true or false";
  return value.is_number() ? "a number" : "a string";
}

}  // namespace pullsecret
