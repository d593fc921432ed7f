#include "registry/challenge.h"

#include <fmt/format.h>

#include "catch.h"
#include "fake_registries.h"
#include "support.h"
#include "system/text.h"

using namespace pullsecret;

namespace {

// "bearer REALM SERVICE SCOPE" or "basic" for each challenge of these headers.
std::vector<std::string> challenges(const std::vector<std::string>& headers) {
  HttpResponse response;
  for (const std::string& header : headers)
    response.headers.push_back({"WWW-Authenticate", header});
  std::vector<std::string> texts;
  for (const auto& [scheme, realm, service, scopes] : challenges_of(response))
    texts.push_back(scheme == Challenge::Scheme::basic
                        ? "basic"
                        : fmt::format("bearer {}|{}|{}", realm, service, join(scopes, "+")));
  return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

// Measured: what core/remotes/docker/auth of containerd 2 makes of these.
TEST_CASE("a challenge is read as containerd reads it") {
  const auto [header, challenge] = GENERATE(table<std::string, std::string>({
      {R"(Bearer realm="https://a/t",service="s",scope="repository:x:pull")",
       "bearer https://a/t|s|repository:x:pull"},
      {R"(Bearer realm="1",scope="a b  c ")", "bearer 1||a+b+c"},
      {R"(BEARER Realm="1" , SERVICE=s)", "bearer 1|s|"},
      {R"(Bearer service="s")", "bearer |s|"},
      {"Basic", "basic"},
      {R"(basic realm="a, b=\"c\"")", "basic"},
      {R"(Bearer realm="1",realm="2")", "bearer 2||"},
      {R"(Bearer realm="1",service="s",Realm=2)", "bearer 2|s|"},
      {R"(Bearer realm="a\"b\\c")", R"(bearer a"b\c||)"},
      {R"(Bearer realm="1",service = "s")", "bearer 1||"},
      {R"(Bearer realm="1" service="s")", "bearer 1||"},
      {R"(Bearer realm="1",,service="s")", "bearer 1||"},
      {R"(Bearer realm="1",service="s)", "bearer 1||"},
  }));
  CAPTURE(header);
  CHECK(challenges({header}) == Texts{challenge});
}

TEST_CASE("the name of the header is in any letter case") {
  HttpResponse response;
  response.headers = {{"www-AUTHENTICATE", "Basic"}, {"X-WWW-Authenticate", "Basic"}};
  CHECK(challenges_of(response).size() == 1);
}

TEST_CASE("of several challenges in one header the first is read, and the others are known of") {
  const auto [header, read, is_unread] = GENERATE(table<std::string, Texts, bool>({
      {R"(Basic realm="a", Bearer realm="https://a/t")", {"basic"}, true},
      {R"(Bearer realm="1",service="s",Basic realm="a")", {"bearer 1|s|"}, true},
      {R"(Negotiate, Bearer realm="2")", {}, true},
      {R"(Negotiate, basic)", {}, true},
      {R"(Digest realm="basic", nonce=basic)", {}, false},
      {R"(Bearer realm="1", Negotiate)", {"bearer 1||"}, false},
      {R"(Bearer realm="1",basic="x")", {"bearer 1||"}, false},
      {"Basic", {"basic"}, false},
  }));
  CAPTURE(header);
  CHECK(challenges({header}) == read);
  CHECK(has_unread_challenge(response(401, {}, {{"WWW-Authenticate", header}})) == is_unread);
}

TEST_CASE("the challenges of several headers come bearer first") {
  CHECK(challenges({R"(Basic realm="a")", "Negotiate", R"(Bearer realm="1",error="x")",
                    R"(Bearer realm="2")"}) == Texts{"bearer 1||", "bearer 2||", "basic"});
}

TEST_CASE("a challenge from elsewhere is none") {
  HttpResponse response = challenged(R"(Bearer realm="https://a/t")");
  CHECK(challenges_from_elsewhere(response).empty());
  CHECK(challenges_of(response).size() == 1);
  response.is_from_elsewhere = true;
  CHECK(challenges_of(response).empty());
  CHECK(challenges_from_elsewhere(response).size() == 1);
}

TEST_CASE("what is no challenge of the two kinds is passed over") {
  const std::string header =
      GENERATE("", "Digest realm=\"a\"", "Negotiate", "realm=\"x\"", "=", ",,,", "\"Basic\"",
               "\x01\x02", "Basicrealm=\"a\"", ", Basic");
  CAPTURE(header);
  CHECK(challenges({header}).empty());
}

TEST_CASE("a Bearer challenge without a realm stands before Basic all the same") {
  const std::string header =
      GENERATE("Bearer", "Bearer realm=\"\"", "Bearer realm=", "Bearer realm = \"1\"",
               "Bearer realm=\"1", R"(Bearer realm="https://a/t\)");
  CAPTURE(header);
  CHECK(challenges({header}) == Texts{"bearer ||"});
  CHECK(challenges({"Basic", header}) == Texts{"bearer ||", "basic"});
}

TEST_CASE("a flood of challenges is cut") {
  CHECK(challenges(std::vector<std::string>(100, "Basic")).size() == 16);
  CHECK(challenges({"Bearer " + repeated("x=y,", 1000) + "realm=1"}) == Texts{"bearer 1||"});
  CHECK(challenges({"Bearer " + repeated("x=y,", 10'000) + "realm=1"}) == Texts{"bearer ||"});
}
