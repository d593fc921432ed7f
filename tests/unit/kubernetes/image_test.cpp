#include "kubernetes/image.h"

#include "catch.h"
#include "support.h"

using namespace pullsecret;

TEST_CASE("an image is expanded as the kubelet expands it") {
  for (const auto& row : test_data("kubelet-keyring.json")) {
    CAPTURE(row["image"]);
    CHECK(parse_image(row["image"].get<std::string>()).repository ==
          row["repository"].get<std::string>());
  }
}

TEST_CASE("what precedes the first slash is a host or a Docker Hub user") {
  const auto [name, host, repository] = GENERATE(table<std::string, std::string, std::string>({
      {"nginx", "docker.io", "docker.io/library/nginx"},
      {"localhost", "docker.io", "docker.io/library/localhost"},
      {"localhost:5000", "docker.io", "docker.io/library/localhost"},
      {"ghcr.io", "docker.io", "docker.io/library/ghcr.io"},
      {"docker.io/nginx", "docker.io", "docker.io/library/nginx"},
      {"index.docker.io/acme/app", "docker.io", "docker.io/acme/app"},
      {"acme/app/part", "docker.io", "docker.io/acme/app/part"},
      {"localhost/app", "localhost", "localhost/app"},
      {"registry:5000/app", "registry:5000", "registry:5000/app"},
      {"GHCR.IO/app", "GHCR.IO", "GHCR.IO/app"},
      {"Acme/app", "Acme", "Acme/app"},
      {"my_registry.local/app", "my_registry.local", "my_registry.local/app"},
      {"[fd00::1]:5000/app", "[fd00::1]:5000", "[fd00::1]:5000/app"},
      {"[::1]/app:1", "[::1]", "[::1]/app"},
      {"[FD00::AB]:5000/acme/app", "[FD00::AB]:5000", "[FD00::AB]:5000/acme/app"},
  }));
  CAPTURE(name);
  const Image image = parse_image(name);
  CHECK(image.registry_host == host);
  CHECK(image.repository == repository);
}

TEST_CASE("tag and digest are read and left out") {
  const std::string tail =
      GENERATE(as<std::string>{}, "", ":1", ":_x", ":V1.2-rc_3", ":" + repeated("a", 128),
               "@sha256:" + repeated("0a", 32), "@sha384:" + repeated("0a", 48),
               "@sha512:" + repeated("0a", 64), ":1@sha256:" + repeated("0a", 32));
  CAPTURE(tail);
  CHECK(parse_image("ghcr.io/acme/app" + tail).repository == "ghcr.io/acme/app");
  CHECK(parse_image("app" + tail).repository == "docker.io/library/app");
}

TEST_CASE("what is pulled is the digest, else the tag, else latest") {
  const std::string digest = "sha256:" + repeated("0a", 32);
  CHECK(parse_image("app").reference == "latest");
  CHECK(parse_image("ghcr.io:443/acme/app").reference == "latest");
  CHECK(parse_image("localhost:5000/app:v1").reference == "v1");
  CHECK(parse_image("app@" + digest).reference == digest);
  CHECK(parse_image("app:v1@" + digest).reference == digest);
}

TEST_CASE("a path joins runs of a-z and 0-9 with few separators") {
  const std::string path = GENERATE("a", "0", "a.b", "a_b", "a__b", "a-b", "a---b", "a.b-c__d/e-f");
  CAPTURE(path);
  CHECK(parse_image("ghcr.io/" + path).repository == "ghcr.io/" + path);
}

TEST_CASE("what breaks the grammar is refused, in words") {
  const auto [name, rule] = GENERATE(table<std::string, std::string>({
      {"", "empty"},
      {"https://ghcr.io/acme/app", "scheme"},
      {repeated("0a", 32), "ID"},
      {"/app", "path"},
      {"ghcr.io/", "path"},
      {"ghcr.io//app", "path"},
      {"ghcr.io/app/", "path"},
      {"acme/App", "lower case"},
      {"Nginx", "lower case"},
      {"a..b", "path"},
      {"a___b", "path"},
      {"a._b", "path"},
      {"-a", "path"},
      {"a-", "path"},
      {"a b", "path"},
      {"ä", "path"},
      {"ghcr.io:/app", "HOST"},
      {"ghcr.io:port/app", "HOST"},
      {"ghcr.io:1:2/app", "HOST"},
      {"-ghcr.io/app", "HOST"},
      {"ghcr-.io/app", "HOST"},
      {"ghcr..io/app", "HOST"},
      {"ghcr.io./app", "HOST"},
      {"*.io/app", "HOST"},
      {"[::ffff:10.0.0.1]:5000/app", "HOST"},
      {"[::1/app", "HOST"},
      {"[]:5000/app", "HOST"},
      {"[fe80::1%25eth0]:5000/app", "HOST"},
      {"[::1]5000/app", "HOST"},
      {"[::1]:/app", "HOST"},
      {"[::1]:5000/App", "lower case"},
      {"::1/app", "HOST"},
      {"fe80::ab:5000/app", "HOST"},
      {"localhost:5000:/app", "HOST"},
      {"user@ghcr.io/app", "HOST"},
      {"app:", "tag"},
      {"app:.x", "tag"},
      {"app:-x", "tag"},
      {"app:a b", "tag"},
      {"ghcr.io/app:a/b", "tag"},
      {"app:" + repeated("a", 129), "tag"},
      {"app@", "digest"},
      {"app@sha256:", "digest"},
      {"app@sha256:" + repeated("0A", 32), "digest"},
      {"app@sha256:" + repeated("0a", 31), "digest"},
      {"app@sha512:" + repeated("0a", 32), "digest"},
      {"app@md5:" + repeated("0a", 16), "digest"},
      {"app@sha256:" + repeated("0a", 32) + ":1", "digest"},
      {"app\n", "path"},
      {std::string("app\0", 4), "path"},
  }));
  CAPTURE(name);
  const auto error = error_of([&, &image_name = name] { parse_image(image_name); });
  REQUIRE(error);
  CHECK_THAT(error->message(), Catch::Contains(rule));
  CHECK_THAT(error->message(), !Catch::Contains("\n"));
  CHECK_FALSE(error->hint().empty());
}

TEST_CASE("host and path each have at most 255 bytes") {
  CHECK(parse_image("ghcr.io/" + repeated("a", 255)).registry_host == "ghcr.io");
  CHECK_THROWS_AS(parse_image("ghcr.io/" + repeated("a", 256)), Error);
  CHECK(parse_image(repeated("a", 252) + ".io/app").registry_host.size() == 255);
  CHECK_THROWS_AS(parse_image(repeated("a", 253) + ".io/app"), Error);
}

TEST_CASE("a megabyte of anything is refused at once, with a short message") {
  const std::string piece =
      GENERATE("a", "a/", "/", "a.", ".", "a-", "-", "_", ":", "@", "A", "[", "]:", "\xFF", "a__");
  CAPTURE(piece);
  const auto error = error_of([&] { parse_image(repeated(piece, 1'000'000 / piece.size())); });
  REQUIRE(error);
  CHECK(error->message().size() < 1000);
}
