#include "credential/white_space_remarks.h"

#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::string_view json_key_username = "_json_key";

bool has_outer_space(std::string_view text) {
  return trim(text) != text;
}

}  // namespace

std::vector<Remark> remarks_on_white_space(const Credential& credential) {
  using enum Severity;
  const auto& [username, password, email, identity_token, registry_token] = credential;
  std::vector<Remark> remarks;
  if (has_outer_space(username))
    remarks.push_back({"username-has-outer-space", problem,
                       "the username begins or ends in white space, which is sent with it", ""});
  if (username == json_key_username) return remarks;
  if (password.ends_with('\n') || password.ends_with('\r'))
    remarks.push_back({"password-ends-in-line-break", problem,
                       "the password ends in a line break, as echo makes it, which is sent with it",
                       ""});
  else if (has_outer_space(password))
    remarks.push_back({"password-has-outer-space", warning,
                       "the password begins or ends in white space, which is sent with it", ""});
  return remarks;
}

}  // namespace pullsecret
