#include "credential/account.h"

#include <fmt/format.h>

#include "credential/credential.h"
#include "credential/percent_encoding.h"
#include "credential/registry.h"

namespace pullsecret {

std::optional<std::string> account_url(std::string_view key, std::string_view username) {
  if (username.empty() || username == token_username || has_login(key) || is_about_path(key) ||
      is_docker_hub_token(key))
    return std::nullopt;
  const std::string server_url = docker_server_url(key);
  const KeyParts parts = split_key(server_url);
  return fmt::format("https://{}@{}{}", percent_encoded(username), parts.authority, parts.path);
}

std::optional<Account> parse_account_url(std::string_view server_url) {
  const KeyParts parts = split_key(server_url);
  if (parts.scheme != "https://" || parts.login.empty()) return std::nullopt;
  const auto username = percent_decoded(parts.login.substr(0, parts.login.size() - 1));
  if (!username) return std::nullopt;
  Account account{docker_server_url(std::string(parts.authority).append(parts.path)), *username};
  const bool is_its_url = account_url(account.server_url, account.username) == server_url;
  return is_its_url ? std::optional(std::move(account)) : std::nullopt;
}

bool is_beside_registries(std::string_view server_url) {
  return is_docker_hub_token(server_url) || parse_account_url(server_url);
}

}  // namespace pullsecret
