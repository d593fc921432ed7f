#include "helper/json_message.h"

#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "credential/go_json_writer.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::array credential_fields{GoField{"ServerURL", &go_string},
                                       GoField{"Username", &go_string},
                                       GoField{"Secret", &go_string}};

}  // namespace

GoJsonReader read_json_message(std::string_view json, std::string_view name,
                               std::string_view hint) {
  JsonText text{.file = {}, .text = std::string(json)};
  if (find_json_fault(text) || first_value(text).empty())
    throw Error("", fmt::format("{} is not JSON", name), std::string(hint));
  if (kind_of(first_value(text)) != JsonKind::object)
    throw Error("", fmt::format("{} is not a JSON object", name), std::string(hint));
  return {std::move(text), TextBehind::ignored};
}

CredentialFields read_credential_fields(std::string_view json, std::string_view name,
                                        std::string_view hint) {
  const GoJsonReader reader = read_json_message(json, name, hint);
  const std::vector<JsonMember> members = members_of(reader.value());
  reader.check_fields(members, credential_fields);
  return {.server_url = string_field(members, "ServerURL"),
          .username = string_field(members, "Username"),
          .secret = string_field(members, "Secret"),
          .is_utf8 = is_utf8(reader.value())};
}

std::string format_credential_message(std::string_view server_url,
                                      const StoredCredential& credential) {
  JsonObjectWriter message;
  message.add_string("ServerURL", server_url);
  message.add_string("Username", credential.username);
  message.add_string("Secret", credential.secret);
  return message.text() + '\n';
}

}  // namespace pullsecret
