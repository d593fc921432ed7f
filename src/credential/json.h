#pragma once

#include <string>
#include <string_view>

namespace pullsecret {

/// `text` as a JSON string, with its quotes. Bytes that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

/// The same, with `<`, `>`, `&`, U+2028 and U+2029 as \uNNNN, which is how Go's encoding/json
/// writes strings, and so docker, kubectl and the credential helpers.
std::string go_json_string(std::string_view text);

}  // namespace pullsecret
