#include "credential/jwt.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <nlohmann/json.hpp>

#include "credential/base64.h"

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

std::optional<Time> end_in(const nlohmann::json& claims) {
  const auto claim = claims.find("exp");
  if (claim == claims.end() || !claim->is_number()) return std::nullopt;
  return time_of_seconds(claim->get<double>());  // RFC 7519 allows a fraction
}

}  // namespace

std::optional<JwtClaims> jwt_claims(std::string_view token) {
  constexpr std::size_t max_claims_size = 64UL * 1024;
  if (std::count(token.begin(), token.end(), '.') != 2) return std::nullopt;
  const std::size_t start = token.find('.') + 1;
  const auto text = decode_unpadded_url_base64(token.substr(start, token.rfind('.') - start));
  if (!text || text->size() > max_claims_size) return std::nullopt;
  const auto claims = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!claims.is_object()) return std::nullopt;
  return JwtClaims{.issuer = text_in(claims, "iss"),
                   .subject = text_in(claims, "sub"),
                   .audiences = audiences_in(claims),
                   .end = end_in(claims)};
}

std::optional<Time> time_of_seconds(double seconds) {
  constexpr std::int64_t year_10000 = 253'402'300'800;
  if (!(seconds >= 0 && seconds < year_10000)) return std::nullopt;
  return Time(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

}  // namespace pullsecret
