#pragma once

#include <vector>

#include "registry/http.h"
#include "registry/registry_access.h"

namespace pullsecret {

/// Makes all requests side by side, and what their responses redirect to, five times at most. The
/// replies are in the order of the requests.
///
/// What is for the origin that was asked goes to nobody else: a redirect to one that does not speak
/// for it (speaks_for()) loses the credential and the client's certificate, and the response says
/// that it is from elsewhere; but for whom it is said (is_trust_of_all), as with containerd and its
/// hosts.toml, the client's certificate is not lost. One that leads back has them again, as with
/// containerd and go-containerregistry. From https to http, or from a public address to one of a
/// local network, a redirect is a failure. What was posted is not posted again: its redirect is the
/// reply.
std::vector<HttpReply> follow_redirects(std::vector<HttpRequest> requests,
                                        const HttpExchange& exchange, const RegistryAccess& access);

}  // namespace pullsecret
