#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pullsecret {

// Base64 by libsodium, in constant time: how long it takes says nothing of the bytes.

/// Standard base64 with padding (RFC 4648, section 4).
std::string encode_base64(std::string_view bytes);

/// Reads standard base64 with padding as Go does: CR and LF do not count, nor do the bits of the
/// last character that belong to no byte. Nothing if it is anything else.
std::optional<std::string> decode_base64(std::string_view text);

/// Base64 with `-` and `_`, fit for URLs and file names (RFC 4648, section 5), with padding.
std::string encode_url_base64(std::string_view bytes);

/// Reads the same; nothing if it is anything else.
std::optional<std::string> decode_url_base64(std::string_view text);

/// Reads the same without padding, as JSON Web Tokens have it (RFC 7515, section 2).
std::optional<std::string> decode_unpadded_url_base64(std::string_view text);

}  // namespace pullsecret
