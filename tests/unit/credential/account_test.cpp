#include "credential/account.h"

#include <string>

#include "catch.h"

using namespace pullsecret;

namespace {

std::string url(std::string_view key, std::string_view username) {
  return account_url(key, username).value_or("none");
}

std::string account_of(std::string_view server_url) {
  const auto account = parse_account_url(server_url);
  return account ? account->username + " at " + account->server_url : "none";
}

}  // namespace

TEST_CASE("an account has a server URL of its own, whatever the spelling of its registry") {
  for (const char* key : {"ghcr.io", "https://GHCR.io", "ghcr.io:443", "https://ghcr.io/v2/"})
    CHECK(url(key, "alice") == "https://alice@ghcr.io");
  CHECK(url("docker.io", "alice") == "https://alice@index.docker.io/v1/");
  CHECK(url("localhost:5000", "robot$a+b") == "https://robot%24a%2Bb@localhost:5000");
  CHECK(url("ghcr.io", "a@b:c/d") == "https://a%40b%3Ac%2Fd@ghcr.io");
}

TEST_CASE("there is no account of a path, a web login's token, an identity token or an account") {
  CHECK(url("quay.io/acme", "alice") == "none");
  CHECK(url("https://index.docker.io/v1/access-token", "alice") == "none");
  CHECK(url("ghcr.io", "<token>") == "none");
  CHECK(url("ghcr.io", "") == "none");
  CHECK(url("https://bob@ghcr.io", "alice") == "none");
}

TEST_CASE("an account is known by its server URL, and no other login in a URL is one") {
  CHECK(account_of("https://alice@ghcr.io") == "alice at ghcr.io");
  CHECK(account_of("https://a%40b@localhost:5000") == "a@b at localhost:5000");
  CHECK(account_of("https://alice@index.docker.io/v1/") == "alice at https://index.docker.io/v1/");
  for (const char* other :
       {"ghcr.io", "https://ghcr.io", "http://alice@ghcr.io", "alice@ghcr.io",
        "https://alice:pw@ghcr.io", "https://alice@ghcr.io/v1/", "https://alice@GHCR.io",
        "https://al%zzice@ghcr.io", "https://@ghcr.io", "https://alice@quay.io/acme"})
    CHECK(account_of(other) == "none");
}
