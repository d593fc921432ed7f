#include "helper/answer.h"

#include <algorithm>
#include <utility>

#include "helper/json_message.h"
#include "helper/protocol.h"
#include "system/error.h"

namespace pullsecret {
namespace {

constexpr std::string_view answer_name = "its answer";

std::string required(std::optional<std::string> field, std::string_view name) {
  if (!field || field->empty())
    throw Error("", std::string(answer_name).append(" has no ").append(name));
  return *std::move(field);
}

std::string server_url_of(std::string_view listed) {
  constexpr std::string_view display_label = "Registry credentials for ";
  if (listed.starts_with(display_label)) listed.remove_prefix(display_label.size());
  return std::string(listed);
}

}  // namespace

std::optional<Credential> parse_get_answer(std::string_view answer) {
  CredentialFields fields = read_credential_fields(answer, answer_name);
  if (fields.username == "" && fields.secret == "") return std::nullopt;
  std::string username = required(std::move(fields.username), "Username");
  std::string secret = required(std::move(fields.secret), "Secret");
  if (username == token_username) return Credential{.identity_token = std::move(secret)};
  return Credential{.username = std::move(username), .password = std::move(secret)};
}

std::vector<std::string> parse_list_answer(std::string_view answer) {
  const GoJsonReader reader = read_json_message(answer, answer_name);
  std::vector<std::string> server_urls;
  for (const JsonMember& member : members_of(reader.value()))
    if (!member.name.empty()) server_urls.push_back(server_url_of(member.name));
  std::sort(server_urls.begin(), server_urls.end());
  return server_urls;
}

StoredCredential stored_credential(const Credential& credential) {
  if (credential.identity_token.empty()) return {credential.username, credential.password};
  return {std::string(token_username), credential.identity_token};
}

}  // namespace pullsecret
