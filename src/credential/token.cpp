#include "credential/token.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include <fmt/chrono.h>
#include <nlohmann/json.hpp>

#include "credential/base64.h"

namespace pullsecret {
namespace {

// What the issuers of tokens begin them with, for scanners of leaks.
struct TokenPrefix {
  std::string_view text;
  CredentialKind kind;
};

constexpr std::array token_prefixes{
    TokenPrefix{"ghp_", CredentialKind::github_token},
    TokenPrefix{"gho_", CredentialKind::github_token},
    TokenPrefix{"ghu_", CredentialKind::github_token},
    TokenPrefix{"ghs_", CredentialKind::github_token},
    TokenPrefix{"ghr_", CredentialKind::github_token},
    TokenPrefix{"github_pat_", CredentialKind::github_token},
    TokenPrefix{"glpat-", CredentialKind::gitlab_token},
    TokenPrefix{"gldt-", CredentialKind::gitlab_token},
    TokenPrefix{"glcbt-", CredentialKind::gitlab_token},
    TokenPrefix{"glptt-", CredentialKind::gitlab_token},
    TokenPrefix{"dckr_pat_", CredentialKind::docker_hub_token},
    TokenPrefix{"dckr_oat_", CredentialKind::docker_hub_token},
    TokenPrefix{"ya29.", CredentialKind::google_token},
};

// The prefix of `text` with its kind; without one a password.
TokenPrefix prefix_of(std::string_view text) {
  for (const TokenPrefix& prefix : token_prefixes)
    if (text.starts_with(prefix.text)) return prefix;
  return {"", CredentialKind::password};
}

// The kind that the username alone tells.
CredentialKind kind_by_username(std::string_view username) {
  if (username == "_json_key" || username == "_json_key_base64")
    return CredentialKind::service_account_key;
  if (username == "AWS") return CredentialKind::ecr_token;
  if (username == "00000000-0000-0000-0000-000000000000") return CredentialKind::acr_token;
  if (username == "oauth2accesstoken" || username.starts_with("_dcgcr_"))
    return CredentialKind::google_token;
  if (username == "gitlab-ci-token" || username.starts_with("gitlab+deploy-token-"))
    return CredentialKind::gitlab_token;
  return CredentialKind::password;
}

// The time that the member `name` of a JSON object gives in seconds since 1970.
std::optional<Time> time_in(std::string_view json, const std::string& name) {
  constexpr std::int64_t year_10000 = 253'402'300'800;
  constexpr std::size_t max_claims_size = 64UL * 1024;
  if (json.size() > max_claims_size) return std::nullopt;
  const auto object = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object() || !object.contains(name) || !object[name].is_number())
    return std::nullopt;
  const auto seconds = object[name].get<double>();  // RFC 7519 allows a fraction
  if (!(seconds >= 0 && seconds < year_10000)) return std::nullopt;
  return Time(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

// "90 min" and not "1 h": a unit of which there is only one would say too little.
std::string span_in_words(std::chrono::seconds span) {
  const std::int64_t seconds = span.count();
  const auto in = [&](std::int64_t unit, std::string_view name) {
    return fmt::format("{} {}", seconds / unit, name);
  };
  constexpr std::int64_t minute = 60, hour = 60 * minute, day = 24 * hour;
  if (seconds < 2 * minute) return in(1, "s");
  if (seconds < 2 * hour) return in(minute, "min");
  if (seconds < 2 * day) return in(hour, "h");
  return in(day, "days");
}

std::optional<Time> jwt_expiry(std::string_view token) {
  if (std::count(token.begin(), token.end(), '.') != 2) return std::nullopt;
  const std::size_t start = token.find('.') + 1;
  const auto claims = decode_unpadded_url_base64(token.substr(start, token.rfind('.') - start));
  return claims ? time_in(*claims, "exp") : std::nullopt;
}

// An ECR password is base64 of JSON: {"payload","datakey","version","type","expiration"}.
std::optional<Time> ecr_expiry(std::string_view password) {
  const auto envelope = decode_base64(password);
  return envelope ? time_in(*envelope, "expiration") : std::nullopt;
}

}  // namespace

CredentialKind credential_kind(const Credential& credential) {
  const auto& [username, password, email, identity_token, registry_token] = credential;
  if (password.empty()) {
    if (!identity_token.empty()) return CredentialKind::identity_token;
    if (!registry_token.empty()) return CredentialKind::registry_token;
    if (username.empty()) return CredentialKind::none;
  }
  for (const CredentialKind kind :
       {kind_by_username(username), prefix_of(password).kind, prefix_of(username).kind})
    if (kind != CredentialKind::password) return kind;
  return CredentialKind::password;
}

std::string_view token_prefix(std::string_view text) {
  return prefix_of(text).text;
}

std::string_view in_words(CredentialKind kind) {
  switch (kind) {
    case CredentialKind::none:
      return "none";
    case CredentialKind::password:
      return "password";
    case CredentialKind::identity_token:
      return "identity token";
    case CredentialKind::registry_token:
      return "registry token";
    case CredentialKind::service_account_key:
      return "service account key";
    case CredentialKind::docker_hub_token:
      return "Docker Hub token";
    case CredentialKind::github_token:
      return "GitHub token";
    case CredentialKind::gitlab_token:
      return "GitLab token";
    case CredentialKind::ecr_token:
      return "ECR token";
    case CredentialKind::acr_token:
      return "ACR token";
    case CredentialKind::google_token:
      return "Google token";
  }
  return {};
}

std::optional<Time> expiry_of(const Credential& credential) {
  if (credential_kind(credential) == CredentialKind::ecr_token)
    if (const auto expiry = ecr_expiry(credential.password)) return expiry;
  for (const std::string_view token :
       {std::string_view(credential.password), std::string_view(credential.identity_token),
        std::string_view(credential.registry_token)})
    if (const auto expiry = jwt_expiry(token)) return expiry;
  return std::nullopt;
}

std::string in_words(Time time) {
  return fmt::format("{:%Y-%m-%dT%H:%MZ}", fmt::gmtime(time));
}

std::string rfc3339(Time time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(time));
}

std::string time_left_in_words(Time end, Time now) {
  if (end <= now) return fmt::format("expired {} ago", span_in_words(now - end));
  return span_in_words(end - now) + " left";
}

}  // namespace pullsecret
