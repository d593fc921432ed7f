// Feeds the readers of what the kubelet and its credential providers say: they return or throw
// Error, and what was read is written so that it is read back the same.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "credential/jwt.h"
#include "fuzz/require.h"
#include "kubernetes/keyring.h"
#include "kubernetes/provider_request.h"
#include "kubernetes/provider_response.h"
#include "operations/provide_token.h"
#include "system/error.h"

namespace {

using namespace pullsecret;

constexpr const char* api_version = "credentialprovider.kubelet.k8s.io/v1";

void check_request(const std::string& text) {
  const ProviderRequest request = read_provider_request({"input", text});
  const ProviderRequest again = read_provider_request({"", format_provider_request(request)});
  require(again.api_version == request.api_version);
  require(again.image.repository == request.image.repository);
  require(again.service_account_token == request.service_account_token);
  require(again.service_account_annotations == request.service_account_annotations);
}

// With a Pod's token: it is the password of one key, which serves the image, or nothing is
// answered.
void check_token(const std::string& text) {
  const ProviderRequest request = read_provider_request({"input", text});
  const TokenUse use{.username = "oidc",
                     .patterns = {"ghcr.io/acme", "*.example.com"},
                     .audience = "reg",
                     .username_annotation = "acme.example/robot"};
  if (!pattern_for(use, request.image)) return;
  const ProviderResponse response = provide_token(request, use, {}, {}, Time()).value;
  require(response.auth.size() == 1);
  const auto& [key, login] = *response.auth.begin();
  require(serves_image(key, request.image) && login.password == request.service_account_token);
  require(is_printable(login.username) && login.username.find(':') == std::string::npos);
  require(jwt_claims(login.password)->audiences == std::vector<std::string>{"reg"});
}

bool is_same_auth(const ProviderResponse& a, const ProviderResponse& b) {
  return std::equal(a.auth.begin(), a.auth.end(), b.auth.begin(), b.auth.end(),
                    [](const auto& one, const auto& other) {
                      return one.first == other.first && is_same_login(one.second, other.second);
                    });
}

void check_response(const std::string& text) {
  const ProviderResponse response = read_provider_response(text, api_version);
  const ProviderResponse again =
      read_provider_response(format_provider_response(response), api_version);
  require(again.unknown_fields.empty() && is_same_auth(again, response));
  require(again.cache_key_type == response.cache_key_type);
  require(again.cache_duration == response.cache_duration);
  for (const std::string& field : response.unknown_fields)
    require(is_printable(field));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const auto check : {check_request, check_token, check_response})
    try {
      check(text);
    } catch (const Error& error) {
      require(std::string_view(error.what()).find('\n') == std::string_view::npos);
    }
  return 0;
}
