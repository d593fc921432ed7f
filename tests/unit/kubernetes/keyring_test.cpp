#include "kubernetes/keyring.h"

#include "catch.h"
#include "credential/registry.h"
#include "support.h"

using namespace pullsecret;
using Keys = std::vector<std::string>;

namespace {

Keys keys_of(const pullsecret::Keyring::Found& found) {
  Keys keys;
  for (const KeyringEntry* entry : found)
    keys.push_back(entry->key);
  return keys;
}

Keys offered(const Keys& keys, std::string_view image) {
  return keys_of(keyring_of(keys).offered(parse_image(image)));
}

bool serves(std::string_view key, std::string_view image) {
  return serves_image(key, parse_image(image));
}

}  // namespace

TEST_CASE("a key is offered for an image exactly if the kubelet offers it") {
  for (const auto& row : test_data("kubelet-keyring.json")) {
    CAPTURE(row["key"], row["image"]);
    CHECK(serves(row["key"].get<std::string>(), row["image"].get<std::string>()) == row["offered"]);
  }
}

TEST_CASE("matching keys are tried in descending order") {
  CHECK(offered({"*.io", "ghcr.io", "ghcr.io/acme/app", "quay.io", "https://ghcr.io/acme"},
                "ghcr.io/acme/app:1") ==
        Keys{"ghcr.io/acme/app", "https://ghcr.io/acme", "ghcr.io", "*.io"});
}

TEST_CASE("keys that the kubelet files under one name stay in the order given") {
  CHECK(offered({"https://ghcr.io/v1/", "ghcr.io", "http://ghcr.io/v2/", "https://ghcr.io"},
                "ghcr.io/acme/app") ==
        Keys{"https://ghcr.io/v1/", "ghcr.io", "http://ghcr.io/v2/", "https://ghcr.io"});
}

TEST_CASE("index.docker.io serves Docker Hub when nothing else does") {
  CHECK(offered({"https://index.docker.io/v1/", "ghcr.io"}, "nginx") ==
        Keys{"https://index.docker.io/v1/"});
  CHECK(offered({"https://index.docker.io/v1/", "docker.io"}, "nginx") == Keys{"docker.io"});
  CHECK(offered({"https://index.docker.io/v1/", "*.io"}, "nginx") == Keys{"*.io"});
  CHECK(offered({"https://index.docker.io/v1/", "docker.io/acme"}, "nginx") ==
        Keys{"https://index.docker.io/v1/"});
  CHECK(offered({"index.docker.io", "https://index.docker.io/v1/"}, "nginx") ==
        Keys{"index.docker.io", "https://index.docker.io/v1/"});
  CHECK(offered({"https://index.docker.io/v1"}, "nginx").empty());
}

TEST_CASE("a host without dot and port counts as Docker Hub when nothing matches") {
  CHECK(serves("https://index.docker.io/v1/", "localhost/app"));
  CHECK(serves("https://index.docker.io/v1/", "Acme/app"));
  CHECK_FALSE(serves("https://index.docker.io/v1/", "localhost:5000/app"));
  CHECK(offered({"index.docker.io", "localhost"}, "localhost/app") == Keys{"localhost"});
}

TEST_CASE("host labels are patterns one by one") {
  const auto [key, matches] = GENERATE(table<std::string, bool>({
      {"*.*", true},           {"ghcr.*", true},
      {"g*r.io", true},        {"g*c*r.**", true},
      {"*ghcr*.io", true},     {"[a-h]hcr.io", true},
      {"[xg]hcr.io", true},    {"[a-cg]hcr.i[o]", true},
      {"*[a-r].[a-z]*", true}, {"*", false},
      {"*.*.*", false},        {"*.ghcr.io", false},
      {"g*x.io", false},       {"ghcr*c.io", false},
      {"[a-f]hcr.io", false},  {"[]g]hcr.io", false},
      {"[-g]hcr.io", false},   {"[g-]hcr.io", false},
      {"[g-", false},          {"[g", false},
      {"ghcr.[", false},       {"ghcr.i[^x]", false},
      {"ghcr.i?", false},      {"\\ghcr.io", false},
      {"ghcr.io.", false},     {"", false},
  }));
  CAPTURE(key);
  // A pattern in brackets at the very start is an IPv6 address to a URL reader.
  const std::string prefix = key.starts_with('[') ? "*" : "";
  CHECK(serves(prefix + key, "ghcr.io/acme/app") == matches);
}

TEST_CASE("a bracket does not end a range of characters") {
  CHECK(serves("*[A-Z]HCR.io", "GHCR.io/app"));
  CHECK_FALSE(serves("*[A-]]HCR.io", "GHCR.io/app"));
}

TEST_CASE("ports are equal or both absent") {
  CHECK(serves("https://ghcr.io:", "ghcr.io/app"));
  CHECK(serves("*:5000", "localhost:5000/app"));
  CHECK_FALSE(serves("ghcr.io:443", "ghcr.io/app"));
  CHECK_FALSE(serves("localhost:*", "localhost:5000/app"));
  CHECK_FALSE(serves("localhost:port", "localhost:5000/app"));
  CHECK_FALSE(serves("localhost:1:5000", "localhost:5000/app"));
}

TEST_CASE("the path is a prefix, read as a URL's") {
  CHECK(serves("ghcr.io/ac", "ghcr.io/acme/app"));
  CHECK(serves("ghcr.io/acme/", "ghcr.io/acme/app"));
  CHECK(serves("ghcr.io/%61cme", "ghcr.io/acme/app"));
  CHECK(serves("ghcr.io/acme?x=y#z", "ghcr.io/acme/app"));
  CHECK(serves("user:word@ghcr.io/acme", "ghcr.io/acme/app"));
  CHECK_FALSE(serves("ghcr.io/acme/app/", "ghcr.io/acme/app"));
  CHECK_FALSE(serves("ghcr.io/v2", "ghcr.io/acme/app"));
  CHECK_FALSE(serves("ghcr.io/ACME", "ghcr.io/acme/app"));
}

TEST_CASE("what is no URL is never offered") {
  const std::string key =
      GENERATE("gh cr.io", "ghcr.io/%6", "ghcr.io/%zz", "ghcr.io#%", "ghcr.io?\n", "ghcr.io/\n",
               "ghcr.io\x7F", "a b@ghcr.io", "%@ghcr.io", "%67hcr.io", "ghcr.io:443x", "[ghcr.io",
               "{}", "\xFF");
  CAPTURE(key);
  CHECK_FALSE(serves(key, "ghcr.io/acme/app"));
}

TEST_CASE("a key that serves nothing is told from one that does, with the nearest that does") {
  const auto [key, nearest] = GENERATE(table<std::string, std::string>({
      {"ghcr.io ", "ghcr.io"},
      {" ghcr.io", "ghcr.io"},
      {"ghcr.io\n", "ghcr.io"},
      {"\tGHCR.io\r\n", "ghcr.io"},
      {"docker.io ", "https://index.docker.io/v1/"},
      {"ghcr.io/acme/app:1.4", "ghcr.io/acme/app"},
      {"ghcr.io/acme/app@sha256:" + repeated("0a", 32), "ghcr.io/acme/app"},
      {"localhost:5000/app:1", "localhost:5000/app"},
      {"http://[bad", ""},
      {"https://", ""},
      {"http:///", ""},
      {"", ""},
      {" ", ""},
      {"registry", ""},
      {"ghcr.io:port", ""},
      {"gh\x01"
       "cr.io",
       ""},
      {"ghcr..io", ""},
      {".ghcr.io", ""},
      {"ghcr.io.", ""},
      {"-ghcr.io", ""},
      {"ghcr.io!", ""},
      {"ghcr.io;x", ""},
      {"ghcr.io/*", ""},
      {"ghcr.io/Acme", ""},
      {"gh cr.io", ""},
      {"\xFF.io", ""},
  }));
  CAPTURE(key);
  const auto reason = why_serves_nothing(key);
  REQUIRE(reason);
  CHECK_THAT(reason->hint(), nearest.empty() ? Catch::StartsWith("a key is HOST")
                                             : Catch::StartsWith("the key must be " + nearest));
}

TEST_CASE("a key that serves images in any way is none that serves nothing") {
  const std::string key =
      GENERATE("docker.io", "GHCR.IO", "https://ghcr.io/v2", "localhost", "localhost:5000", "*.io",
               "*", "*.dkr.ecr.*.amazonaws.com", "gh[a-d]r.io", "my_registry.local",
               "10.0.0.1:5000", "[::1]:5000", "user:word@ghcr.io", "oci://ghcr.io/acme",
               "ghcr.io:", "ghcr.io/%61cme", "index.docker.io", "registry-1.docker.io/acme");
  CAPTURE(key);
  CHECK_FALSE(why_serves_nothing(key));
}

TEST_CASE("an IPv6 address needs a port in the key and in the image") {
  CHECK(serves("[fd00::1]:5000", "[fd00::1]:5000/app"));
  CHECK(serves("https://[fd00::1]:5000/v2/", "[fd00::1]:5000/app"));
  CHECK_FALSE(serves("[fd00::1]:5000", "[fd00::2]:5000/app"));
  for (const char* key : {"[fd00::1]", "https://[::1]/v1/", "[::1]/acme"}) {
    CAPTURE(key);
    CHECK_FALSE(serves(key, "[fd00::1]/app"));
    const auto reason = why_serves_nothing(key);
    REQUIRE(reason);
    CHECK_THAT(reason->hint(), Catch::StartsWith("name a port"));
  }
}

TEST_CASE("a mended key serves the images people mean") {
  const auto [key, mended, image] = GENERATE(table<std::string, std::string, std::string>({
      {"docker.io", "https://index.docker.io/v1/", "nginx"},
      {"Index.Docker.IO", "https://index.docker.io/v1/", "nginx"},
      {"https://index.docker.io/v1", "https://index.docker.io/v1/", "nginx"},
      {"https://registry-1.docker.io/v2/", "https://index.docker.io/v1/", "acme/app"},
      {"hub.docker.com", "https://index.docker.io/v1/", "docker.io/acme/app"},
      {"registry.hub.docker.com/", "https://index.docker.io/v1/", "nginx"},
      {"index.docker.io/acme", "docker.io/acme", "acme/app"},
      {"https://registry-1.docker.io/v2/acme/app", "docker.io/acme/app", "acme/app"},
      {"GHCR.IO", "ghcr.io", "ghcr.io/acme/app"},
      {"https://::1:5000/v1/", "https://[::1]:5000/v1/", "[::1]:5000/app"},
      {"HTTPS://GHCR.IO/v2/", "https://ghcr.io/v2/", "ghcr.io/acme/app"},
      {"https://ghcr.io/v2", "https://ghcr.io/v2/", "ghcr.io/acme/app"},
      {"ghcr.io/v1", "ghcr.io/v1/", "ghcr.io/acme/app"},
      {"oci://GHCR.io/acme", "ghcr.io/acme", "ghcr.io/acme/app"},
      {"https://u:hunter2@ghcr.io/acme", "https://ghcr.io/acme", "ghcr.io/acme/app"},
      {"u:hunter2@Docker.io", "https://index.docker.io/v1/", "nginx"},
      {"Registry.Example.com:5000", "registry.example.com:5000", "registry.example.com:5000/app"},
  }));
  CAPTURE(key);
  CHECK(kubelet_registry_key(key) == mended);
  CHECK(kubelet_registry_key(mended) == mended);
  CHECK(serves(mended, image));
}

TEST_CASE("a key that the kubelet takes stays as it is") {
  const std::string key =
      GENERATE("", "ghcr.io", "ghcr.io/", "https://ghcr.io", "http://ghcr.io/v1/",
               "ghcr.io/acme/app", "ghcr.io/Acme", "*.dkr.ecr.*.amazonaws.com", "localhost:5000",
               "https://index.docker.io/v1/", "docker.io/acme", "[::1]:5000");
  CHECK(kubelet_registry_key(key) == key);
}

TEST_CASE("each spelling of a registry serves its images once mended") {
  const auto [host, image] =
      GENERATE(table<std::string, std::string>({{"docker.io", "nginx"},
                                                {"ghcr.io", "ghcr.io/acme/app"},
                                                {"LOCALHOST:5000", "localhost:5000/x"}}));
  for (const std::string& spelling : other_spellings(host)) {
    CAPTURE(spelling);
    CHECK_FALSE(keyring_of(kubelet_registry_keys(spelling)).offered(parse_image(image)).empty());
  }
}

TEST_CASE("a repeated key is offered at each of its places") {
  const pullsecret::Keyring keyring = keyring_of({"ghcr.io", "quay.io", "ghcr.io"});
  CHECK(keyring.offered(parse_image("ghcr.io/app")) ==
        pullsecret::Keyring::Found{keyring.entries().data(), keyring.entries().data() + 2});
}

TEST_CASE("a key that would serve an image alone is found behind others, too") {
  const Keys keys{"https://index.docker.io/v1/", "ghcr.io", "*.io"};
  const auto serving = [&](std::string_view image) {
    return keys_of(keyring_of(keys).serving(parse_image(image)));
  };
  CHECK(serving("nginx") == Keys{keys[0], keys[2]});
  CHECK(serving("ghcr.io/app") == Keys{keys[1], keys[2]});
  CHECK(serving("quay.example/app").empty());
  CHECK(offered(keys, "nginx") == Keys{keys[2]});
  CHECK(offered(keys, "ghcr.io/app") == Keys{keys[1], keys[2]});
}

TEST_CASE("the images a key serves") {
  const auto [key, served] = GENERATE(table<std::string, std::string>({
      {"ghcr.io", "ghcr.io/*"},
      {"https://ghcr.io/v2/", "ghcr.io/*"},
      {"ghcr.io/acme", "ghcr.io/acme*"},
      {"ghcr.io/acme/", "ghcr.io/acme/*"},
      {"*.dkr.ecr.*.amazonaws.com", "*.dkr.ecr.*.amazonaws.com/*"},
      {"localhost:5000", "localhost:5000/*"},
      {"https://index.docker.io/v1/", "docker.io/*"},
      {"docker.io", "docker.io/*"},
      {"u:p@ghcr.io", "ghcr.io/*"},
      {"localhost", "localhost/*"},
      {"*", "*/*"},
      {"registry:80", "registry:80/*"},
  }));
  CAPTURE(key);
  CHECK(served_images(key) == served);
}

TEST_CASE("keys that serve no image") {
  const std::string key = GENERATE("", "/", "gh cr.io", "ghcr.io/*", "ghcr.io/Acme", "ghcr.io:port",
                                   "ghcr.io/a:1", "registry", "registry/x");
  CAPTURE(key);
  CHECK_FALSE(served_images(key));
}

TEST_CASE("why a key does not serve an image") {
  const auto [key, reason] = GENERATE(table<std::string, std::string>({
      {"gh cr.io", "is no URL"},
      {"GHCR.IO", "is not how the kubelet spells it; ghcr.io would serve it"},
      {"ghcr.io/v2", "is not how the kubelet spells it; ghcr.io/v2/ would serve it"},
      {"ghcr.io:443", "has another port"},
      {"*.io:5000/acme", "has another port"},
      {"ghcr.io/other", "has a path that the image's name does not begin with"},
      {"*", "has another number of labels; each * stands for one"},
      {"quay.io", "is another registry"},
      {"*.com", "is another registry"},
  }));
  CAPTURE(key);
  CHECK_FALSE(serves(key, "ghcr.io/acme/app"));
  CHECK(why_not_served(key, parse_image("ghcr.io/acme/app")).reason == reason);
}

TEST_CASE("why a key does not serve an image is told without a login in the key") {
  CHECK_THAT(why_not_served("u:hunter2@GHCR.IO", parse_image("ghcr.io/app")).reason,
             Catch::Contains("; ghcr.io would serve it"));
}

TEST_CASE("a key of another registry is told from one of this registry") {
  const Image image = parse_image("ghcr.io/acme/app");
  for (const char* key : {"quay.io", "*.com"})
    CHECK(why_not_served(key, image).is_other_registry);
  for (const char* key : {"GHCR.IO", "ghcr.io:443", "ghcr.io/other", "*", "gh cr.io"})
    CHECK_FALSE(why_not_served(key, image).is_other_registry);
}
