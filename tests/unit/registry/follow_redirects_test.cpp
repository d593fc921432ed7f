#include "registry/follow_redirects.h"

#include "catch.h"
#include "fake_registries.h"
#include "support.h"
#include "temporary_folder.h"

using namespace pullsecret;
using Catch::Contains;

namespace {

HttpResponse redirect(const std::string& url, bool is_private = false) {
  return {.status = 307, .redirect = url, .is_private = is_private};
}

HttpReply follow(FakeRegistries& registries, HttpRequest request,
                 const RegistryAccess& access = {.certificates = "/nonexistent"}) {
  return follow_redirects({std::move(request)}, registries.exchange(), access).front();
}

HttpRequest secret_request(const std::string& url) {
  return {.url = url, .headers = {{"Accept", "x"}}, .authorization = "Bearer hunter2"};
}

// Why it was not followed.
std::string failure_of(const HttpReply& reply) {
  const auto* failure = std::get_if<HttpFailure>(&reply);
  return failure == nullptr ? "" : failure->message;
}

}  // namespace

TEST_CASE("a redirect within an origin keeps the credential") {
  FakeRegistries registries;
  registries.on("GET https://a/1", redirect("https://A:443/2"))
      .on("GET https://a/2", response(200));
  registries.on("GET https://A:443/2", response(200));
  CHECK(std::get<HttpResponse>(follow(registries, secret_request("https://a/1"))).status == 200);
  CHECK(registries.requests.at(1).authorization == "Bearer hunter2");
  CHECK(registries.requests.at(1).headers.size() == 1);
}

TEST_CASE("a redirect to another origin loses the credential and the client's certificate") {
  const std::string other =
      GENERATE("https://b/", "https://a:444/", "https://sub.a/", "https://a.b/");
  CAPTURE(other);
  FakeRegistries registries;
  registries.on("GET https://a/1", redirect(other)).on("GET " + other, redirect("https://c/3"));
  registries.on("GET https://c/3", challenged("Basic"));
  HttpRequest first = secret_request("https://a/1");
  first.trust.client_certificate = "/x.cert";
  first.trust.anybody = true;
  const auto reply = std::get<HttpResponse>(follow(registries, first));
  CHECK(reply.is_from_elsewhere);
  CHECK(reply.url == "https://c/3");
  for (std::size_t i = 1; i < 3; ++i) {
    CHECK(registries.requests.at(i).authorization.empty());
    CHECK_FALSE(registries.requests.at(i).trust.client_certificate);
    CHECK_FALSE(registries.requests.at(i).trust.anybody);
  }
}

TEST_CASE("the way back has the credential and the client's certificate again") {
  FakeRegistries registries;
  registries.on("GET https://a/1", redirect("https://b/"))
      .on("GET https://b/", redirect("https://a/3"));
  registries.on("GET https://a/3", challenged("Basic"));
  HttpRequest first = secret_request("https://a/1");
  first.trust.client_certificate = "/x.cert";
  const auto reply = std::get<HttpResponse>(follow(registries, first));
  CHECK_FALSE(reply.is_from_elsewhere);
  CHECK(registries.requests.at(1).authorization.empty());
  CHECK(registries.requests.at(2).authorization == "Bearer hunter2");
  CHECK(registries.requests.at(2).trust.client_certificate == "/x.cert");
}

TEST_CASE("the other origin has the trust of its own") {
  TemporaryFolder folder;
  const auto authority = folder.write("b/ca.crt", "");
  FakeRegistries registries;
  registries.on("GET https://a/1", redirect("https://b/")).on("GET https://b/", response(200));
  follow(registries, secret_request("https://a/1"), {.certificates = folder.path()});
  CHECK(registries.requests.at(1).trust.authorities ==
        std::vector<std::filesystem::path>{authority});
  folder.write("b/half.cert", "");
  registries.requests.clear();
  CHECK_THAT(failure_of(follow(registries, secret_request("https://a/1"),
                               {.certificates = folder.path()})),
             Contains("half.key"));
  CHECK(registries.requests.size() == 1);
}

TEST_CASE("where a redirect must not lead, it fails") {
  const auto [url, reason] = GENERATE(table<std::string, std::string>({
      {"http://a/", "from https to http"},
      {"http://b/", "from https to http"},
      {"ftp://b/", "no http or https URL"},
      {"https://user:hunter2@b/", "no http or https URL"},
      {"file:///etc/passwd", "no http or https URL"},
  }));
  CAPTURE(url);
  FakeRegistries registries;
  registries.on("GET https://a/1", redirect(url));
  const std::string words = failure_of(follow(registries, secret_request("https://a/1")));
  CHECK_THAT(words, Contains(reason));
  CHECK_THAT(words, !Contains("hunter2"));
  CHECK(registries.requests.size() == 1);
}

TEST_CASE("http may stay http, and become https of the same host and port") {
  FakeRegistries registries;
  registries.on("GET http://a/1", redirect("http://a/2"))
      .on("GET http://a/2", redirect("https://a/"));
  registries.on("GET https://a/", response(200));
  const auto reply = std::get<HttpResponse>(follow(registries, secret_request("http://a/1")));
  CHECK(reply.status == 200);
  CHECK_FALSE(reply.is_from_elsewhere);
  CHECK(registries.requests.at(1).authorization == "Bearer hunter2");
  CHECK(registries.requests.at(2).authorization == "Bearer hunter2");
}

TEST_CASE("https of another host or port is elsewhere") {
  const std::string other = GENERATE("https://b/", "https://a:5000/", "https://a:80/");
  CAPTURE(other);
  FakeRegistries registries;
  registries.on("GET http://a/1", redirect(other)).on("GET " + other, response(200));
  CHECK(std::get<HttpResponse>(follow(registries, secret_request("http://a/1"))).is_from_elsewhere);
  CHECK(registries.requests.at(1).authorization.empty());
}

TEST_CASE("a public address redirects to no private one, whatever lies between") {
  FakeRegistries registries;
  registries.on("GET https://a/1", redirect("https://b/", /*is_private=*/false));
  registries.on("GET https://b/", redirect("https://c/", /*is_private=*/true));
  registries.on("GET https://c/", response(200));
  follow(registries, secret_request("https://a/1"));
  CHECK(registries.requests.at(0).may_be_private);
  CHECK_FALSE(registries.requests.at(1).may_be_private);
  CHECK_FALSE(registries.requests.at(2).may_be_private);
  registries.requests.clear();
  registries.on("GET https://a/1", redirect("https://b/", /*is_private=*/true));
  follow(registries, secret_request("https://a/1"));
  CHECK(registries.requests.at(1).may_be_private);
}

TEST_CASE("redirects without end are cut") {
  FakeRegistries registries;
  registries.on("GET https://a/1", redirect("https://a/1"));
  CHECK_THAT(failure_of(follow(registries, secret_request("https://a/1"))),
             Contains("more than 5 redirects"));
  CHECK(registries.requests.size() == 6);
}

TEST_CASE("what was posted is not posted again") {
  FakeRegistries registries;
  registries.on("POST https://a/1", redirect("https://a/2"));
  HttpRequest post = secret_request("https://a/1");
  post.method = HttpMethod::post;
  CHECK(std::get<HttpResponse>(follow(registries, post)).status == 307);
  CHECK(registries.requests.size() == 1);
}

TEST_CASE("a redirect that points nowhere, and a failure, are the reply") {
  FakeRegistries registries;
  registries.on("GET https://a/1", response(304));
  CHECK(std::get<HttpResponse>(follow(registries, secret_request("https://a/1"))).status == 304);
  CHECK(failure_of(follow(registries, secret_request("https://b/"))) == "nobody is there");
}

TEST_CASE("replies come in the order of the requests, and steps go side by side") {
  FakeRegistries registries;
  registries.on("GET https://a/1", redirect("https://a/2")).on("GET https://a/2", response(201));
  registries.on("GET https://b/", response(202));
  registries.on("GET https://c/1", redirect("https://c/2")).on("GET https://c/2", response(203));
  const auto replies = follow_redirects(
      {secret_request("https://a/1"), secret_request("https://b/"), secret_request("https://c/1")},
      registries.exchange(), {});
  CHECK(std::get<HttpResponse>(replies.at(0)).status == 201);
  CHECK(std::get<HttpResponse>(replies.at(1)).status == 202);
  CHECK(std::get<HttpResponse>(replies.at(2)).status == 203);
  CHECK(registries.rounds == std::vector<std::size_t>{3, 2});
}
