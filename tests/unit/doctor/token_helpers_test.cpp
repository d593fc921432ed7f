#include "doctor/token_helpers.h"

#include "catch.h"
#include "support.h"

using namespace pullsecret;

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
  for (const char* host : {"ghcr.io", "", "12345.dkr.ecr.eu-west-1.amazonaws.com",
                           "123456789012.dkr.ecr.eu-west-1.amazonaws.com.example",
                           "x123456789012.dkr.ecr.eu-west-1.amazonaws.com",
                           "123456789012xdkr.ecr.eu-west-1.amazonaws.com"})
    CHECK_FALSE(mints_tokens_for("ecr-login", host));
  CHECK_FALSE(mints_tokens_for("gcloud", "gcrxio"));
  CHECK_FALSE(mints_tokens_for("gcloud", "evilgcr.io"));
  CHECK_FALSE(mints_tokens_for("acr-env", repeated("a", 1 << 20) + ".azurecr.io"));
  CHECK_FALSE(mints_tokens_for("pass", "gcr.io"));
  CHECK(token_issuer("pass").empty());
  CHECK(token_issuer("acr").empty());
}
