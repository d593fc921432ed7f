#include "credential/json.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

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
  const std::string json = json_string(text);
  std::string result;
  result.reserve(json.size());
  for (std::string_view rest = json; !rest.empty();) {
    const auto* const escape =
        std::find_if(escapes.begin(), escapes.end(),
                     [&](const auto& candidate) { return rest.starts_with(candidate.first); });
    const bool is_escaped = escape != escapes.end();
    result += is_escaped ? escape->second : rest.substr(0, 1);
    rest.remove_prefix(is_escaped ? escape->first.size() : 1);
  }
  return result;
}

}  // namespace pullsecret
