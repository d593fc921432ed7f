// Feeds the reader of the kubelet's config of credential providers, and what merges a provider into
// one: it returns or throws Error, no message has a control character, and what is merged holds
// that provider and all others, and does not change when it is merged again.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "fuzz/require.h"
#include "kubernetes/match_images.h"
#include "kubernetes/provider_config.h"
#include "kubernetes/provider_config_writer.h"
#include "system/error.h"

using namespace pullsecret;

namespace {

void check(const ProviderConfig& config) {
  static const Image image = parse_image("registry.example.com:5000/team/app");
  require(!config.providers.empty());
  for (const CredentialProvider& provider : config.providers) {
    require(!provider.name.empty() && provider.name.find('/') == std::string::npos);
    require(!provider.match_images.empty());
    require(provider.default_cache_duration >= std::chrono::nanoseconds(0));
    if (const auto& token = provider.token)
      require(!token->audience.empty() && provider.api_version == newest_provider_api &&
              (token->requires_service_account || token->required_annotations.empty()));
    for (const std::string& pattern : provider.match_images) {
      require(is_match_pattern(pattern));
      if (asks_for(pattern, image)) continue;
      const NotAsked why = why_not_asked(pattern, image);
      require(!why.reason.empty() && (!why.mend || asks_for(*why.mend, image)));
    }
  }
}

bool is_same(const CredentialProvider& a, const CredentialProvider& b) {
  return a.name == b.name && a.match_images == b.match_images &&
         a.default_cache_duration == b.default_cache_duration && a.api_version == b.api_version &&
         a.args == b.args && a.env == b.env && a.token == b.token;
}

CredentialProvider own(bool has_token) {
  CredentialProvider provider{.name = "pullsecret",
                              .match_images = {"docker.io", "*.example.com:5000"},
                              .default_cache_duration = std::chrono::minutes(10),
                              .api_version = std::string(newest_provider_api),
                              .args = {"credential-provider"}};
  if (has_token) provider.token = {.audience = "reg", .required_annotations = {"a.example/b"}};
  return provider;
}

void check_merged(const JsonText& source, ProviderFormat format, const CredentialProvider& own) {
  const ProviderComments comments{.head = {}, .provider = {"linked"}};
  const std::string merged = merged_provider_config(source, own, comments, format).text;
  const auto providers = read_provider_config({"merged", merged}).providers;
  require(std::any_of(providers.begin(), providers.end(),
                      [&](const auto& provider) { return is_same(provider, own); }));
  require(merged_provider_config({"merged", merged}, own, comments, format).text == merged);
  try {
    for (const CredentialProvider& before : read_provider_config(source).providers)
      require(before.name == own.name ||
              std::any_of(providers.begin(), providers.end(),
                          [&](const auto& provider) { return is_same(provider, before); }));
  } catch (const Error&) {  // it had no providers yet
    require(providers.size() == 1);
  }
}

}  // namespace

// libFuzzer prescribes the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const JsonText source{"config", std::string(reinterpret_cast<const char*>(data), size)};
  try {
    check(read_provider_config(source));
  } catch (const Error& error) {
    require(is_printable(error.what()) && is_printable(error.hint()));
  }
  for (const auto& [format, has_token] : {std::pair{ProviderFormat::yaml, false},
                                          {ProviderFormat::json, false},
                                          {ProviderFormat::yaml, true}})
    try {
      check_merged(source, format, own(has_token));
    } catch (const Error& error) {
      require(is_printable(error.what()) && is_printable(error.hint()));
      require(error.place().find("merged") == std::string::npos);
    }
  return 0;
}
