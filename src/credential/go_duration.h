#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace pullsecret {

// Spans of time as Go's `time.Duration` has them in text, which Kubernetes and kubectl take over:
// whole nanoseconds, 292 years at most.

/// The span that `text` says, as Go's time.ParseDuration reads it: `2h`, `1h30m`, `1.5h`, `300ms`,
/// `-5s`, `0`. The units are ns, us (µs), ms, s, m and h; Go knows no days, and takes no number
/// without a unit but 0. Nothing if `text` says none, or one that is too long.
std::optional<std::chrono::nanoseconds> parse_go_duration(std::string_view text);

/// The same with days, `2d`, as people write it.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// `duration` as Go's Duration.String writes it: `1h30m0s`, `1.5s`, `300ms`, `0s`.
std::string go_duration(std::chrono::nanoseconds duration);

/// The same as people write it, without zeros at its end: `1h30m`, `12h`, `0s`.
std::string short_go_duration(std::chrono::nanoseconds duration);

}  // namespace pullsecret
