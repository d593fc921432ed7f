#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pullsecret {

// Several accounts at one registry. A store keeps each under a server URL of its own, beside the
// one that Docker asks for, under which the account in use is: `https://alice@ghcr.io`. So every
// other program finds what it would find without them.

struct Account {
  std::string server_url;  ///< docker_server_url() of its registry
  std::string username;
};

/// The server URL of the account `username` at the registry of `key`. Nothing where there can be
/// none: for a path of a host, a token of Docker Hub's web login, an account's own server URL, and
/// where there is no username (`<token>`, empty).
std::optional<std::string> account_url(std::string_view key, std::string_view username);

/// What account_url() made `server_url` of; nothing if it did not.
std::optional<Account> parse_account_url(std::string_view server_url);

/// Whether a store keeps `server_url` beside its registries: an account's, or a token of Docker
/// Hub's web login (is_docker_hub_token()).
bool is_beside_registries(std::string_view server_url);

}  // namespace pullsecret
