#include "registry/token_request.h"

#include "catch.h"
#include "fake_registries.h"
#include "support.h"

using namespace pullsecret;
using Catch::Contains;

namespace {

const Challenge bearer_challenge{
    Challenge::Scheme::bearer, "https://auth/token", "a registry", {"ignored"}};
const Credential robot{.username = "robot$a+b", .password = "hunter2:&=%"};

}  // namespace

TEST_CASE("a token is asked for with a form, as containerd does") {
  const HttpRequest request =
      posted_token_request(bearer_challenge, {"repository:acme/app:pull"}, robot);
  CHECK(request.method == HttpMethod::post);
  CHECK(request.url == "https://auth/token");
  CHECK(request.authorization.empty());
  CHECK(
      request.form ==
      "grant_type=password&service=a%20registry&client_id=pullsecret"
      "&scope=repository%3Aacme%2Fapp%3Apull&username=robot%24a%2Bb&password=hunter2%3A%26%3D%25");
  CHECK_THAT(posted_token_request(bearer_challenge, {}, robot).form, !Contains("scope="));
  CHECK_THAT(posted_token_request(bearer_challenge, {"a b", "c"}, robot).form,
             Contains("&scope=a%20b%20c&"));
}

TEST_CASE("or with a query and Basic") {
  const HttpRequest request = queried_token_request(bearer_challenge, {"repository:a:pull"}, robot);
  CHECK(request.method == HttpMethod::get);
  CHECK(request.url == "https://auth/token?service=a%20registry&scope=repository%3Aa%3Apull");
  CHECK(request.authorization == "Basic cm9ib3QkYStiOmh1bnRlcjI6Jj0l");
  CHECK(request.form.empty());
  CHECK_THAT(queried_token_request(bearer_challenge, {"a", "b"}, robot).url,
             Contains("&scope=a&scope=b"));
}

TEST_CASE("without a credential there is no Basic") {
  CHECK(queried_token_request(bearer_challenge, {"x"}, std::nullopt).authorization.empty());
}

TEST_CASE("a realm's own query stays") {
  Challenge other = bearer_challenge;
  other.realm = "https://auth/token?account=x";
  CHECK(queried_token_request(other, {}, std::nullopt).url ==
        "https://auth/token?account=x&service=a%20registry");
  other.service.clear();
  CHECK(queried_token_request(other, {}, std::nullopt).url == other.realm);
}

TEST_CASE("a realm must be https, or the registry's own host over http") {
  const auto [realm, registry, is_allowed] = GENERATE(table<std::string, std::string, bool>({
      {"https://auth.docker.io/token", "https://registry-1.docker.io", true},
      {"https://auth/token", "http://registry:5000", true},
      {"http://registry:5001/token", "http://registry:5000", true},
      {"http://REGISTRY/token", "http://registry:5000", true},
      {"http://registry/token", "https://registry", false},
      {"http://other/token", "http://registry", false},
      {"http://registry.evil/token", "http://registry", false},
      {"https://user:hunter2@auth/token", "https://registry", false},
      {"token", "https://registry", false},
      {"", "https://registry", false},
      {"file:///etc/passwd", "https://registry", false},
      {"https://auth/\n", "https://registry", false},
  }));
  CAPTURE(realm, registry);
  const auto refusal = refusal_of_realm(realm, registry);
  CHECK(refusal.has_value() != is_allowed);
  if (refusal) CHECK(refusal->find('\n') == std::string::npos);
}

TEST_CASE("statuses that send the form to the query") {
  for (const int status : {301, 307, 400, 401, 404, 405})
    CHECK(knows_no_form(response(status)));
  for (const int status : {200, 403, 429, 500})
    CHECK_FALSE(knows_no_form(response(status)));
}

TEST_CASE("the token of an answer to a query") {
  const auto [body, token] = GENERATE(table<std::string, std::string>({
      {R"({"token":"a"})", "a"},
      {R"({"access_token":"b","token":"a"})", "b"},
      {R"({"access_token":"","token":"a","expires_in":60})", "a"},
      {R"({"access_token":null,"token":"a"})", "a"},
      {R"({"access_token":7,"token":"a"})", "a"},
      {R"({"TOKEN":"a"})", "a"},
      {"", ""},
      {"{}", ""},
      {"[]", ""},
      {"null", ""},
      {"\"a\"", ""},
      {"<html>", ""},
      {R"({"token":"a)", ""},
      {R"({"token":""})", ""},
      {R"({"token":"a b"})", ""},
      {R"({"token":"a\r\nX-Evil: 1"})", ""},
      {R"({"token":"\u00e4"})", ""},
  }));
  CAPTURE(body);
  CHECK(token_in(response(200, body), false).value_or("") == token);
}

TEST_CASE("in the answer to a form a token is an access_token") {
  CHECK(token_in(response(200, R"({"access_token":"b","token":"a"})"), true) == "b");
  CHECK_FALSE(token_in(response(200, R"({"token":"a"})"), true));
  CHECK_FALSE(token_in(response(200, R"({"access_token":"","token":"a"})"), true));
}
