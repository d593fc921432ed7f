#include "credential/jwt.h"

#include "catch.h"
#include "web_token.h"

using namespace pullsecret;

TEST_CASE("a JSON Web Token says whose it is, for whom, and until when") {
  const auto claims =
      jwt_claims(web_token(R"({"aud":["reg","other"],"iss":"https://kubernetes.default.svc",)"
                           R"("sub":"system:serviceaccount:team:app","exp":1700000000.5})"));
  REQUIRE(claims);
  CHECK(claims->issuer == "https://kubernetes.default.svc");
  CHECK(claims->subject == "system:serviceaccount:team:app");
  CHECK(claims->audiences == std::vector<std::string>{"reg", "other"});
  CHECK(claims->end == Time(std::chrono::seconds(1'700'000'000)));
}

TEST_CASE("one audience may stand without an array") {
  CHECK(jwt_claims(web_token(R"({"aud":"reg"})"))->audiences == std::vector<std::string>{"reg"});
}

TEST_CASE("a claim of another type is none") {
  const auto claims =
      jwt_claims(web_token(R"({"aud":[1,null,"a",["b"]],"iss":5,"sub":null,"exp":"soon"})"));
  REQUIRE(claims);
  CHECK(claims->issuer.empty());
  CHECK(claims->subject.empty());
  CHECK(claims->audiences == std::vector<std::string>{"a"});
  CHECK_FALSE(claims->end);
  CHECK(jwt_claims(web_token(R"({"aud":{"reg":1}})"))->audiences.empty());
}

TEST_CASE("claims that two readers may understand as two things are at fault") {
  const auto [claims, fault] = GENERATE(table<std::string, std::string>({
      {R"({"aud":"reg","exp":1700000000})", ""},
      {R"({"aud":["reg","b"],"exp":1.7e9})", ""},
      {R"({"sub":"x","more":{"aud":1,"exp":""},"more":{"aud":2}})", ""},
      {R"({"exp":"1700000000"})", "it says no end that can be read"},
      {R"({"exp":-1})", "it says no end that can be read"},
      {R"({"exp":null})", "it says no end that can be read"},
      {R"({"exp":1e300})", "it says no end that can be read"},
      {R"({"aud":["reg",1]})", "it says no audience that can be read"},
      {R"({"aud":{"reg":1}})", "it says no audience that can be read"},
      {R"({"aud":null})", "it says no audience that can be read"},
      {R"({"aud":"other","aud":"reg"})", "it says more than once what its aud is"},
      {R"({"aud":"reg","AUD":"other"})", "it says more than once what its aud is"},
      {R"({"exp":1,"\u0065xp":1700000000})", "it says more than once what its exp is"},
  }));
  CAPTURE(claims);
  CHECK(jwt_claims(web_token(claims))->fault == fault);
  for (const std::string& odd : {std::string(" "), std::string("\n"), std::string(1, '\0'),
                                 std::string("="), std::string("+"), std::string("é")})
    CHECK(jwt_claims(web_token(claims) + odd)->fault ==
          "it has a character that no JSON Web Token has");
}

TEST_CASE("what is no JSON Web Token has no claims") {
  const std::string text = GENERATE(std::string(), std::string("hunter2"), std::string("a.b.c"),
                                    std::string(".."), web_token("[1]"), web_token("{"),
                                    web_token("{}") + ".x", web_token("{}").substr(21));
  CAPTURE(text);
  CHECK_FALSE(jwt_claims(text));
}
