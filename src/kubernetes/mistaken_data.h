#pragma once

#include <optional>
#include <string>

namespace pullsecret {

// What people put where a pull secret's data belongs, and what to do about it.

struct MistakenData {
  std::string what;  ///< in words that follow "it is": "JSON in a JSON string"; may be empty
  std::string hint;
};

/// What `text` is, which the kubelet takes for no pull data; nothing if that does not show.
std::optional<MistakenData> mistaken_data(const std::string& text);

/// What a value of `data` is, which is not base64.
MistakenData mistaken_base64(const std::string& value);

/// What has the pull data in one of its members, as stores of secrets give it out:
/// `{"value": "{\"auths\": …}"}`; nothing if `text` is nothing like it.
std::optional<MistakenData> wrapped_data(const std::string& text);

}  // namespace pullsecret
