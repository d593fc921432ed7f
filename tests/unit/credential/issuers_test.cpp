#include "credential/issuers.h"

#include "catch.h"
#include "support.h"

using namespace pullsecret;
using Catch::Contains;

TEST_CASE("a registry's issuer is that of its host, else that of its challenge") {
  const auto [host, service, name] = GENERATE(table<std::string, std::string, const char*>({
      {"docker.io", "registry.docker.io", "Docker Hub"},
      {"registry-1.docker.io", "", "Docker Hub"},
      {"ghcr.io", "ghcr.io", "GitHub"},
      {"GHCR.io:443", "", "GitHub"},
      {"quay.io", "", "Quay"},
      {"123456789012.dkr.ecr.eu-central-1.amazonaws.com", "", "Amazon ECR"},
      {"123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", "", "Amazon ECR"},
      {"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "", "Amazon ECR"},
      {"123456789012.dkr-ecr.eu-central-1.on.aws", "", "Amazon ECR"},
      {"123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu", "", "Amazon ECR"},
      {"123456789012.dkr-ecr-fips.us-east-1.on.aws", "", "Amazon ECR"},
      {"public.ecr.aws", "", "Amazon ECR"},
      {"us-docker.pkg.dev", "", "Google's registries"},
      {"eu.gcr.io", "", "Google's registries"},
      {"gcr.io", "", "Google's registries"},
      {"acme.azurecr.io", "", "Azure's registries"},
      {"acme.azurecr.de", "", "Azure's registries"},
      {"registry.gitlab.com", "container_registry", "GitLab"},
      {"registry.example:5050", "container_registry", "GitLab"},
      {"harbor.example", "harbor-registry", "Harbor"},
      {"auth.docker.io", "", ""},
      {"gcr.io", "container_registry", "Google's registries"},
      {"registry.example", "token-service", ""},
      {"evilghcr.io", "", ""},
      {"ghcr.io.evil", "", ""},
      {"x.dkr.ecrevil.y.z", "", ""},
      {"dkr.ecr", "", ""},
      {"", "", ""},
  }));
  CAPTURE(host, service);
  CHECK(issuer_of_registry(host, service).name == name);
}

TEST_CASE("each issuer has its own way to log in") {
  const auto [service, host, command] = GENERATE(table<std::string, std::string, std::string>({
      {"", "docker.io", "`docker login`"},
      {"", "ghcr.io", "`docker login ghcr.io`"},
      {"container_registry", "registry.example:5050", "`docker login registry.example:5050`"},
      {"", "quay.io", "`docker login quay.io`"},
      {"harbor-registry", "harbor.example", "`docker login harbor.example`"},
      {"", "1.dkr.ecr.eu-central-1.amazonaws.com",
       "`aws ecr get-login-password --region eu-central-1 | docker login -u AWS --password-stdin "
       "1.dkr.ecr.eu-central-1.amazonaws.com`"},
      {"", "1.dkr-ecr.eu-west-1.on.aws", "--region eu-west-1 |"},
      {"", "public.ecr.aws",
       "`aws ecr-public get-login-password --region us-east-1 | docker login -u AWS "
       "--password-stdin public.ecr.aws`"},
      {"", "us-docker.pkg.dev",
       "`docker login -u _json_key --password-stdin us-docker.pkg.dev <key.json`"},
      {"", "acme.azurecr.io", "`docker login acme.azurecr.io`"},
      {"", "registry.example", "`docker login registry.example`"},
  }));
  CAPTURE(host);
  const Issuer& issuer = issuer_of_registry(host, service);
  CHECK_THAT(way_to_log_in(issuer, host), Contains(command));
}

TEST_CASE("what a command takes of a host stands as a shell needs it") {
  const auto hint = [](const std::string& host) {
    return way_to_log_in(issuer_of_registry(host), host);
  };
  CHECK_THAT(hint("a;b.dkr.ecr.$(x).amazonaws.com"), Contains("--region '$(x)'"));
  CHECK_THAT(hint("a;b.gcr.io"), Contains("'a;b.gcr.io' <key.json"));
}

TEST_CASE("the username or the secret's prefix tells the kind") {
  const auto [username, password, kind] = GENERATE(table<std::string, std::string, const char*>({
      {"octocat", "hunter2", "password"},
      {"octocat", "", "password"},
      {"octocat", "hunter2 ghp_x", "password"},
      {"oidc", "eyJhbGciOiJub25lIn0.e30.c2ln", "JWT"},
      {"_json_key", "{}", "service account key"},
      {"_json_key_base64", "e30=", "service account key"},
      {"octocat", "dckr_pat_x", "Docker Hub token"},
      {"acme", "dckr_oat_x", "Docker Hub token"},
      {"octocat", "ghp_x", "GitHub token"},
      {"octocat", "gho_x", "GitHub token"},
      {"octocat", "ghu_x", "GitHub token"},
      {"actor", "ghs_x", "GitHub token"},
      {"octocat", "github_pat_x", "GitHub token"},
      {"me", "glpat-x", "GitLab token"},
      {"me", "gldt-x", "GitLab token"},
      {"gitlab-ci-token", "x", "GitLab token"},
      {"gitlab+deploy-token-7", "x", "GitLab token"},
      {"AWS", "x", "ECR token"},
      {"00000000-0000-0000-0000-000000000000", "x", "ACR token"},
      {"oauth2accesstoken", "x", "Google token"},
      {"_dcgcr_2_0_0_token", "x", "Google token"},
      {"me", "ya29.x", "Google token"},
      {"", "", "none"},
  }));
  CAPTURE(username, password);
  CHECK(credential_kind({.username = username, .password = password}).words == kind);
}

TEST_CASE("a token without a password is what it is") {
  CHECK(credential_kind({.identity_token = "x"}).words == "identity token");
  CHECK(credential_kind({.username = "<token>", .identity_token = "x"}).words == "identity token");
  CHECK(credential_kind({.registry_token = "x"}).words == "registry token");
  CHECK(credential_kind({.username = "u", .password = "p", .identity_token = "x"}).words ==
        "password");
}

TEST_CASE("a token is one as the username, too") {
  CHECK(credential_kind({.username = "ghp_x"}).words == "GitHub token");
  CHECK(credential_kind({.username = "glpat-x", .password = "x-oauth-basic"}).words ==
        "GitLab token");
  CHECK(token_prefix("glpat-x") == "glpat-");
  CHECK(token_prefix("github_pat_x") == "github_pat_");
  CHECK(token_prefix("octocat").empty());
}

TEST_CASE("a helper mints tokens for the registries of its cloud") {
  for (const char* host : {"123456789012.dkr.ecr.eu-west-1.amazonaws.com",
                           "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn",
                           "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com",
                           "123456789012.dkr-ecr.us-west-2.on.aws", "public.ecr.aws"})
    CHECK(mints_tokens_for("ecr-login", host));
  for (const char* host : {"gcr.io", "eu.gcr.io", "europe-west1-docker.pkg.dev", "US.GCR.IO"}) {
    CHECK(mints_tokens_for("gcloud", host));
    CHECK(mints_tokens_for("gcr", host));
  }
  CHECK(mints_tokens_for("acr-env", "acme.azurecr.io"));
  CHECK(token_issuer("acr-linux") == "Azure's registries");
}

TEST_CASE("and for no other") {
  for (const char* host : {"ghcr.io", "", "123456789012.dkr.ecr.eu-west-1.amazonaws.com.example",
                           "123456789012xdkr.ecr.eu-west-1.amazonaws.com"})
    CHECK_FALSE(mints_tokens_for("ecr-login", host));
  CHECK_FALSE(mints_tokens_for("gcloud", "gcrxio"));
  CHECK_FALSE(mints_tokens_for("gcloud", "evilgcr.io"));
  CHECK_FALSE(mints_tokens_for("acr-env", repeated("a", 1 << 20) + ".azurecr.io"));
  CHECK_FALSE(mints_tokens_for("pass", "gcr.io"));
  CHECK(token_issuer("pass").empty());
  CHECK(token_issuer("acr").empty());
}
