#include "doctor/token_helpers.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <regex>

namespace pullsecret {
namespace {

struct TokenHelper {
  std::string_view name;  ///< one that ends in a hyphen is the start of several
  std::string_view issuer;
  const char* hosts;  ///< a regular expression
};

constexpr const char* ecr_hosts =
    R"((\d{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9][a-z0-9_-]*\.()"
    R"(amazonaws\.(com(\.cn)?|eu)|on\.(aws|amazonwebservices\.com\.cn)|)"
    R"(sc2s\.sgov\.gov|c2s\.ic\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov))"
    R"(|public\.ecr\.aws|ecr-public\.aws\.com))";
constexpr const char* google_hosts = R"(([a-z0-9-]+\.)?gcr\.io|([a-z0-9-]+-)?docker\.pkg\.dev)";
constexpr const char* azure_hosts = R"([a-z0-9.-]+\.azurecr\.(io|cn|us|de))";

constexpr std::array token_helpers{
    TokenHelper{"ecr-login", "Amazon ECR", ecr_hosts},
    TokenHelper{"gcloud", "Google's registries", google_hosts},
    TokenHelper{"gcr", "Google's registries", google_hosts},
    TokenHelper{"acr-", "Azure's registries", azure_hosts},
};

const TokenHelper* find_token_helper(const std::string& helper) {
  const auto* const found =
      std::find_if(token_helpers.begin(), token_helpers.end(), [&](const TokenHelper& known) {
        return helper == known.name ||
               (known.name.ends_with('-') && helper.starts_with(known.name));
      });
  return found == token_helpers.end() ? nullptr : found;
}

}  // namespace

std::string_view token_issuer(const std::string& helper) {
  const TokenHelper* known = find_token_helper(helper);
  return known == nullptr ? "" : known->issuer;
}

bool mints_tokens_for(const std::string& helper, const std::string& host) {
  constexpr std::size_t longest_host = 253;
  const TokenHelper* known = find_token_helper(helper);
  return known != nullptr && host.size() <= longest_host &&
         std::regex_match(host, std::regex(known->hosts, std::regex::icase));
}

}  // namespace pullsecret
