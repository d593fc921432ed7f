#include "credential/login_remarks.h"

#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "credential/base64.h"
#include "credential/json_syntax.h"
#include "credential/unfilled_template.h"
#include "credential/white_space_remarks.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using enum Severity;

constexpr auto key_hint = "the password is the key's file, as it is";

bool is_json_object(std::string_view text) {
  return trim(text).starts_with('{') && !find_json_fault({"", std::string(text)});
}

bool is_encoded_json(std::string_view text) {
  const auto decoded = decode_base64(trim(text));
  return decoded && is_json_object(*decoded);
}

std::optional<Remark> remark_on_key(const Credential& credential) {
  const auto& [username, password, email, identity_token, registry_token] = credential;
  if (username == "_json_key") {
    if (is_json_object(password)) return std::nullopt;
    if (is_encoded_json(password))
      return Remark{"json-key-encoded", problem,
                    "the password of _json_key is base64 of the key, where the key itself belongs",
                    "take the username _json_key_base64, or the key itself"};
    return Remark{"json-key-broken", problem,
                  trim(password).starts_with('{')
                      ? "the key is no JSON: its line breaks or quotes were changed on the way"
                      : "the password of _json_key is no service account's key",
                  key_hint};
  }
  if (username != "_json_key_base64" || is_encoded_json(password)) return std::nullopt;
  if (is_json_object(password))
    return Remark{"json-key-plain", problem,
                  "the password of _json_key_base64 is the key itself, where base64 of it belongs",
                  "take the username _json_key"};
  return Remark{"json-key-broken", problem,
                "the password of _json_key_base64 is no base64 of a service account's key",
                "the password is base64 of the key's file, in one line"};
}

// A key in JSON has lines.
bool is_wrapped(std::string_view password) {
  return trim(password).find_first_of("\r\n") != std::string_view::npos &&
         !trim(password).starts_with('{');
}

void add_template(std::string_view what, std::string_view text, std::vector<Remark>& remarks) {
  if (const TemplateMark* mark = find_template_mark(text))
    remarks.push_back({"unfilled-template", mark->may_be_meant ? warning : problem,
                       in_words(what, *mark), std::string(mark->way.secrets)});
}

}  // namespace

std::vector<Remark> remarks_on_login(const Credential& credential) {
  const auto& [username, password, email, identity_token, registry_token] = credential;
  std::vector<Remark> remarks = remarks_on_white_space(credential);
  // Which a store's answer has where its secret is an identity token.
  if (username != "<token>") add_template("the username", username, remarks);
  add_template("the password", password, remarks);
  for (const auto& [what, text] : {std::pair("username", &username), {"password", &password}})
    if (text->ends_with('\0'))
      remarks.push_back({"trailing-nul", problem,
                         fmt::format("the {} ends in a NUL, which the kubelet sends", what), ""});
  if (password.empty()) return remarks;
  if (auto remark = remark_on_key(credential)) remarks.push_back(*std::move(remark));
  if (is_wrapped(password))
    remarks.push_back({"password-has-line-break", warning,
                       "the password has several lines, and is sent with its line breaks",
                       "make it one line; base64 -w 0 does not wrap what it prints"});
  return remarks;
}

}  // namespace pullsecret
