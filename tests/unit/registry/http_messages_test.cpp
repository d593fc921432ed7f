#include "registry/http_messages.h"

#include "catch.h"
#include "support.h"

using namespace pullsecret;
using Catch::Contains;

namespace {

HttpReply through(const HttpReply& reply) {
  const std::string line = format_http_reply(7, reply);
  CHECK(line.find('\n') == std::string::npos);
  auto [number, read] = parse_http_reply(line);
  CHECK(number == 7);
  return read;
}

}  // namespace

TEST_CASE("a request goes through the pipe as it is") {
  const HttpRequest request{.method = HttpMethod::post,
                            .url = "https://ghcr.io/token?x=\"\n",
                            .headers = {{"Accept", "a/b"}, {"X", ""}},
                            .authorization = "Basic aHVudGVyMg==",
                            .form = "password=hunter2",
                            .trust = {.authorities = {"/etc/a b.crt", "/c"},
                                      .client_certificate = "/x.cert",
                                      .client_key = "/x.key",
                                      .anybody = true},
                            .may_be_private = false,
                            .wants_token = true};
  const std::string line = format_http_request(3, request);
  CHECK(line.find('\n') == std::string::npos);
  const auto [number, read] = parse_http_request(line);
  CHECK(number == 3);
  CHECK(read.method == request.method);
  CHECK(read.url == request.url);
  REQUIRE(read.headers.size() == 2);
  CHECK(read.headers[0].name == "Accept");
  CHECK(read.headers[0].value == "a/b");
  CHECK(read.authorization == request.authorization);
  CHECK(read.form == request.form);
  CHECK(read.trust.authorities == request.trust.authorities);
  CHECK(read.trust.client_certificate == request.trust.client_certificate);
  CHECK(read.trust.client_key == request.trust.client_key);
  CHECK(read.trust.anybody);
  CHECK_FALSE(read.may_be_private);
  CHECK(read.wants_token);
}

TEST_CASE("a request of defaults keeps them") {
  const auto read = parse_http_request(format_http_request(0, {.url = "http://a"})).second;
  CHECK(read.method == HttpMethod::get);
  CHECK_FALSE(read.trust.client_certificate);
  CHECK_FALSE(read.trust.anybody);
  CHECK(read.may_be_private);
}

TEST_CASE("a response goes through the pipe, what is no UTF-8 as U+FFFD") {
  const HttpReply reply = through(HttpResponse{.status = 401,
                                               .headers = {{"WWW-Authenticate", "Basic \xFF"}},
                                               .body = std::string("a\0\n\xC3(", 5),
                                               .redirect = "https://b/",
                                               .is_private = true});
  const auto& response = std::get<HttpResponse>(reply);
  CHECK(response.status == 401);
  REQUIRE(response.headers.size() == 1);
  CHECK(response.headers[0].value == "Basic \xEF\xBF\xBD");
  CHECK(response.body == std::string("a\0\n\xEF\xBF\xBD(", 7));
  CHECK(response.redirect == "https://b/");
  CHECK(response.is_private);
}

TEST_CASE("a failure keeps its kind") {
  for (const auto kind :
       {HttpFailure::Kind::name, HttpFailure::Kind::time, HttpFailure::Kind::response}) {
    const HttpReply reply = through(HttpFailure{kind, "it broke"});
    CHECK(std::get<HttpFailure>(reply).kind == kind);
    CHECK(std::get<HttpFailure>(reply).message == "it broke");
  }
}

TEST_CASE("the largest body fits into a line") {
  const std::string line =
      format_http_reply(0, HttpResponse{.body = std::string(max_body, '\x01')});
  CHECK(line.size() < max_http_message);
}

TEST_CASE("what is no reply is refused, without a part of it") {
  const std::string line = GENERATE(
      "", "{", "null", "[]", "\"hunter2\"", "{}", R"({"number":1})", R"({"number":"1"})",
      R"({"number":1,"failure":99,"message":"hunter2"})",
      R"({"number":1,"failure":-1,"message":"hunter2"})",
      R"({"number":1,"failure":4294967296,"message":"hunter2"})",
      R"({"number":1,"failure":"x","message":"hunter2"})", R"({"number":1,"failure":1})",
      R"({"number":1,"status":200,"headers":"hunter2","body":"","redirect":"","is_private":false})",
      R"({"number":1,"status":200,"headers":[["a"]],"body":"","redirect":"","is_private":false})",
      R"({"number":1,"status":200,"headers":[],"body":1,"redirect":"","is_private":false})",
      R"({"number":1,"status":200,"headers":[],"body":"","redirect":""})", "{\"number\":1,\xFF}",
      R"({"number":1} trailing)");
  CAPTURE(line);
  const auto error = error_of([&] { parse_http_reply(line); });
  REQUIRE(error);
  CHECK_THAT(error->what(), !Contains("hunter2"));
  CHECK_FALSE(error->hint().empty());
}

TEST_CASE("what is no request is refused") {
  const std::string good = format_http_request(1, {.url = "https://a"});
  CHECK_NOTHROW(parse_http_request(good));
  for (const char* field :
       {"method", "url", "headers", "authorization", "form", "trust", "may_be_private", "number"}) {
    CAPTURE(field);
    auto json = nlohmann::json::parse(good);
    json.erase(field);
    CHECK(error_of([&] { parse_http_request(json.dump()); }));
  }
  auto json = nlohmann::json::parse(good);
  json["method"] = 3;
  CHECK(error_of([&] { parse_http_request(json.dump()); }));
}

TEST_CASE("nesting without end is refused, and does not overflow the stack") {
  CHECK(error_of([&] { parse_http_reply(std::string(1'000'000, '[')); }));
  CHECK(error_of([&] { parse_http_reply(repeated(R"({"a":)", 200'000)); }));
}
