#include "registry/challenge.h"

#include <fmt/format.h>

#include "catch.h"
#include "support.h"

using namespace pullsecret;

namespace {

// "bearer REALM SERVICE SCOPE" or "basic" for each challenge of these headers.
std::vector<std::string> challenges(const std::vector<std::string>& headers) {
  HttpResponse response;
  for (const std::string& header : headers)
    response.headers.push_back({"WWW-Authenticate", header});
  std::vector<std::string> texts;
  for (const auto& [scheme, realm, service, scope] : challenges_of(response))
    texts.push_back(scheme == Challenge::Scheme::basic
                        ? "basic"
                        : fmt::format("bearer {}|{}|{}", realm, service, scope));
  return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a challenge is read in any letter case and spacing") {
  CHECK(challenges({R"(Bearer realm="https://a/t",service="s",scope="repository:x:pull")"}) ==
        Texts{"bearer https://a/t|s|repository:x:pull"});
  CHECK(challenges({R"(BEARER Realm = "https://a/t" , SERVICE=s)"}) ==
        Texts{"bearer https://a/t|s|"});
  CHECK(challenges({"Basic"}) == Texts{"basic"});
  CHECK(challenges({R"(basic realm="a, b=\"c\"")"}) == Texts{"basic"});
  HttpResponse response;
  response.headers = {{"www-AUTHENTICATE", "Basic"}, {"X-WWW-Authenticate", "Basic"}};
  CHECK(challenges_of(response).size() == 1);
}

TEST_CASE("several challenges of one header or more come bearer first") {
  CHECK(challenges({R"(Basic realm="a", Bearer realm="https://a/t")"}) ==
        Texts{"bearer https://a/t||", "basic"});
  CHECK(challenges({R"(Basic realm="a")", R"(Bearer realm="https://a/t",error="x")"}) ==
        Texts{"bearer https://a/t||", "basic"});
  CHECK(challenges({R"(Bearer realm="1", Negotiate, Bearer realm="2")"}) ==
        Texts{"bearer 1||", "bearer 2||"});
}

TEST_CASE("of a repeated parameter the first counts") {
  CHECK(challenges({R"(Bearer realm="1",realm="2")"}) == Texts{"bearer 1||"});
}

TEST_CASE("what cannot be met is passed over") {
  const std::string header = GENERATE("", "Bearer", "Bearer service=\"s\"", "Bearer realm=\"\"",
                                      "Digest realm=\"a\"", "Negotiate", "realm=\"x\"", "=", ",,,",
                                      "\"Basic\"", "Bearer realm=", "\x01\x02", "Basicrealm=\"a\"");
  CAPTURE(header);
  CHECK(challenges({header}).empty());
}

TEST_CASE("quotes that do not end, end with the header") {
  CHECK(challenges({R"(Bearer realm="https://a/t)"}) == Texts{"bearer https://a/t||"});
  CHECK(challenges({R"(Bearer realm="https://a/t\)"}) == Texts{R"(bearer https://a/t\||)"});
  CHECK(challenges({R"(Bearer realm="a\"b\\c")"}) == Texts{R"(bearer a"b\c||)"});
}

TEST_CASE("a flood of challenges is cut") {
  CHECK(challenges(std::vector<std::string>(100, "Basic")).size() == 16);
  CHECK(challenges({repeated("x=y,", 1000) + "Basic"}).empty());
  CHECK(challenges({"Digest " + repeated("x=y,", 10'000) + " Basic"}).empty());
}
