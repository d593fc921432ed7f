#pragma once

#include <functional>
#include <string_view>

#include "cli/messages.h"
#include "registry/http.h"

namespace pullsecret {

/// What asks over HTTP: that of `streams`, else libcurl, which calls `meanwhile` about ten times a
/// second. There are two of it: pullsecret-check has libcurl (run_check.cpp); pullsecret becomes
/// that program (become_check.cpp), called as it was itself, and so has to have read nothing yet.
/// Throws Error if it cannot be had; `who`, such as "check asks the registries", is whose it is.
HttpExchange network_for(const Streams& streams, const HttpLimits& limits, std::string_view who,
                         const std::function<void()>& meanwhile);

}  // namespace pullsecret
