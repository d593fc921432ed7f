#include "credential/token.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/chrono.h>
#include <nlohmann/json.hpp>

#include "credential/base64.h"
#include "system/text.h"

namespace pullsecret {
namespace {

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [text](std::string_view prefix) { return text.starts_with(prefix); });
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

// The kind that a token's prefix tells, which its issuer gave it for scanners of leaks.
CredentialKind kind_by_prefix(std::string_view secret) {
  if (starts_with_any(secret, {"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"}))
    return CredentialKind::github_token;
  if (starts_with_any(secret, {"glpat-", "gldt-", "glcbt-", "glptt-"}))
    return CredentialKind::gitlab_token;
  if (starts_with_any(secret, {"dckr_pat_", "dckr_oat_"})) return CredentialKind::docker_hub_token;
  if (secret.starts_with("ya29.")) return CredentialKind::google_token;
  return CredentialKind::password;
}

// The time that the member `name` of a JSON object gives in seconds since 1970.
std::optional<Time> time_in(std::string_view json, const std::string& name) {
  constexpr std::int64_t year_10000 = 253'402'300'800;
  const auto object = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object() || !object.contains(name) || !object[name].is_number())
    return std::nullopt;
  const auto seconds = object[name].get<double>();  // RFC 7519 allows a fraction
  if (!(seconds >= 0 && seconds < year_10000)) return std::nullopt;
  return Time(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

std::optional<Time> jwt_expiry(std::string_view token) {
  const std::vector<std::string> parts = split(token, '.');
  if (parts.size() != 3) return std::nullopt;
  const auto claims = decode_unpadded_url_base64(parts[1]);
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
  const CredentialKind kind = kind_by_username(username);
  return kind == CredentialKind::password ? kind_by_prefix(password) : kind;
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
  for (const std::string& token :
       {credential.password, credential.identity_token, credential.registry_token})
    if (const auto expiry = jwt_expiry(token)) return expiry;
  return std::nullopt;
}

std::string in_words(Time time) {
  return fmt::format("{:%Y-%m-%dT%H:%MZ}", fmt::gmtime(time));
}

}  // namespace pullsecret
