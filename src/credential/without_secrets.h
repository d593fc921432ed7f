#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pullsecret {

/// What stands where something was left out.
inline constexpr std::string_view omission = "…";

/// `text` with `…` for what occurs of `secrets` in it: as they are, percent-encoded, or in base64
/// of any text that has them, in any letter case and over several lines; of each a part of 12
/// characters or more, of a JSON Web Token each of its three; and at the end of a text that was
/// cut, which ends with `…`, the beginning of one.
std::string without_secrets(std::string_view text, const std::vector<std::string>& secrets);

}  // namespace pullsecret
