#include "registry/origin.h"

#include "catch.h"
#include "support.h"

using namespace pullsecret;

TEST_CASE("the origin of a URL is its scheme, host and port") {
  const auto [url, is_https, host, port, authority] =
      GENERATE(table<std::string, bool, std::string, unsigned, std::string>({
          {"https://ghcr.io", true, "ghcr.io", 443, "ghcr.io"},
          {"HTTPS://GHCR.io:443/v2/?a=b#c", true, "ghcr.io", 443, "ghcr.io"},
          {"http://registry:5000/v2/", false, "registry", 5000, "registry:5000"},
          {"http://registry:80", false, "registry", 80, "registry"},
          {"https://registry:80", true, "registry", 80, "registry:80"},
          {"https://[::1]:5000/x", true, "[::1]", 5000, "[::1]:5000"},
          {"https://[FE80::1]", true, "[fe80::1]", 443, "[fe80::1]"},
          {"https://a_b.example?x@y", true, "a_b.example", 443, "a_b.example"},
          {"https://host/path@home:1", true, "host", 443, "host"},
      }));
  CAPTURE(url);
  const auto origin = origin_of(url);
  REQUIRE(origin);
  CHECK(*origin == Origin{is_https, host, port});
  CHECK(origin->authority() == authority);
}

TEST_CASE("what is no http or https URL has no origin") {
  const std::string url = GENERATE(
      "", "https://", "https:///x", "ghcr.io", "//ghcr.io", "ftp://ghcr.io", "file:///etc/passwd",
      "https:/ghcr.io", "https:ghcr.io", "https://user@ghcr.io", "https://user:hunter2@ghcr.io/",
      "https://:hunter2@ghcr.io", "https://ghcr.io:", "https://ghcr.io:0", "https://ghcr.io:65536",
      "https://ghcr.io:+1", "https://ghcr.io:1x", "https://ghcr.io:99999999999", "https://[::1",
      "https", "http", "https:", "http:/", "https://[]", "https://[::1]x", "https://[::1%25eth0]",
      "https://::1", "https://ghcr.io\\x", "https://ghcr.io\\@evil/", "https://ghcr.io /x",
      "https://ghcr.io/\n", "https://gh\tcr.io", "https://gh%63r.io",
      "https://b\xC3\xBC"
      "cher.example",
      "http://http://x");
  CAPTURE(url);
  CHECK_FALSE(origin_of(url));
}

TEST_CASE("a URL and a host have a longest length") {
  CHECK(origin_of("https://" + std::string(255, 'a')));
  CHECK_FALSE(origin_of("https://" + std::string(256, 'a')));
  CHECK(origin_of("https://a/" + std::string(4096 - 10, 'a')));
  CHECK_FALSE(origin_of("https://a/" + std::string(4096 - 9, 'a')));
}

TEST_CASE("this machine by its name alone is loopback") {
  for (const char* host : {"localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "[::1]"})
    CHECK(is_loopback(host));
  for (const char* host : {"", "localhost.example", "127.0.0.1.example", "127.x", "128.0.0.1",
                           "::1", "[::2]", "localhost:5000", "0.0.0.0"})
    CHECK_FALSE(is_loopback(host));
}
