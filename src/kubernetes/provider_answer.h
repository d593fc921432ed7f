#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "credential/credential.h"
#include "credential/expiry.h"
#include "kubernetes/provider_request.h"
#include "kubernetes/provider_response.h"

namespace pullsecret {

/// How long the kubelet keeps what ends then: nine tenths of the time that is left, at most 12
/// hours; not at all if it has ended before `now`.
std::chrono::seconds time_to_keep(Time end, Time now);

/// The answer to `request`: of `credentials`, by registry key, those that the kubelet offers for
/// the image. `known_keys` are all that there may be credentials for, in any spelling.
///
/// The kubelet may use the answer for the whole registry, unless one of `known_keys` is about a
/// part of it: what serves this image need not be all that serves the next one. It keeps the answer
/// for the time_to_keep() of the credential that ends first, and as its config says where none says
/// when it ends.
ProviderResponse provider_answer(const ProviderRequest& request,
                                 const std::map<std::string, Credential>& credentials,
                                 const std::vector<std::string>& known_keys, Time now);

}  // namespace pullsecret
