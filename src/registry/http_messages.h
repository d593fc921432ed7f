#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "registry/http.h"

namespace pullsecret {

// What pullsecret and its HTTP program say to each other: a line of JSON for each request and
// reply, which a number that the asker chooses belongs together. Replies come as they are ready.
// Secrets go through the pipe alone.

/// The most bytes of such a line: a body of which every byte is escaped, and its headers.
inline constexpr std::size_t max_http_message = 4UL * 1024 * 1024;

/// Lines without their line break. What is not UTF-8 in a reply becomes U+FFFD.
std::string format_http_request(std::size_t number, const HttpRequest& request);
std::string format_http_reply(std::size_t number, const HttpReply& reply);

/// Read them. Throw Error, without a place and without any part of `line`, for what is none.
std::pair<std::size_t, HttpRequest> parse_http_request(std::string_view line);
std::pair<std::size_t, HttpReply> parse_http_reply(std::string_view line);

}  // namespace pullsecret
