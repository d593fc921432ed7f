#include "helper/answer.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "credential/json.h"
#include "helper/json_fields.h"
#include "helper/protocol.h"
#include "system/error.h"

namespace pullsecret {
namespace {

using nlohmann::ordered_json;

ordered_json parse_object(std::string_view answer) {
  ordered_json json = ordered_json::parse(answer, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) throw Error("", "its answer is not JSON");
  if (!json.is_object()) throw Error("", "its answer is not a JSON object");
  return json;
}

std::string required_field(const ordered_json& object, std::string_view name) {
  const auto value = string_field(object, name);
  if (!value || value->empty()) throw Error("", "its answer has no " + std::string(name));
  return *value;
}

std::string server_url_of(std::string_view listed) {
  constexpr std::string_view display_label = "Registry credentials for ";
  if (listed.starts_with(display_label)) listed.remove_prefix(display_label.size());
  return std::string(listed);
}

}  // namespace

std::optional<Credential> parse_get_answer(std::string_view answer) {
  const ordered_json object = parse_object(answer);
  if (string_field(object, "Username") == "" && string_field(object, "Secret") == "")
    return std::nullopt;
  Credential credential;
  credential.username = required_field(object, "Username");
  std::string secret = required_field(object, "Secret");
  if (credential.username == token_username) return Credential{.identity_token = std::move(secret)};
  credential.password = std::move(secret);
  return credential;
}

std::vector<std::string> parse_list_answer(std::string_view answer) {
  std::vector<std::string> server_urls;
  const ordered_json object = parse_object(answer);
  for (const auto& [listed, username] : object.items())
    if (!listed.empty()) server_urls.push_back(server_url_of(listed));
  std::sort(server_urls.begin(), server_urls.end());
  return server_urls;
}

UsernameAndSecret username_and_secret(const Credential& credential) {
  if (credential.identity_token.empty()) return {credential.username, credential.password};
  return {std::string(token_username), credential.identity_token};
}

std::string format_get_answer(std::string_view server_url, const Credential& credential) {
  const auto [username, secret] = username_and_secret(credential);
  return "{\"ServerURL\":" + go_json_string(server_url) +
         ",\"Username\":" + go_json_string(username) + ",\"Secret\":" + go_json_string(secret) +
         "}\n";
}

}  // namespace pullsecret
