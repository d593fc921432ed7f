#include "registry/registry_kind.h"

#include <cstddef>

#include <fmt/format.h>

#include "credential/registry.h"
#include "system/text.h"

namespace pullsecret {
namespace {

bool is_in(std::string_view host, std::string_view domain) {
  return host == domain || (host.size() > domain.size() && host.ends_with(domain) &&
                            host[host.size() - domain.size() - 1] == '.');
}

bool is_public_ecr(std::string_view host) {
  return host == "public.ecr.aws";
}

// The region is the label behind the one of the service: `123456789012.dkr.ecr.eu-central-1.`
// `amazonaws.com`, `….dkr.ecr-fips.us-east-1.amazonaws.com`, `….dkr-ecr.eu-central-1.on.aws`.
// Amazon's public registry is in one alone. Empty for other hosts.
std::string region_of(std::string_view host) {
  if (is_public_ecr(host)) return "us-east-1";
  const auto labels = split(host, '.');
  for (std::size_t i = 1; i + 2 < labels.size(); ++i) {
    const bool is_service =
        labels[i] == "dkr-ecr" || labels[i] == "dkr-ecr-fips" ||
        (labels[i - 1] == "dkr" && (labels[i] == "ecr" || labels[i] == "ecr-fips"));
    if (is_service) return labels[i + 1];
  }
  return "";
}

std::string name_of(std::string_view host) {
  return lower_case(host.substr(0, host.find(':')));
}

std::string ecr_login(std::string_view host) {
  return fmt::format(
      "aws {} get-login-password --region {} | docker login -u AWS --password-stdin {}",
      is_public_ecr(name_of(host)) ? "ecr-public" : "ecr", shell_word(region_of(name_of(host))),
      shell_operand(host));
}

// How to log in there, to follow from a shell.
std::string way_to_log_in(RegistryKind kind, std::string_view host) {
  const std::string login = login_command(host);
  switch (kind) {
    case RegistryKind::docker_hub:
      return fmt::format("`{}`, with a personal access token as the password", login);
    case RegistryKind::github:
      return fmt::format("`{}`, with a classic token that has read:packages as the password",
                         login);
    case RegistryKind::gitlab:
      return fmt::format("`{}`, as a deploy token that has read_registry", login);
    case RegistryKind::quay:
      return fmt::format("`{}`, as a robot account, whose name is ORGANISATION+ROBOT", login);
    case RegistryKind::harbor:
      return fmt::format("`{}`, as a robot account that has not expired", login);
    case RegistryKind::ecr:
      return fmt::format("`{}`, which lasts 12 hours", ecr_login(host));
    case RegistryKind::google:
      return fmt::format(
          "`docker login -u _json_key --password-stdin {} <key.json`, with a service account's "
          "key, "
          "since an access token lasts an hour",
          shell_operand(host));
    case RegistryKind::azure:
      return fmt::format(
          "`{}`, as a token or service principal of the registry, since what `az acr login` gives "
          "lasts 3 hours",
          login);
    case RegistryKind::other:
      return fmt::format("`{}`", login);
  }
  return {};
}

}  // namespace

RegistryKind registry_kind(std::string_view host, std::string_view service) {
  const std::string name = name_of(host);
  if (is_docker_hub_host(name)) return RegistryKind::docker_hub;
  if (is_in(name, "ghcr.io")) return RegistryKind::github;
  if (is_in(name, "quay.io")) return RegistryKind::quay;
  if (!region_of(name).empty()) return RegistryKind::ecr;
  if (is_in(name, "pkg.dev") || is_in(name, "gcr.io")) return RegistryKind::google;
  if (is_in(name, "azurecr.io") || is_in(name, "azurecr.cn") || is_in(name, "azurecr.us"))
    return RegistryKind::azure;
  if (service == "container_registry") return RegistryKind::gitlab;
  if (service == "harbor-registry") return RegistryKind::harbor;
  return RegistryKind::other;
}

std::string login_hint(RegistryKind kind, std::string_view host) {
  return way_to_log_in(kind, host) + "; then make the Secret again: `pullsecret convert`";
}

std::string access_hint(RegistryKind kind) {
  switch (kind) {
    case RegistryKind::docker_hub:
      return "add the user to the repository's collaborators or team; the token needs Read access";
    case RegistryKind::github:
      return "the token needs read:packages, its owner access to the package, and where the "
             "organisation demands it SSO";
    case RegistryKind::gitlab:
      return "the token needs read_registry, for this project or its group";
    case RegistryKind::quay:
      return "give the robot account Read permission on the repository";
    case RegistryKind::harbor:
      return "give the robot account pull permission for the project; one that has expired can "
             "still log in, and is refused just so";
    case RegistryKind::ecr:
      return "the role needs ecr:BatchGetImage and ecr:GetDownloadUrlForLayer, in the repository's "
             "policy, too, if it is another account's";
    case RegistryKind::google:
      return "give the account the role roles/artifactregistry.reader";
    case RegistryKind::azure:
      return "give the identity the role AcrPull, or the token a scope map with content/read";
    case RegistryKind::other:
      return "give the user leave to pull from the repository";
  }
  return {};
}

std::string credential_hint(RegistryKind kind, std::string_view host) {
  return fmt::format("{}; then `pullsecret convert --registry {}`", way_to_log_in(kind, host),
                     shell_word(host));
}

}  // namespace pullsecret
