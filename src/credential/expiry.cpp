#include "credential/expiry.h"

#include <cstddef>
#include <cstdint>
#include <ctime>

#include <fmt/chrono.h>
#include <nlohmann/json.hpp>

#include "credential/base64.h"
#include "credential/issuers.h"
#include "credential/jwt.h"

namespace pullsecret {
namespace {

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

// Amazon ECR's has {"payload","datakey","version","type","expiration"}.
std::optional<Time> expiration_in(std::string_view password) {
  constexpr std::size_t max_envelope_size = 64UL * 1024;
  const auto text = decode_base64(password);
  if (!text || text->size() > max_envelope_size) return std::nullopt;
  const auto envelope = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!envelope.is_object() || !envelope.contains("expiration")) return std::nullopt;
  const auto& seconds = envelope["expiration"];
  return seconds.is_number() ? time_of_seconds(seconds.get<double>()) : std::nullopt;
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
    if (const auto claims = jwt_claims(token); claims && claims->end) return claims->end;
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
