#pragma once

#include <optional>
#include <string>
#include <vector>

#include "credential/json_syntax.h"
#include "kubernetes/provider_config.h"

namespace pullsecret {

enum class ProviderFormat { yaml, json };

/// What is said in the YAML, as comments: lines without `#`; JSON has none.
struct ProviderComments {
  std::vector<std::string> head;      ///< at the top of a new config
  std::vector<std::string> provider;  ///< below the provider's name
};

/// A config of one provider.
std::string new_provider_config(const CredentialProvider& provider,
                                const ProviderComments& comments, ProviderFormat format);

/// A config that took in another provider.
struct MergedConfig {
  std::string text;
  bool keeps_text = false;  ///< all others are as they were, byte for byte
  std::optional<CredentialProvider> replaced = std::nullopt;  ///< the one of its name, if there was
};

/// The config in `source` with `provider` in the place of the one of its name, else at the end. All
/// others are kept: byte for byte, with comments and order, where `source` has them as YAML in
/// block style and `format` is that; else value for value. Doing it again changes nothing. Throws
/// Error as read_provider_config() does, for `source`, which may have no providers yet, and for
/// what comes of it: an older version has no `tokenAttributes`.
MergedConfig merged_provider_config(const JsonText& source, const CredentialProvider& provider,
                                    const ProviderComments& comments, ProviderFormat format);

}  // namespace pullsecret
