#include "registry/refusal.h"

#include "catch.h"
#include "fake_registries.h"
#include "support.h"

using namespace pullsecret;
using Catch::Contains;

namespace {

std::string words_in(const std::string& body, const std::vector<std::string>& secrets = {}) {
  return refusal_words(response(401, body), secrets).text;
}

std::vector<std::string> codes_in(const std::string& body) {
  return refusal_words(response(401, body), {}).codes;
}

}  // namespace

TEST_CASE("the words of a refusal, as registries spell them") {
  const auto [body, text] = GENERATE(table<std::string, std::string>({
      {R"({"errors":[{"code":"DENIED","message":"denied"}]})", "denied"},
      {R"({"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":"unknown tag=9"}]})",
       "manifest unknown: unknown tag=9"},
      {R"({"errors":[{"code":"UNAUTHORIZED","message":"a","detail":[{"Type":"repository"}]}]})",
       "a"},
      {R"({"errors":[{"code":"UNAUTHORIZED","message":"a","detail":{}}]})", "a"},
      {R"({"errors":[{"message":"a"},{"message":"b"},{"message":"a"}]})", "a: b"},
      {R"({"errors":[{"code":"DENIED"}]})", "DENIED"},
      {R"({"errors":[{"code":"DENIED","message":"  "}]})", "DENIED"},
      {R"({"errors":[]})", ""},
      {R"({"errors":["a",1,null]})", ""},
      {R"({"errors":"a","message":"b"})", "b"},
      {R"({"details":"incorrect username or password"})", "incorrect username or password"},
      {R"({"detail":"no"})", "no"},
      {R"({"error":"invalid_grant","error_description":"AADSTS1: x"})",
       "AADSTS1: x: invalid_grant"},
      {R"({"error":{"code":401,"message":"x"}})", ""},
      {R"({"code":401,"message":"UnAuthorized"})", "UnAuthorized"},
      {"Not Authorized\n", "Not Authorized"},
      {"404 page not found\nmore", "404 page not found"},
      {"", ""},
      {"  \n", ""},
      {"{", ""},
      {R"({"errors":[{"code":"DENIED","mess)", ""},
      {"<html><body>Forbidden</body></html>", ""},
      {"null", "null"},
  }));
  CAPTURE(body);
  CHECK(words_in(body) == text);
}

TEST_CASE("the codes of a refusal") {
  CHECK(codes_in(R"({"errors":[{"code":"DENIED"},{"code":"X"},{"code":""},{"code":1}]})") ==
        std::vector<std::string>{"DENIED", "X"});
  CHECK(codes_in("DENIED").empty());
}

TEST_CASE("a page for a browser says nothing") {
  CHECK(refusal_words(response(403, "log in", {{"content-type", "Text/HTML; charset=x"}}), {})
            .text.empty());
}

TEST_CASE("what a registry says is bounded and printable") {
  CHECK(words_in("a\x1b[31m\tb") == R"(a\x1b[31m\tb)");
  CHECK(words_in(R"({"message":"a\nb\u001b"})") == R"(a\nb\x1b)");
  CHECK(words_in(std::string(10'000, 'x')).size() <= 310);
  std::string errors;
  for (int i = 0; i < 1000; ++i)
    errors += R"({"message":")" + std::to_string(i) + "\"},";
  CHECK(words_in(R"({"errors":[)" + errors + "{}]}") == "0: 1: 2: 3: 4");
  CHECK(words_in(repeated("[", 100'000)).size() <= 310);
  CHECK(words_in(repeated(R"({"errors":[)", 10'000)).empty());
}

TEST_CASE("no secret that a registry sends back is told on") {
  CHECK(words_in("bad password hunter2!", {"hunter2"}) == "bad password …!");
  CHECK(words_in("bad aHVudGVyMg==, hunter2hunter2", {"hunter2"}) == "bad …, …");
  CHECK(words_in("bad hunter2%26", {"hunter2&"}) == "bad …");
  CHECK(words_in(R"({"message":"h\u0075nter2"})", {"hunter2"}) == "…");
  CHECK(words_in("hunter2", {""}) == "hunter2");
}

TEST_CASE("of a secret that holds another nothing is left") {
  CHECK(words_in("bad hunter2-and-more", {"hunter2", "hunter2-and-more"}) == "bad …");
}

TEST_CASE("a long secret at the end of what is kept leaves nothing of it") {
  const std::string secret = repeated("hunter2", 40);
  CHECK_THAT(words_in(std::string(290, 'x') + secret, {secret}), !Contains("hunter2"));
}

TEST_CASE("what is kept of a long body is what is read of it") {
  const auto condensed = [](const std::string& body) {
    return condensed_body(response(403, body));
  };
  CHECK(condensed("short") == "short");
  const std::string padding = R"("more":")" + std::string(100'000, 'x') + '"';
  const std::string body =
      R"({"errors":[{"code":"A","message":"a\u001b","detail":"d"},{"code":"B"}],)" + padding + "}";
  CHECK(condensed(body).size() <= max_kept_body);
  CHECK(words_in(condensed(body)) == words_in(body));
  CHECK(codes_in(condensed(body)) == codes_in(body));
  for (const std::string& text : {std::string(100'000, '\x01'), std::string(100'000, '"'),
                                  std::string(100'000, '\xff'), "<html>" + std::string(9999, 'x')})
    CHECK(condensed(text).size() <= max_kept_body);
  CHECK(is_web_page(response(403, condensed("<html>" + std::string(9999, 'x')))));
  CHECK(words_in(condensed(std::string(100'000, 'y'))).starts_with("yyyy"));
}

TEST_CASE("of a secret that is cut off nothing is left") {
  const std::string secret = repeated("hunter2-", 99);
  for (std::size_t before = 0; before < 2000; before += 7) {
    const std::string echo = std::string(before % 290, 'x') + repeated(secret, 5);
    for (const std::string& body : {echo, R"({"message":")" + echo + "\"}"}) {
      CAPTURE(before, body.size());
      const HttpResponse kept =
          response(403, condensed_body(response(403, body + std::string(9999, ' '))));
      CHECK_THAT(refusal_words(kept, {secret}).text, !Contains("hunter2"));
    }
  }
}
