#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pullsecret {

/// `text` as a part of a URL, or of a form, with all but letters, digits and -._~ as %XX (RFC 3986,
/// section 2).
std::string percent_encoded(std::string_view text);

/// The same read back; nothing where a % has no two hexadecimal digits behind it.
std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace pullsecret
