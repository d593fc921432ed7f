#pragma once

#include <cstddef>
#include <string_view>

namespace pullsecret {

// The words of the docker-credential-helper protocol
// (github.com/docker/docker-credential-helpers, credentials/ and client/).

/// A helper named NAME is the program `docker-credential-NAME`.
inline constexpr std::string_view helper_program_prefix = "docker-credential-";

/// What a helper prints, on standard output, when it has no entry. Callers compare it exactly.
inline constexpr std::string_view credentials_not_found =
    "credentials not found in native keychain";

/// What a helper prints for a request without a server URL, or without a username. Callers compare
/// these exactly, too.
inline constexpr std::string_view no_server_url = "no credentials server URL";
inline constexpr std::string_view no_username = "no credentials username";

/// The most bytes of one message, in either direction.
inline constexpr std::size_t max_message = 1024UL * 1024;

}  // namespace pullsecret
