#include "registry/registry_kind.h"

#include "catch.h"
#include "support.h"

using namespace pullsecret;
using Catch::Contains;

TEST_CASE("a registry's kind is its host's, else that of its challenge") {
  const auto [host, service, kind] = GENERATE(table<std::string, std::string, RegistryKind>({
      {"docker.io", "registry.docker.io", RegistryKind::docker_hub},
      {"registry-1.docker.io", "", RegistryKind::docker_hub},
      {"ghcr.io", "ghcr.io", RegistryKind::github},
      {"GHCR.io:443", "", RegistryKind::github},
      {"quay.io", "", RegistryKind::quay},
      {"123456789012.dkr.ecr.eu-central-1.amazonaws.com", "", RegistryKind::ecr},
      {"123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", "", RegistryKind::ecr},
      {"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "", RegistryKind::ecr},
      {"123456789012.dkr-ecr.eu-central-1.on.aws", "", RegistryKind::ecr},
      {"public.ecr.aws", "", RegistryKind::ecr},
      {"us-docker.pkg.dev", "", RegistryKind::google},
      {"eu.gcr.io", "", RegistryKind::google},
      {"gcr.io", "", RegistryKind::google},
      {"acme.azurecr.io", "", RegistryKind::azure},
      {"registry.gitlab.com", "container_registry", RegistryKind::gitlab},
      {"registry.example:5050", "container_registry", RegistryKind::gitlab},
      {"harbor.example", "harbor-registry", RegistryKind::harbor},
      {"registry.example", "token-service", RegistryKind::other},
      {"evilghcr.io", "", RegistryKind::other},
      {"ghcr.io.evil", "", RegistryKind::other},
      {"x.dkr.ecrevil.y.z", "", RegistryKind::other},
      {"dkr.ecr", "", RegistryKind::other},
      {"", "", RegistryKind::other},
  }));
  CAPTURE(host, service);
  CHECK(registry_kind(host, service) == kind);
}

TEST_CASE("each kind has its own way to log in") {
  const auto [kind, host, command] = GENERATE(table<RegistryKind, std::string, std::string>({
      {RegistryKind::docker_hub, "docker.io", "`docker login`"},
      {RegistryKind::github, "ghcr.io", "`docker login ghcr.io`"},
      {RegistryKind::gitlab, "registry.example:5050", "`docker login registry.example:5050`"},
      {RegistryKind::quay, "quay.io", "`docker login quay.io`"},
      {RegistryKind::harbor, "harbor.example", "`docker login harbor.example`"},
      {RegistryKind::ecr, "1.dkr.ecr.eu-central-1.amazonaws.com",
       "`aws ecr get-login-password --region eu-central-1 | docker login -u AWS --password-stdin "
       "1.dkr.ecr.eu-central-1.amazonaws.com`"},
      {RegistryKind::ecr, "1.dkr-ecr.eu-west-1.on.aws", "--region eu-west-1 |"},
      {RegistryKind::ecr, "public.ecr.aws",
       "`aws ecr-public get-login-password --region us-east-1 | docker login -u AWS "
       "--password-stdin public.ecr.aws`"},
      {RegistryKind::google, "us-docker.pkg.dev",
       "`docker login -u _json_key --password-stdin us-docker.pkg.dev <key.json`"},
      {RegistryKind::azure, "acme.azurecr.io", "`docker login acme.azurecr.io`"},
      {RegistryKind::other, "registry.example", "`docker login registry.example`"},
  }));
  CAPTURE(host);
  CHECK_THAT(login_hint(kind, host), Catch::StartsWith(command) || Contains(command));
  CHECK_THAT(login_hint(kind, host), Contains("`pullsecret convert`"));
  CHECK_THAT(credential_hint(kind, host), Contains(command));
  CHECK_THAT(credential_hint(kind, host), Contains("`pullsecret convert --registry " + host + "`"));
}

TEST_CASE("what a command takes of a host stands as a shell needs it") {
  const std::string host = "a;b.dkr.ecr.$(x).amazonaws.com";
  CHECK_THAT(login_hint(RegistryKind::ecr, host), Contains("--region '$(x)'"));
  CHECK_THAT(login_hint(RegistryKind::google, host), Contains("'" + host + "' <key.json"));
  CHECK_THAT(credential_hint(RegistryKind::other, host), Contains("--registry '" + host + "'"));
}
