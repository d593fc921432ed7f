#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credential/credential.h"
#include "helper/store.h"

namespace pullsecret {

/// Reads what `get` answers (json_message.h): ServerURL is not needed. Username `<token>` makes the
/// secret an identity token. Nothing if both are there and empty: docker-credential-pass 0.6
/// answers so when it has no entry. Throws Error, without a place and without any part of `answer`,
/// if it is no JSON object, username or secret is absent or empty, or a field is no string.
std::optional<Credential> parse_get_answer(std::string_view answer);

/// What a store says that it has.
struct StoreList {
  std::vector<std::string> server_urls;  ///< sorted
  bool has_labels = false;     ///< display labels (`Registry credentials for URL`) gave the URLs
  bool hides_entries = false;  ///< there are entries without a server URL
};

/// Reads what `list` answers, `{SERVER_URL: USERNAME}`. docker-credential-secretservice 0.9 answers
/// labels, and any release of it entries without a server URL where the keyring is locked. Throws
/// like parse_get_answer().
StoreList parse_list_answer(std::string_view answer);

/// Reads the same, with the usernames: server URL → username, which may be empty.
std::map<std::string, std::string> parse_usernames(std::string_view answer);

/// `credential` as the protocol has it: an identity token counts before a password, as in Docker,
/// and has the username `<token>`.
StoredCredential stored_credential(const Credential& credential);

/// Whether the protocol would make an identity token of its password: the username is `<token>`.
bool is_password_of_token_user(const Credential& credential);

}  // namespace pullsecret
