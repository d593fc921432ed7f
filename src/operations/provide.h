#pragma once

#include <optional>
#include <string>

#include "credential/expiry.h"
#include "helper/client.h"
#include "kubernetes/provider_request.h"
#include "kubernetes/provider_response.h"
#include "operations/notices.h"

namespace pullsecret {

/// The answer to the kubelet that asks for an image: the credentials that convert would take for it
/// from the config that is `named`, else from the one that counts, those of `account` if that is
/// not empty; none where there is no config or nothing in it. Throws Error if a credential that is
/// there cannot be had. The notices say where that account has no login.
WithNotices<ProviderResponse> provide(const ProviderRequest& request,
                                      const std::optional<std::string>& named,
                                      const std::string& account, HelperClient& helpers, Time now);

}  // namespace pullsecret
