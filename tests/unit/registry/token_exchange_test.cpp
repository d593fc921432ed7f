#include "registry/token_exchange.h"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "catch.h"
#include "support.h"

using namespace pullsecret;

namespace {

constexpr const char* pods_token = "ey.pod.hunter2";
constexpr const char* failure_word = "hunter2";

// Who is asked, in its order, and what comes back.
struct Network {
  std::vector<std::pair<std::string, HttpReply>> answers;
  std::vector<HttpRequest> asked = {};

  HttpExchange exchange() {
    return [this](const std::vector<HttpRequest>& requests) {
      std::vector<HttpReply> replies;
      for (const HttpRequest& request : requests) {
        asked.push_back(request);
        HttpReply reply = HttpFailure{.message = "nobody answers"};
        for (const auto& [url, answer] : answers)
          if (url == request.url) reply = answer;
        const auto* response = std::get_if<HttpResponse>(&reply);
        if (response != nullptr && response->is_private && !request.may_be_private)
          reply = HttpFailure{.kind = HttpFailure::Kind::address, .message = "private"};
        replies.push_back(reply);
      }
      return replies;
    };
  }

  std::vector<std::string> urls() const {
    std::vector<std::string> urls;
    for (const HttpRequest& request : asked)
      urls.push_back(request.url);
    return urls;
  }
};

HttpResponse gives_token(bool is_private = false) {
  return {.status = 200,
          .body = R"({"access_token":"new","expires_in":300})",
          .is_private = is_private};
}

const TokenExchange sts{.url = "https://sts.example.com/token"};

std::string refusal(const HttpReply& reply) {
  Network network{{{sts.url, reply}}};
  const auto error =
      error_of([&] { exchange_token(sts, pods_token, "ghcr.io", network.exchange(), {}); });
  return error ? error->what() : "none";
}

std::string refusal_of_answer(const std::string& body) {
  return refusal(HttpResponse{.status = 200, .body = body});
}

}  // namespace

TEST_CASE("a token is exchanged with the form of RFC 8693") {
  TokenExchange how = sts;
  how.audience = "https://registry.example.com";
  how.scope = "repository:acme/app:pull offline";
  const HttpRequest request = exchange_request(how, pods_token);
  CHECK(request.method == HttpMethod::post);
  CHECK(request.form ==
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange"
        "&subject_token=ey.pod.hunter2"
        "&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt"
        "&audience=https%3A%2F%2Fregistry.example.com"
        "&scope=repository%3Aacme%2Fapp%3Apull%20offline");
  CHECK_FALSE(request.may_be_private);
  CHECK(request.url == how.url);
}

TEST_CASE("a vendor's fields stand beside those of RFC 8693, or in their place") {
  TokenExchange how = sts;
  how.is_json = true;
  how.fields = {{"provider_name", "k8s"}, {"subject_token_type", "id"}};
  const HttpRequest request = exchange_request(how, pods_token);
  CHECK(request.form ==
        R"({"grant_type":"urn:ietf:params:oauth:grant-type:token-exchange",)"
        R"("subject_token":"ey.pod.hunter2","provider_name":"k8s","subject_token_type":"id"})");
  CHECK(headers_named(request.headers, "Content-Type") ==
        std::vector<std::string>{"application/json"});
  how.fields = {{"oidc_token", "{token}"}, {"service_slug", "puller"}};
  CHECK(exchange_request(how, pods_token).form ==
        R"({"oidc_token":"ey.pod.hunter2","service_slug":"puller"})");
  how.is_json = false;
  CHECK(exchange_request(how, pods_token).form == "oidc_token=ey.pod.hunter2&service_slug=puller");
}

TEST_CASE("the answer has the new token, and how long it lives") {
  const auto exchanged = [](const std::string& body, const std::string& field = "access_token") {
    return exchanged_token_in({.status = 200, .body = body}, field, pods_token);
  };
  CHECK(exchanged(R"({"access_token":"new","expires_in":300})").token == "new");
  CHECK(exchanged(R"({"access_token":"new","expires_in":300})").lifetime ==
        std::chrono::seconds(300));
  CHECK(exchanged(R"({"access_token":"new","expires_in":"300"})").lifetime ==
        std::chrono::seconds(300));
  CHECK(exchanged(R"({"access_token":"new","expires_in":-5})").lifetime == std::chrono::seconds(0));
  CHECK_FALSE(exchanged(R"({"access_token":"new","expires_in":"soon"})").lifetime);
  CHECK_FALSE(exchanged(R"({"access_token":"new","expires_in":{}})").lifetime);
  CHECK_FALSE(exchanged(R"({"access_token":"new"})").lifetime);
  CHECK(exchanged(R"({"refresh_token":"other"})", "refresh_token").token == "other");
}

TEST_CASE("an answer without a token is none, and nothing of it is said") {
  for (const char* body : {R"({"token":"hunter2"})", R"({"access_token":""})", "{}", "null",
                           R"({"access_token":["hunter2"]})", R"({"access_token":null})"})
    CHECK(refusal_of_answer(body) == "sts.example.com: its answer has no token in access_token");
  for (const char* body : {"", "hunter2", "<html>hunter2", R"({"access_token":"hunter2")",
                           R"(["hunter2"])", R"({"access_token":"hunter2"} x)"})
    CHECK(refusal_of_answer(body) ==
          "sts.example.com: its answer is no JSON object of at most 64 KiB");
}

TEST_CASE("an answer whose token has odd characters, or that is an error, says so") {
  for (const char* token :
       {"hunter2 x", R"(hunter2\n)", R"(hunter2\u0000)", "hunter2\xc3\xa9", " "})
    CHECK(refusal_of_answer(fmt::format(R"({{"access_token":"{}"}})", token)) ==
          "sts.example.com: what its answer has in access_token is no token: it has a blank, or "
          "another character that none has");
  CHECK(refusal_of_answer(R"({"error":"invalid_grant","error_description":"no ey.pod.hunter2"})") ==
        "sts.example.com: its answer has no token in access_token: no …: invalid_grant");
  CHECK(refusal_of_answer(R"({"error":{"code":1},"message":"hunter2"})") ==
        "sts.example.com: its answer has no token in access_token");
}

TEST_CASE("an exchange that refuses says so in its words, without the token") {
  CHECK(refusal(HttpResponse{.status = 400,
                             .body = R"({"error":"invalid_request","error_description":)"
                                     R"("unknown subject ey.pod.hunter2"})"}) ==
        "sts.example.com: it refuses with status 400: unknown subject …: invalid_request");
  CHECK(refusal(HttpResponse{.status = 429, .headers = {{"Retry-After", "30"}}}) ==
        "sts.example.com: it refuses with status 429, and says Retry-After: 30");
  CHECK(refusal(HttpResponse{.status = 302, .redirect = "https://evil.example/"}) ==
        "sts.example.com: it redirects with status 302, and the token goes nowhere else");
  CHECK(refusal(HttpFailure{.kind = HttpFailure::Kind::time, .message = "no answer in time"}) ==
        "sts.example.com: no answer in time");
  for (const std::string& header : {std::string(pods_token), "soon " + std::string(pods_token)})
    CHECK(refusal(HttpResponse{.status = 503, .headers = {{"Retry-After", header}}})
              .find(failure_word) == std::string::npos);
}

TEST_CASE("an exchange on the Internet is asked, and nobody else") {
  Network network{{{sts.url, gives_token()}}};
  CHECK(exchange_token(sts, pods_token, "ghcr.io", network.exchange(), {}).token == "new");
  CHECK(network.urls() == std::vector<std::string>{sts.url});
}

TEST_CASE("an exchange at a private address is asked where the registry has one, too") {
  Network network{{{sts.url, gives_token(true)},
                   {"https://registry.corp/v2/", HttpResponse{.status = 401, .is_private = true}},
                   {"https://ghcr.io/v2/", HttpResponse{.status = 401}}}};
  CHECK(exchange_token(sts, pods_token, "registry.corp", network.exchange(), {}).token == "new");
  CHECK(network.urls() == std::vector<std::string>{sts.url, "https://registry.corp/v2/", sts.url});
  CHECK(network.asked[1].form.empty());
  CHECK(network.asked[1].authorization.empty());
  CHECK(network.asked[1].method == HttpMethod::get);

  const auto why_not = [&](const std::string& registry) {
    network.asked.clear();
    const auto error =
        error_of([&] { exchange_token(sts, pods_token, registry, network.exchange(), {}); });
    CHECK(network.asked.front().may_be_private == false);
    CHECK(network.asked.back().method == HttpMethod::get);
    return error ? error->what() : std::string("none");
  };
  CHECK(why_not("ghcr.io") ==
        "sts.example.com: it is at a private address, and the registry ghcr.io is not");
  CHECK(why_not("absent.example") ==
        "sts.example.com: it is at a private address, and nobody answers at absent.example who "
        "would show that the registry is, too");
}

TEST_CASE("over http only an exchange beside a registry over http is asked") {
  const TokenExchange plain{.url = "http://127.0.0.1:9000/token"};
  const auto why_not = [&](const std::string& registry, const std::string& url) {
    Network network{
        {{plain.url, gives_token(true)}, {url, HttpResponse{.status = 401, .is_private = true}}}};
    const auto error =
        error_of([&] { exchange_token(plain, pods_token, registry, network.exchange(), {}); });
    return error ? error->what() : std::string("none");
  };
  CHECK(why_not("127.0.0.1:5000", "http://127.0.0.1:5000/v2/") == "none");
  CHECK(why_not("127.0.0.1:5000", "https://127.0.0.1:5000/v2/") ==
        "127.0.0.1:9000: over http it is asked only for a registry that speaks http, too, as "
        "127.0.0.1:5000 does not: name an https URL");
  CHECK(why_not("localhost:5000", "http://localhost:5000/v2/") ==
        "127.0.0.1:9000: over http it is asked only at the registry's own host: name it at "
        "localhost, or an https URL");
}
