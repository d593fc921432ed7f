#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credential/credential.h"

namespace pullsecret {

/// Reads what `get` answers, `{"ServerURL":…,"Username":…,"Secret":…}`: field names in any letter
/// case, ServerURL not needed, other fields ignored. Username `<token>` makes the secret an
/// identity token. Nothing if both are there and empty: docker-credential-pass 0.6 answers so when
/// it has no entry. Throws Error, without a place and without any part of `answer`, if it is not
/// one JSON object, or username or secret is absent, empty or not a string.
std::optional<Credential> parse_get_answer(std::string_view answer);

/// Reads what `list` answers, `{SERVER_URL: USERNAME}`: the server URLs, sorted. Display labels as
/// in docker-credential-secretservice 0.9 (`Registry credentials for URL`) give their URL. Throws
/// like parse_get_answer().
std::vector<std::string> parse_list_answer(std::string_view answer);

/// Username and secret of `credential` as the protocol has them: an identity token counts before a
/// password, as in Docker, and has the username `<token>`.
struct UsernameAndSecret {
  std::string username;
  std::string secret;
};
UsernameAndSecret username_and_secret(const Credential& credential);

/// The credential as `get` answers it for `server_url`: one line of JSON with its line break.
std::string format_get_answer(std::string_view server_url, const Credential& credential);

}  // namespace pullsecret
