#pragma once

#include <vector>

#include "registry/http.h"
#include "registry/registry_access.h"

namespace pullsecret {

/// Makes all requests side by side, and what their responses redirect to, five times at most. The
/// replies are in the order of the requests.
///
/// A redirect to another origin loses the credential and the client's certificate; from https to
/// http, or from a public address to one of a local network, it is a failure. What was posted is
/// not posted again: its redirect is the reply.
std::vector<HttpReply> follow_redirects(std::vector<HttpRequest> requests,
                                        const HttpExchange& exchange, const RegistryAccess& access);

}  // namespace pullsecret
