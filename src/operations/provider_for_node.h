#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "docker/config.h"
#include "helper/client.h"
#include "kubernetes/provider_config.h"
#include "operations/notices.h"

namespace pullsecret {

/// The name of pullsecret's provider, where no other is wanted.
inline constexpr std::string_view usual_provider_name = "pullsecret";

/// Whether `provider` is pullsecret, under any name, as its arguments say.
bool runs_pullsecret(const CredentialProvider& provider);

/// The provider by which a node's kubelet asks pullsecret for what `config` has, which is
/// in `file`, an absolute name: for the images of the registries that it names, of those that the
/// store of `credsStore` lists, and of `patterns`; with the variables by which its helpers find
/// here what they know. The notices are about keys and patterns that no image matches, and a store
/// that does not list. It has no pattern if none is left: no_registry_error().
WithNotices<CredentialProvider> provider_for_node(const std::filesystem::path& file,
                                                  const Config& config,
                                                  const std::vector<std::string>& patterns,
                                                  HelperClient& helpers);

/// Makes of `provider` one that hands `token` on for the images of `patterns` alone, as the options
/// of pullsecret in `arguments` say besides.
void hand_on_token(CredentialProvider& provider, TokenAttributes token,
                   const std::vector<std::string>& patterns,
                   const std::vector<std::string>& arguments);

/// Such a provider, which needs no Docker config.
CredentialProvider provider_of_token(TokenAttributes token,
                                     const std::vector<std::string>& patterns,
                                     const std::vector<std::string>& arguments);

/// There is no image that `config` would serve.
Error no_registry_error(const Config& config);

}  // namespace pullsecret
