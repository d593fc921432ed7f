#include "registry/tokens.h"

#include "catch.h"
#include "fake_registries.h"
#include "support.h"

using namespace pullsecret;
using Catch::Contains;

namespace {

const std::string realm = "https://auth/token";
const std::string query = "GET https://auth/token?service=s&scope=a";
const std::string posted = "POST https://auth/token";

TokenWish wish(std::optional<Credential> credential, const std::string& scope = "a") {
  return {.challenge = {Challenge::Scheme::bearer, realm, "s", {}},
          .scopes = {scope},
          .credential = std::move(credential),
          .registry_url = "https://registry"};
}

const Credential token_user{.username = "octocat", .password = "hunter2"};

// The token, or the reply's status or failure.
std::string answer_in_words(const TokenAnswer& answer) {
  if (const auto* token = std::get_if<std::string>(&answer)) return *token;
  const auto& reply = std::get<HttpReply>(answer);
  if (const auto* failure = std::get_if<HttpFailure>(&reply)) return failure->message;
  return std::to_string(std::get<HttpResponse>(reply).status);
}

std::string get_token(FakeRegistries& registries, const TokenWish& wish) {
  Tokens tokens(registries.exchange(), {.certificates = "/nonexistent"});
  return answer_in_words(tokens.get({wish}).front());
}

}  // namespace

TEST_CASE("who has a credential posts it, who has none asks") {
  FakeRegistries registries;
  registries.on(posted, response(200, R"({"access_token":"posted"})"));
  registries.on(query, response(200, R"({"token":"asked"})"));
  CHECK(get_token(registries, wish(token_user)) == "posted");
  CHECK(registries.asked() == std::vector<std::string>{posted});
  CHECK(get_token(registries, wish(std::nullopt)) == "asked");
  CHECK(registries.requests.at(1).authorization.empty());
}

TEST_CASE("where no form is known, the query is tried with Basic") {
  const int status = GENERATE(307, 400, 401, 404, 405);
  FakeRegistries registries;
  registries.on(posted, response(status)).on(query, response(200, R"({"token":"asked"})"));
  CHECK(get_token(registries, wish(token_user)) == "asked");
  CHECK(registries.requests.at(1).authorization == "Basic b2N0b2NhdDpodW50ZXIy");
}

TEST_CASE("another refusal of the form is the answer") {
  const int status = GENERATE(403, 429, 500);
  FakeRegistries registries;
  registries.on(posted, response(status));
  CHECK(get_token(registries, wish(token_user)) == std::to_string(status));
  CHECK(registries.requests.size() == 1);
}

TEST_CASE("a refusal of the query is the answer") {
  FakeRegistries registries;
  registries.on(posted, response(404)).on(query, response(401));
  CHECK(get_token(registries, wish(token_user)) == "401");
}

TEST_CASE("200 without a token is no token server's answer") {
  const std::string body = GENERATE("", "{}", "<html></html>", R"({"token":"a\nb"})");
  FakeRegistries registries;
  registries.on(query, response(200, body));
  CHECK_THAT(get_token(registries, wish(std::nullopt)), Contains("no token"));
}

TEST_CASE("a form's answer with another field than access_token is none for containerd") {
  FakeRegistries registries;
  registries.on(posted, response(200, R"({"token":"t"})"));
  registries.on(query, response(200, R"({"token":"t"})"));
  CHECK_THAT(get_token(registries, wish(token_user)),
             Contains("as access_token") && Contains("CRI-O sends no form"));
  CHECK(registries.asked() == std::vector<std::string>{posted});
}

TEST_CASE("each token is asked for once, all of them side by side") {
  FakeRegistries registries;
  registries.on(posted, response(200, R"({"access_token":"t"})"));
  Tokens tokens(registries.exchange(), {});
  const Credential other{.username = "octocat", .password = "hunter22"};
  const std::vector<TokenWish> wishes{wish(token_user), wish(token_user), wish(other),
                                      wish(token_user, "b")};
  CHECK(tokens.get(wishes).size() == 4);
  CHECK(registries.rounds == std::vector<std::size_t>{3});
  tokens.get(wishes);
  CHECK(registries.requests.size() == 3);
  TokenWish login = wish(token_user);
  login.scopes.clear();
  tokens.get({login});
  CHECK(registries.requests.size() == 4);
}

TEST_CASE("a realm that is refused is not asked, and spoils none for another registry") {
  FakeRegistries registries;
  registries.on("POST http://registry/token", response(200, R"({"access_token":"t"})"));
  TokenWish over_http = wish(token_user), over_https = wish(token_user);
  over_http.challenge.realm = over_https.challenge.realm = "http://registry/token";
  over_http.registry_url = "http://registry";
  over_https.registry_url = "https://registry";
  Tokens tokens(registries.exchange(), {});
  auto answers = tokens.get({over_http, over_https, over_http});
  CHECK(answer_in_words(answers.at(0)) == "t");
  CHECK_THAT(answer_in_words(answers.at(1)), Contains("over http"));
  CHECK(answer_in_words(answers.at(2)) == "t");
  CHECK(registries.requests.size() == 1);
}

TEST_CASE("a public registry's realm is at no private address") {
  FakeRegistries registries;
  TokenWish wanted = wish(token_user);
  get_token(registries, wanted);
  CHECK_FALSE(registries.requests.at(0).may_be_private);
  wanted.may_be_private = true;
  get_token(registries, wanted);
  CHECK(registries.requests.at(1).may_be_private);
}

TEST_CASE("a token server that redirects elsewhere gets no credential there") {
  FakeRegistries registries;
  registries.on(posted, response(404));
  registries.on(query, HttpResponse{.status = 302, .redirect = "https://evil/"});
  registries.on("GET https://evil/", response(200, R"({"access_token":"t"})"));
  CHECK(get_token(registries, wish(token_user)) == "t");
  CHECK(registries.requests.back().url == "https://evil/");
  CHECK(registries.requests.back().authorization.empty());
  CHECK(registries.requests.back().form.empty());
}
