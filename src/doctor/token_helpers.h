#pragma once

#include <string>
#include <string_view>

namespace pullsecret {

// Helpers that mint a token for the registries of one cloud when they are asked, and keep nothing.

/// Whose registries `helper` mints tokens for, as messages say it: "Amazon ECR"; empty if it is
/// none that is known.
std::string_view token_issuer(const std::string& helper);

/// Whether the registry `host` is one of those. ECR's names are those that its helper takes
/// (awslabs/amazon-ecr-credential-helper, ecr-login/api/client.go: ecrPattern).
bool mints_tokens_for(const std::string& helper, const std::string& host);

}  // namespace pullsecret
