#include "credential/expiry.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>

#include <fmt/chrono.h>
#include <nlohmann/json.hpp>

#include "credential/base64.h"
#include "credential/issuers.h"

namespace pullsecret {
namespace {

// The time that the member `name` of a JSON object gives in seconds since 1970.
std::optional<Time> time_in(std::string_view json, const std::string& name) {
  constexpr std::int64_t year_10000 = 253'402'300'800;
  constexpr std::size_t max_claims_size = 64UL * 1024;
  if (json.size() > max_claims_size) return std::nullopt;
  const auto object = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object() || !object.contains(name) || !object[name].is_number())
    return std::nullopt;
  const auto seconds = object[name].get<double>();  // RFC 7519 allows a fraction
  if (!(seconds >= 0 && seconds < year_10000)) return std::nullopt;
  return Time(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

// "90 min" and not "1 h": a unit of which there is only one would say too little.
std::string span_in_words(std::chrono::seconds span) {
  const std::int64_t seconds = span.count();
  const auto in = [&](std::int64_t unit, std::string_view name) {
    return fmt::format("{} {}", seconds / unit, name);
  };
  constexpr std::int64_t minute = 60, hour = 60 * minute, day = 24 * hour;
  if (seconds < 2 * minute) return in(1, "s");
  if (seconds < 2 * hour) return in(minute, "min");
  if (seconds < 2 * day) return in(hour, "h");
  return in(day, "days");
}

std::optional<Time> jwt_expiry(std::string_view token) {
  if (std::count(token.begin(), token.end(), '.') != 2) return std::nullopt;
  const std::size_t start = token.find('.') + 1;
  const auto claims = decode_unpadded_url_base64(token.substr(start, token.rfind('.') - start));
  return claims ? time_in(*claims, "exp") : std::nullopt;
}

// Amazon ECR's has {"payload","datakey","version","type","expiration"}.
std::optional<Time> expiration_in(std::string_view password) {
  const auto envelope = decode_base64(password);
  return envelope ? time_in(*envelope, "expiration") : std::nullopt;
}

// The system's clock counts nanoseconds, which end in 2262.
std::tm calendar(Time time) {
  return fmt::gmtime(std::time_t{time.time_since_epoch().count()});
}

}  // namespace

std::optional<Time> expiry_of(const Credential& credential) {
  if (credential_kind(credential).tells_expiration)
    if (const auto expiry = expiration_in(credential.password)) return expiry;
  for (const std::string_view token :
       {std::string_view(credential.password), std::string_view(credential.identity_token),
        std::string_view(credential.registry_token)})
    if (const auto expiry = jwt_expiry(token)) return expiry;
  return std::nullopt;
}

std::string in_words(Time time) {
  return fmt::format("{:%Y-%m-%dT%H:%MZ}", calendar(time));
}

std::string rfc3339(Time time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", calendar(time));
}

std::string time_left_in_words(Time end, Time now) {
  if (end <= now) return fmt::format("expired {} ago", span_in_words(now - end));
  return span_in_words(end - now) + " left";
}

}  // namespace pullsecret
