#include "registry/rewrite.h"

#include "catch.h"
#include "support.h"

using namespace pullsecret;

TEST_CASE("a rewrite replaces as Go's regexp does") {
  const auto [pattern, replacement, text,
              result] = GENERATE(table<std::string, std::string, std::string, std::string>({
      {"^rancher/(.*)", "proxy/rancher-images/$1", "rancher/pause", "proxy/rancher-images/pause"},
      {"^rancher/(.*)", "proxy/$1", "library/nginx", "library/nginx"},
      {"(.*)", "dockerhub/$1", "library/nginx", "dockerhub/library/nginx"},
      {"^", "hub/", "library/nginx", "hub/library/nginx"},
      {"a", "b", "banana", "bbnbnb"},
      {"a*", "-", "baaac", "-b-c-"},
      {"", "-", "ab", "-a-b-"},
      {"(?P<org>[^/]+)/(?P<name>.+)", "${name}-of-$org", "acme/app", "app-of-acme"},
      {"(a)(b)?", "<$1$2$3>", "ac", "<a>c"},
      {"(acme)/app", "$1x/$1", "acme/app", "/acme"},
      {"(acme)/app", "${1}x $$1 ${ $", "acme/app", "acmex $1 ${ $"},
      {"a|ab", "x", "abab", "xbxb"},
      {".+?/", "", "a/b/c", "c"},
      {"c$", "x", "c\nc", "c\nx"},
  }));
  CAPTURE(pattern, replacement);
  CHECK(replace_all(pattern, replacement, text) == result);
}

TEST_CASE("a pattern that Go does not take, or that takes too long, is none") {
  const std::string pattern = GENERATE(as<std::string>{}, "(", "a(?=b)", "(?<!a)b", "(?>a)", "a++",
                                       "a{2}+", "(a)\\1", "[z-a]", "\\C", repeated("a", 1025),
                                       "((a*)*)*[bc]", repeated("(a?){1000}", 8) + "x");
  CAPTURE(pattern);
  CHECK(error_of([&] { replace_all(pattern, "", repeated("a", 255)); }));
  CHECK_FALSE(error_of([] { replace_all("\\(\\?=a\\+\\+", "", "a"); }));
  CHECK(error_of([] { replace_all("a", repeated("x", 100), repeated("a", 255)); }));
}
