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

void add(StoreList& list, std::string_view listed) {
  constexpr std::string_view display_label = "Registry credentials for ";
  const bool is_label = listed.starts_with(display_label);
  if (is_label) listed.remove_prefix(display_label.size());
  list.has_labels |= is_label;
  list.hides_entries |= listed.empty();
  if (!listed.empty()) list.server_urls.emplace_back(listed);
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

StoreList parse_list_answer(std::string_view answer) {
  const GoJsonReader reader = read_json_message(answer, answer_name);
  StoreList list;
  for (const JsonMember& member : members_of(reader.value()))
    add(list, member.name);
  std::sort(list.server_urls.begin(), list.server_urls.end());
  return list;
}

std::map<std::string, std::string> parse_usernames(std::string_view answer) {
  const GoJsonReader reader = read_json_message(answer, answer_name);
  std::map<std::string, std::string> usernames;
  for (const JsonMember& member : members_of(reader.value())) {
    StoreList one;
    add(one, member.name);
    for (const std::string& server_url : one.server_urls)
      usernames[server_url] =
          kind_of(member.value) == JsonKind::string ? decode_string(member.value) : std::string();
  }
  return usernames;
}

StoredCredential stored_credential(const Credential& credential) {
  if (credential.identity_token.empty()) return {credential.username, credential.password};
  return {std::string(token_username), credential.identity_token};
}

bool is_password_of_token_user(const Credential& credential) {
  return credential.identity_token.empty() && credential.username == token_username;
}

}  // namespace pullsecret
