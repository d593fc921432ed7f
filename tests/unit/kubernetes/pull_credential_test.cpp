#include "kubernetes/pull_credential.h"

#include "catch.h"
#include "support.h"

using namespace pullsecret;

TEST_CASE("a username with a password is taken as it is") {
  const Credential credential = pull_credential("a.io", {.username = "u", .password = "p"});
  CHECK(credential.username == "u");
  CHECK(credential.password == "p");
}

TEST_CASE("Azure's identity token becomes a password") {
  for (const char* key : {"acme.azurecr.io", "https://ACME.azurecr.cn/v2/", "x.azurecr.us"}) {
    const Credential credential = pull_credential(
        key,
        {.username = "00000000-0000-0000-0000-000000000000", .email = "e", .identity_token = "t"});
    CHECK(credential.username == "00000000-0000-0000-0000-000000000000");
    CHECK(credential.password == "t");
    CHECK(credential.email == "e");
    CHECK(credential.identity_token.empty());
  }
}

TEST_CASE("any other token is refused with its reason") {
  for (const char* key : {"ghcr.io", "azurecr.io.evil.com", "notazurecr.io"})
    CHECK_THAT(error_of([&] { pull_credential(key, {.identity_token = "t"}); })->message(),
               Catch::Contains("identity token only"));
  CHECK_THAT(error_of([] { pull_credential("a.azurecr.io", {.registry_token = "t"}); })->message(),
             Catch::Contains("registry token only"));
}

TEST_CASE("a password without a username is refused") {
  CHECK_THAT(error_of([] { pull_credential("a.io", {.password = "p"}); })->message(),
             Catch::Contains("no username"));
}

TEST_CASE("an empty password is refused") {
  CHECK(error_of([] { pull_credential("a.io", {.username = "u"}); })->message() ==
        "its password is empty");
  CHECK_THAT(error_of([] {
               pull_credential("a.io", {.username = "u", .registry_token = "t"});
             })->message(),
             Catch::Contains("registry token only"));
}
