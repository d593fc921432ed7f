#include "registry/registry_access.h"

#include "catch.h"
#include "support.h"
#include "temporary_folder.h"

using namespace pullsecret;
using Catch::Contains;

TEST_CASE("Docker Hub is served elsewhere") {
  CHECK(serving_host("docker.io") == "registry-1.docker.io");
  CHECK(serving_host("ghcr.io") == "ghcr.io");
  CHECK(serving_host("docker.io:5000") == "docker.io:5000");
}

TEST_CASE("insecure is what is named, and this machine") {
  const RegistryAccess access{.insecure = {"Registry:5000", "[fe80::1]"}};
  for (const char* host : {"registry:5000", "REGISTRY:5000", "[fe80::1]", "localhost",
                           "localhost:5000", "127.0.0.1", "127.9.9.9:80", "[::1]:5000"})
    CHECK(is_insecure(host, access));
  for (const char* host : {"registry", "registry:5001", "x.registry:5000", "ghcr.io", "10.0.0.1",
                           "localhost.evil", ""})
    CHECK_FALSE(is_insecure(host, access));
}

TEST_CASE("certificates are those of the host's folder, as Docker reads them") {
  TemporaryFolder folder;
  const RegistryAccess access{.certificates = folder.path()};
  CHECK(trust_for("registry:5000", access).authorities.empty());
  const auto b = folder.write("registry:5000/b.crt", "");
  const auto a = folder.write("registry:5000/a.crt", "");
  const auto certificate = folder.write("registry:5000/client.cert", "");
  const auto key = folder.write("registry:5000/client.key", "");
  folder.write("registry:5000/README", "");
  folder.write("registry/c.crt", "");
  const TlsTrust trust = trust_for("registry:5000", access);
  CHECK(trust.authorities == std::vector<std::filesystem::path>{a, b});
  CHECK(trust.client_certificate == certificate);
  CHECK(trust.client_key == key);
  CHECK_FALSE(trust.anybody);
}

TEST_CASE("half of a client certificate is an error") {
  TemporaryFolder folder;
  const std::string half = GENERATE("x.cert", "x.key");
  folder.write("registry/" + half, "");
  const auto error = error_of([&] { trust_for("registry", {.certificates = folder.path()}); });
  REQUIRE(error);
  CHECK_THAT(error->place(), Contains(half));
  CHECK_THAT(error->message(), Contains(half == "x.key" ? "x.cert" : "x.key"));
}

TEST_CASE("a folder that is none is an error") {
  TemporaryFolder folder;
  folder.write("registry", "a file");
  CHECK(error_of([&] { trust_for("registry", {.certificates = folder.path()}); }));
}
