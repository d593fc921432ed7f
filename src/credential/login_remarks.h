#pragma once

#include <vector>

#include "credential/credential.h"
#include "credential/remark.h"

namespace pullsecret {

/// What is wrong with a username or password by its looks, whoever takes it: what
/// remarks_on_white_space() says; `unfilled-template`; `trailing-nul`; a password of several lines,
/// `password-has-line-break`; and of Google's service accounts a key in the form of the other
/// username, `json-key-encoded` and `json-key-plain`, or in none, `json-key-broken`.
std::vector<Remark> remarks_on_login(const Credential& credential);

}  // namespace pullsecret
