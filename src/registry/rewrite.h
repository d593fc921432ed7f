#pragma once

#include <string>

namespace pullsecret {

/// `text` with what the regular expression `pattern` matches replaced, as Go's
/// Regexp.ReplaceAllString does: `$1`, `${1}`, `$name` and `$$` count in `replacement`.
///
/// By PCRE2, whose matches are Go's but for what Go does not know: look-around, back references,
/// possessive and atomic groups. Throws Error for a pattern that has them, that is none, that is
/// longer than 1 KiB, or that takes too long.
std::string replace_all(const std::string& pattern, const std::string& replacement,
                        const std::string& text);

}  // namespace pullsecret
