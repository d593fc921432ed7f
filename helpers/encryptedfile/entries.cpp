#include "helpers/encryptedfile/entries.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "system/error.h"

namespace pullsecret {
namespace {

using nlohmann::json;

bool has_text(const json& object, const char* name) {
  const auto field = object.find(name);
  return field != object.end() && field->is_string();
}

bool is_entry(const json& value) {
  return value.is_object() && value.size() == 2 && has_text(value, "Username") &&
         has_text(value, "Secret");
}

}  // namespace

std::string format_entries(const Entries& entries) {
  json object = json::object();
  for (const auto& [server_url, credential] : entries)
    object[server_url] = {{"Username", credential.username}, {"Secret", credential.secret}};
  return object.dump();
}

Entries parse_entries(std::string_view content) {
  const json object = json::parse(content, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object() || !std::all_of(object.begin(), object.end(), is_entry))
    throw Error("", "what it holds are not credentials",
                "another program, or a newer one, wrote it with the same key");
  Entries entries;
  for (const auto& [server_url, entry] : object.items())
    entries[server_url] = {.username = entry["Username"], .secret = entry["Secret"]};
  return entries;
}

}  // namespace pullsecret
