#include "credential/jwt.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>

#include <nlohmann/json.hpp>

#include "credential/base64.h"
#include "credential/go_json_reader.h"

namespace pullsecret {
namespace {

std::string text_in(const nlohmann::json& claims, const char* name) {
  const auto claim = claims.find(name);
  return claim != claims.end() && claim->is_string() ? claim->get<std::string>() : "";
}

// One as text, or several in an array.
std::vector<std::string> audiences_in(const nlohmann::json& claims) {
  const auto claim = claims.find("aud");
  if (claim == claims.end()) return {};
  if (claim->is_string()) return {claim->get<std::string>()};
  std::vector<std::string> audiences;
  if (claim->is_array())
    for (const auto& one : *claim)
      if (one.is_string()) audiences.push_back(one.get<std::string>());
  return audiences;
}

bool are_texts(const nlohmann::json& claim) {
  return claim.is_string() ||
         (claim.is_array() &&
          std::all_of(claim.begin(), claim.end(), [](const auto& one) { return one.is_string(); }));
}

std::optional<Time> end_in(const nlohmann::json& claims) {
  const auto claim = claims.find("exp");
  if (claim == claims.end() || !claim->is_number()) return std::nullopt;
  return time_of_seconds(claim->get<double>());  // RFC 7519 allows a fraction
}

bool is_of_web_token(char c) {
  return c == '.' || c == '-' || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}

// The claims, and which of the names that count are there more than once. Some readers take the
// first, some the last, and Go's one in any letter case.
struct ParsedClaims {
  nlohmann::json claims;
  std::string repeated = {};
};

ParsedClaims parse_claims(const std::string& text) {
  std::map<std::string_view, int> times;
  const auto count = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& name) {
    if (depth != 1 || event != nlohmann::json::parse_event_t::key) return true;
    for (const char* counted : {"aud", "exp"})
      if (is_field(name.get_ref<const std::string&>(), counted)) ++times[counted];
    return true;
  };
  ParsedClaims parsed{nlohmann::json::parse(text, count, /*allow_exceptions=*/false)};
  for (const auto& [name, often] : times)
    if (often > 1) parsed.repeated = name;
  return parsed;
}

std::string fault_in(std::string_view token, const ParsedClaims& parsed) {
  if (!std::all_of(token.begin(), token.end(), is_of_web_token))
    return "it has a character that no JSON Web Token has";
  if (!parsed.repeated.empty()) return "it says more than once what its " + parsed.repeated + " is";
  const nlohmann::json& claims = parsed.claims;
  if (claims.contains("exp") && !end_in(claims)) return "it says no end that can be read";
  if (claims.contains("aud") && !are_texts(claims["aud"]))
    return "it says no audience that can be read";
  return "";
}

}  // namespace

std::optional<JwtClaims> jwt_claims(std::string_view token) {
  constexpr std::size_t max_claims_size = 64UL * 1024;
  if (std::count(token.begin(), token.end(), '.') != 2) return std::nullopt;
  const std::size_t start = token.find('.') + 1;
  const auto text = decode_unpadded_url_base64(token.substr(start, token.rfind('.') - start));
  if (!text || text->size() > max_claims_size) return std::nullopt;
  const ParsedClaims parsed = parse_claims(*text);
  const nlohmann::json& claims = parsed.claims;
  if (!claims.is_object()) return std::nullopt;
  return JwtClaims{.issuer = text_in(claims, "iss"),
                   .subject = text_in(claims, "sub"),
                   .audiences = audiences_in(claims),
                   .end = end_in(claims),
                   .fault = fault_in(token, parsed)};
}

std::optional<Time> time_of_seconds(double seconds) {
  constexpr std::int64_t year_10000 = 253'402'300'800;
  if (!(seconds >= 0 && seconds < year_10000)) return std::nullopt;
  return Time(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

}  // namespace pullsecret
