#pragma once

#include <vector>

#include "credential/credential.h"
#include "credential/remark.h"

namespace pullsecret {

/// What echo, an editor or the clipboard leaves at the ends of a username or password, and Docker
/// and the kubelet send as it is: `password-ends-in-line-break`, `password-has-outer-space`,
/// `username-has-outer-space`. They have no hint: what mends it depends on where the credential is.
/// Around Google's JSON key white space does not count.
std::vector<Remark> remarks_on_white_space(const Credential& credential);

}  // namespace pullsecret
