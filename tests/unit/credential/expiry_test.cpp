#include "credential/expiry.h"

#include "catch.h"
#include "web_token.h"

using namespace pullsecret;

namespace {

Time at(std::int64_t seconds) {
  return Time(std::chrono::seconds(seconds));
}

}  // namespace

TEST_CASE("claims beyond 64 KiB are none") {
  const auto claims = [](std::size_t spaces) {
    return web_token(R"({"exp":5)" + std::string(spaces, ' ') + "}");
  };
  CHECK(expiry_of({.password = claims(64UL * 1024 - 9)}) == at(5));
  CHECK_FALSE(expiry_of({.password = claims(64UL * 1024 - 8)}));
}

TEST_CASE("a JSON Web Token says when it ends") {
  CHECK(expiry_of({.password = web_token(R"({"exp":1700000000})")}) == at(1'700'000'000));
  CHECK(expiry_of({.identity_token = web_token(R"({"exp":1700000000.9})")}) == at(1'700'000'000));
  CHECK(expiry_of({.registry_token = web_token(R"({"iat":1,"exp":5})")}) == at(5));
}

TEST_CASE("an ECR password says when it ends") {
  const std::string password =
      encode_base64(R"({"payload":"x","version":"2","type":"DATA_KEY","expiration":1700000000})");
  CHECK(expiry_of({.username = "AWS", .password = password}) == at(1'700'000'000));
  CHECK_FALSE(expiry_of({.username = "octocat", .password = password}));
}

TEST_CASE("what says nothing of its end has none") {
  const std::string password =
      GENERATE(std::string(), std::string("hunter2"), std::string("a.b.c"), std::string(".."),
               web_token("{}"), web_token(R"({"exp":"soon"})"), web_token(R"({"exp":-1})"),
               web_token(R"({"exp":1e300})"), web_token("[1]"), web_token(R"({"exp":null})"),
               web_token("{"), web_token(R"({"exp":1})") + ".x");
  CAPTURE(password);
  CHECK_FALSE(expiry_of({.username = "u", .password = password}));
}

TEST_CASE("a time is told to people to the minute, and to programs to the second") {
  CHECK(in_words(at(1'795'270'000)) == "2026-11-21T14:06Z");
  CHECK(in_words(at(0)) == "1970-01-01T00:00Z");
  CHECK(rfc3339(at(1'795'270'000)) == "2026-11-21T14:06:40Z");
  CHECK(rfc3339(at(253'402'300'799)) == "9999-12-31T23:59:59Z");
}

TEST_CASE("what is left is told in the largest unit of which there are two") {
  const auto [seconds, words] = GENERATE(table<std::int64_t, std::string>({
      {1, "1 s left"},
      {119, "119 s left"},
      {120, "2 min left"},
      {7'199, "119 min left"},
      {7'200, "2 h left"},
      {43'199, "11 h left"},
      {172'799, "47 h left"},
      {172'800, "2 days left"},
      {31'536'000, "365 days left"},
      {0, "expired 0 s ago"},
      {-1, "expired 1 s ago"},
      {-300, "expired 5 min ago"},
      {-259'200, "expired 3 days ago"},
  }));
  CHECK(time_left_in_words(at(1'700'000'000 + seconds), at(1'700'000'000)) == words);
}
