#include "credential/without_secrets.h"

#include <string>

#include "catch.h"
#include "credential/base64.h"

using namespace pullsecret;

namespace {

const std::string head = "eyJhbGciOiJSUzI1NiJ9", claims = "eyJzdWIiOiJodW50ZXIyIn0",
                  signature = "c2lnbmF0dXJlLW9mLWFsbA";
const std::string token = head + "." + claims + "." + signature;

std::string hidden(std::string_view text) {
  return without_secrets(text, {token, "hunter2"});
}

}  // namespace

TEST_CASE("of a JSON Web Token no part is told on") {
  CHECK(hidden("bad " + token + "!") == "bad …!");
  CHECK(hidden("bad " + claims + "." + signature + "!") == "bad …!");
  CHECK(hidden("bad " + signature) == "bad …");
  CHECK(hidden("bad " + head + "%2E" + claims + "%2e" + signature) == "bad …%2E…%2e…");
  CHECK(hidden("bad " + token.substr(3, token.size() - 6)) == "bad …");
  CHECK(hidden("bad " + signature.substr(0, 12) + " …") == "bad … …");
  CHECK(without_secrets("it is pod-x for hunter2", {"ey.pod.hunter2"}) == "it is pod-x for …");
}

TEST_CASE("a secret is hidden in the base64 of any text that has it") {
  for (const std::string user : {"", "a", "ab", "abc", "oauth2"})
    for (const std::string& secret : {token, std::string("hunter2"), std::string("a~?>~?>~?>b")}) {
      const std::string login = std::string(user).append(":").append(secret);
      for (const std::string& encoded : {encode_base64(login), encode_url_base64(login)}) {
        const std::string told = without_secrets("Basic " + encoded + " is bad", {secret});
        CAPTURE(login, told);
        CHECK(told.find("…") != std::string::npos);
        // The user, and at both ends what the secret shares a character with.
        CHECK(told.size() <= std::string("Basic … is bad").size() + (user.size() + 1) * 4 / 3 + 5);
      }
    }
}

TEST_CASE("a secret is hidden over several lines, and in any letter case") {
  for (const char* end : {"\n", "\r\n"}) {
    std::string lines;
    for (std::size_t at = 0; at < token.size(); at += 5)
      lines += token.substr(at, 5) + end;
    CHECK(hidden("bad " + lines + "more") == "bad …" + std::string(end) + "more");
  }
  CHECK(hidden("a\nb\n") == "a\nb\n");
  CHECK(hidden("bad HUNTER2") == "bad …");
}

TEST_CASE("a short part of a secret is a word as any other") {
  CHECK(without_secrets("unauthorized", {"I am unauthorized by hunter2"}) == "…");
  CHECK(without_secrets("unauthorize", {"I am unauthorized by hunter2"}) == "unauthorize");
  CHECK(without_secrets("bad", {""}) == "bad");
  CHECK(without_secrets("", {token}).empty());
}

TEST_CASE("a text that was cut ends with no beginning of a secret") {
  CHECK(hidden("bad " + token.substr(0, 3) + "…") == "bad …");
  CHECK(hidden("bad " + signature.substr(0, 3) + "…") == "bad …");
  CHECK(hidden("bad " + token + "…") == "bad …");
  CHECK(hidden("…") == "…");
}
