#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "credential/credential.h"

namespace pullsecret {

/// Reads what `get` answers, `{"ServerURL":…,"Username":…,"Secret":…}`: field names in any letter
/// case, ServerURL not needed, other fields ignored. Username `<token>` makes the secret an
/// identity token. Throws Error, without a place and without any part of `answer`, if it is not one
/// JSON object, or username or secret is absent, empty or not a string.
Credential parse_get_answer(std::string_view answer);

/// Reads what `list` answers, `{SERVER_URL: USERNAME}`: the server URLs, sorted. Display labels as
/// in docker-credential-secretservice 0.9 (`Registry credentials for URL`) give their URL. Throws
/// like parse_get_answer().
std::vector<std::string> parse_list_answer(std::string_view answer);

/// The credential as `get` answers it for `server_url`: one line of JSON with its line break.
std::string format_get_answer(std::string_view server_url, const Credential& credential);

}  // namespace pullsecret
