#include "credential/json.h"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace pullsecret {

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string go_json_string(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> escapes{
      {{"<", "\\u003c"},
       {">", "\\u003e"},
       {"&", "\\u0026"},
       {"\u2028", "\\u2028"},
       {"\u2029", "\\u2029"}}};
  std::string json = json_string(text);
  for (const auto& [character, escape] : escapes)
    for (std::size_t at = json.find(character); at != std::string::npos;
         at = json.find(character, at + escape.size()))
      json.replace(at, character.size(), escape);
  return json;
}

}  // namespace pullsecret
