#include "registry/proxy.h"

#include <cstdlib>

#include "catch.h"
#include "support.h"

using namespace pullsecret;
using Catch::Contains;

TEST_CASE("a proxy's URL is read") {
  const auto [value, host] = GENERATE(table<std::string, std::string>({
      {"http://127.0.0.1:9", "127.0.0.1:9"},
      {"proxy", "proxy"},
      {"proxy:3128/", "proxy:3128"},
      {"user:pa%23ss@proxy:3128", "proxy:3128"},
      {"HTTPS://user@proxy:1/x?y#z", "proxy:1"},
      {"socks5h://u:p:q@[fe80::1%25eth0]:1080", "[fe80::1%25eth0]:1080"},
      {"http://u:p&=+$!*()'~,;@proxy_1.x-y:65535", "proxy_1.x-y:65535"},
  }));
  CAPTURE(value);
  const Proxy proxy = read_proxy("HTTPS_PROXY", value);
  CHECK(proxy.fault.empty());
  CHECK(proxy.url == value);
  CHECK(proxy.host == host);
}

TEST_CASE("what libcurl would take a part of for the host is no proxy's URL") {
  const std::string value = GENERATE(
      "http://user:hun#ter2@127.0.0.1:9", "http://user:hun/ter2@127.0.0.1:9",
      "http://user:hun?ter2@127.0.0.1:9", "http://user:hun@ter2@127.0.0.1:9",
      "http://user:hun\\ter2@127.0.0.1:9", "http://user:hun ter2@127.0.0.1:9",
      "http://user:hunter2@127.0.0.1:99999", "http://user:hunter2@127.0.0.1:0",
      "http://user:hunter2@127.0.0.1:x",
      "http://user:hunter2@127.0.0.1:", "http://user:12/ter2@h:9",
      "sock5://user:hunter2@127.0.0.1:9", "://user:hunter2@127.0.0.1:9",
      "htp://user:hunter2@127.0.0.1:9", "user:hunter2@127.0.0.1:9:9", "http://user:hunter2@",
      "http://user:hunter2@ho[st:9", "http://user:hunter2@[::1:9",
      "http://us%00er:hunter2@127.0.0.1:9", "http://user:hun%0Ater2@127.0.0.1:9",
      "http://user:hun%1fter2@127.0.0.1:9", "http:/user:hunter2@127.0.0.1:9", "user:hunter2",
      "http://", "ftp://user:hunter2@127.0.0.1:9", "http://hunter2/user:a@127.0.0.1:9");
  CAPTURE(value);
  const Proxy proxy = read_proxy("HTTPS_PROXY", value);
  CHECK_FALSE(proxy.fault.empty());
  CHECK(proxy.url.empty());
  CHECK(proxy.host.empty());
  for (const char* part : {"hun", "ter2", "127", "12/"})
    CHECK_THAT(proxy.fault, !Contains(part));
}

TEST_CASE("the proxy of an origin is in the variables that libcurl reads, in its order") {
  for (const char* name :
       {"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"})
    unsetenv(name);
  const Origin https{.is_https = true, .host = "a"}, http{.is_https = false, .host = "a"};
  CHECK_FALSE(proxy_for(https));
  setenv("HTTP_PROXY", "upper", 1);
  CHECK_FALSE(proxy_for(http));
  setenv("ALL_PROXY", "all", 1);
  CHECK(proxy_for(http)->variable == "ALL_PROXY");
  setenv("HTTPS_PROXY", "u:p%40q@upper", 1);
  setenv("https_proxy", "", 1);
  CHECK(proxy_for(https)->variable == "HTTPS_PROXY");
  CHECK(proxy_secrets() == std::vector<std::string>{"u:p%40q", "u:p@q", "p%40q", "p@q"});
  setenv("https_proxy", "lower", 1);
  CHECK(proxy_for(https)->host == "lower");
  for (const char* name : {"https_proxy", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"})
    unsetenv(name);
}
