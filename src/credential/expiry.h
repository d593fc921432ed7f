#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "credential/credential.h"

namespace pullsecret {

using Time = std::chrono::sys_seconds;

inline Time current_time() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

/// When the credential ends, if it says so itself: a JSON Web Token's `exp` (RFC 7519, section
/// 4.1.4), the `expiration` of an ECR password. No signature is looked at, and no claims beyond
/// 64 KiB.
std::optional<Time> expiry_of(const Credential& credential);

/// The time for people, to the minute: `2026-11-21T14:05Z`.
std::string in_words(Time time);

/// The time for programs: `2026-11-21T14:05:07Z` (RFC 3339, UTC).
std::string rfc3339(Time time);

/// What is left until `end`, as people say it: "11 h left", "expired 3 days ago". Rounded down, and
/// in the largest unit of which there are two at least.
std::string time_left_in_words(Time end, Time now);

}  // namespace pullsecret
