#include "registry/pull_verdict.h"

#include "catch.h"
#include "credential/base64.h"
#include "fake_registries.h"
#include "support.h"

using namespace pullsecret;
using Catch::Contains;

namespace {

const Credential judged_user{.username = "octocat", .password = "hunter2"};

PullVerdict judged(const HttpReply& last, const Credential* credential = &judged_user,
                   const std::optional<HttpReply>& login = std::nullopt,
                   const char* host_of_issuer = "") {
  return judge({.host = "registry",
                .repository = "acme/app",
                .issuer = &issuer_of_registry(host_of_issuer),
                .credential = credential,
                .last = last,
                .login = login},
               Time());
}

}  // namespace

TEST_CASE("a manifest pulls, for somebody or anybody") {
  CHECK(judged(response(200)).outcome == PullOutcome::pulls);
  CHECK(judged(response(200), nullptr).outcome == PullOutcome::anonymous);
  CHECK(is_pull(PullOutcome::pulls));
  CHECK(is_pull(PullOutcome::anonymous));
  CHECK_FALSE(is_pull(PullOutcome::logs_in));
}

TEST_CASE("a login alone is no pull, and says so") {
  const PullVerdict verdict =
      judge({.host = "registry", .credential = &judged_user, .last = response(200)}, Time());
  CHECK(verdict.outcome == PullOutcome::logs_in);
  CHECK_THAT(verdict.reason, Contains("does not say that it may pull"));
}

TEST_CASE("a refusal is one of the login where that fails, too, and else one of access") {
  const HttpReply last = response(GENERATE(400, 401, 403));
  CHECK(judged(last).outcome == PullOutcome::refused);
  CHECK(judged(last, &judged_user, response(401)).outcome == PullOutcome::refused);
  CHECK(judged(last, &judged_user, HttpFailure{}).outcome == PullOutcome::refused);
  CHECK(judged(last, &judged_user, response(200)).outcome == PullOutcome::no_access);
  CHECK(judged(last, nullptr).outcome == PullOutcome::no_access);
}

TEST_CASE("a credential that says when it ends has ended then") {
  const std::string claims = encode_base64(R"({"exp":1000})");
  const Credential token{.username = "00000000-0000-0000-0000-000000000000",
                         .password = "e30." + claims.substr(0, claims.find('=')) + ".hunter2"};
  const PullEvidence evidence{
      .host = "acme.azurecr.io", .repository = "a", .credential = &token, .last = response(401)};
  CHECK(judge(evidence, Time(std::chrono::seconds(1000))).outcome == PullOutcome::expired);
  CHECK_THAT(judge(evidence, Time(std::chrono::seconds(1000))).reason,
             Contains("expired at 1970-01-01T00:16Z"));
  CHECK(judge(evidence, Time(std::chrono::seconds(999))).outcome == PullOutcome::refused);
}

TEST_CASE("words that say that it has expired, and words that do not") {
  const auto [words, outcome] = GENERATE(table<std::string, PullOutcome>({
      {"Your authorization token has expired. Reauthenticate", PullOutcome::expired},
      {"personal access token is EXPIRED", PullOutcome::expired},
      {"The provided client secret keys are expired", PullOutcome::expired},
      {"it was either incorrect, expired, or improperly scoped", PullOutcome::refused},
      {"no access to repository unexpired", PullOutcome::refused},
  }));
  CAPTURE(words);
  CHECK(judged(response(401, words)).outcome == outcome);
  CHECK(judged(response(401), &judged_user, response(401, words)).outcome == outcome);
}

TEST_CASE("what is not there is missing, and not refused") {
  CHECK(judged(response(404, refusal_body("TAG_EXPIRED", "Tag has expired"))).outcome ==
        PullOutcome::no_such_image);
  const PullVerdict no_tag = judged(response(404, refusal_body("MANIFEST_UNKNOWN", "x")));
  CHECK(no_tag.outcome == PullOutcome::no_such_image);
  CHECK(no_tag.reason == "there is no such tag or digest");
  const PullVerdict no_name = judged(response(404, refusal_body("NAME_UNKNOWN", "x")));
  CHECK(no_name.outcome == PullOutcome::no_such_image);
  CHECK_THAT(no_name.reason, Contains("no repository acme/app"));
}

TEST_CASE("a token server that is not there is no missing image") {
  const PullEvidence evidence{.host = "registry",
                              .repository = "a",
                              .credential = &judged_user,
                              .last = response(404),
                              .is_token_server = true};
  CHECK(judge(evidence, Time()).outcome == PullOutcome::unreachable);
  CHECK_THAT(judge(evidence, Time()).reason, Contains("token server answers with status 404"));
}

TEST_CASE("what a registry withholds by a rule is no access") {
  const PullVerdict verdict =
      judged(response(412, refusal_body("PROJECTPOLICYVIOLATION", "the image is not signed")));
  CHECK(verdict.outcome == PullOutcome::no_access);
  CHECK(verdict.registry_words == "the image is not signed");
  CHECK(judged(response(451)).outcome == PullOutcome::no_access);
}

TEST_CASE("too many requests, by status or code") {
  CHECK(judged(response(429)).outcome == PullOutcome::rate_limited);
  CHECK(judged(response(403, refusal_body("TOOMANYREQUESTS", "x"))).outcome ==
        PullOutcome::rate_limited);
  CHECK_THAT(judged(response(429), nullptr).hint, Contains("docker login"));
}

TEST_CASE("Docker Hub answers HEAD where nothing is left for a pull") {
  const auto [left, outcome] = GENERATE(table<std::string, PullOutcome>({
      {"0;w=21600", PullOutcome::rate_limited},
      {"0", PullOutcome::rate_limited},
      {"1;w=21600", PullOutcome::pulls},
      {"00", PullOutcome::pulls},
      {"", PullOutcome::pulls},
  }));
  CAPTURE(left);
  const HttpReply last = response(200, "", {{"ratelimit-remaining", left}});
  CHECK(judged(last, &judged_user, std::nullopt, "docker.io").outcome == outcome);
  CHECK(judged(last, &judged_user, std::nullopt, "registry.example").outcome == PullOutcome::pulls);
}

TEST_CASE("whom nobody reaches says why") {
  for (const auto kind :
       {HttpFailure::Kind::name, HttpFailure::Kind::connection, HttpFailure::Kind::proxy,
        HttpFailure::Kind::authority, HttpFailure::Kind::expired, HttpFailure::Kind::other_name,
        HttpFailure::Kind::client_certificate, HttpFailure::Kind::plain, HttpFailure::Kind::tls,
        HttpFailure::Kind::time}) {
    const PullVerdict verdict = judged(HttpFailure{kind, "it broke"});
    CHECK(verdict.outcome == PullOutcome::unreachable);
    CHECK(verdict.reason == "it broke");
    CHECK_FALSE(verdict.hint.empty());
  }
  CHECK(judged(response(500)).outcome == PullOutcome::unreachable);
  CHECK(judged(response(302)).outcome == PullOutcome::unreachable);
  CHECK(judged(response(200, "<!DOCTYPE html>")).outcome == PullOutcome::unreachable);
}

TEST_CASE("no verdict has a secret that the registry sends back") {
  const std::string body = "hunter2 b2N0b2NhdDpodW50ZXIy bearer-hunter-2";
  const PullEvidence evidence{.host = "registry",
                              .repository = "acme/app",
                              .credential = &judged_user,
                              .token = "bearer-hunter-2",
                              .last = response(GENERATE(401, 404, 412, 429, 500), body)};
  CHECK(judge(evidence, Time()).registry_words == "… … …");
}

TEST_CASE("no verdict has what the registry was told in another try") {
  const PullVerdict verdict = judge({.host = "registry",
                                     .repository = "acme/app",
                                     .told = {"hunter2"},
                                     .last = response(401, "bad hunter2, aHVudGVyMg==")},
                                    Time());
  CHECK(verdict.registry_words == "bad …, …");
}

TEST_CASE("names from outside are printable in every verdict") {
  const PullVerdict verdict = judge({.host = "a\x1b;b",
                                     .repository = "acme/\x1b",
                                     .credential = &judged_user,
                                     .last = response(401),
                                     .login = response(200)},
                                    Time());
  CHECK_THAT(verdict.reason, Contains(R"(acme/\x1b)"));
  CHECK(judged(HttpFailure{HttpFailure::Kind::tls, ""}).hint.find('\x1b') == std::string::npos);
}

namespace {

HttpResponse from_elsewhere(HttpResponse response) {
  response.url = "https://other:5000/v2/x";
  response.is_from_elsewhere = true;
  return response;
}

}  // namespace

TEST_CASE("who was told no credential says nothing of it") {
  const PullVerdict wants_login = judged(from_elsewhere(challenged("Basic")));
  CHECK(wants_login.outcome == PullOutcome::no_access);
  CHECK(wants_login.reason ==
        "registry sends to other:5000, which wants a login of its own; containerd would send the "
        "credential there");
  CHECK(judged(from_elsewhere(challenged("Basic")), nullptr).reason ==
        "registry sends to other:5000, which wants a login of its own");
  CHECK(judged(from_elsewhere(response(403))).reason ==
        "registry sends to other:5000, which refuses, with status 403");
  CHECK(judge({.host = "registry",
               .repository = "acme/app",
               .credential = &judged_user,
               .last = from_elsewhere(response(401)),
               .is_token_server = true},
              Time())
            .reason == "its token server sends to other:5000, which wants a login of its own");
  CHECK(
      judge({.host = "registry", .credential = &judged_user, .last = from_elsewhere(response(200))},
            Time())
          .outcome == PullOutcome::no_access);
  CHECK(judged(from_elsewhere(response(200))).outcome == PullOutcome::pulls);
}

TEST_CASE("a credential that nobody asked for is not wrong") {
  const auto verdict = [](const std::string& header) {
    return judge({.host = "registry",
                  .repository = "acme/app",
                  .credential = &judged_user,
                  .is_sent = false,
                  .last = challenged(header)},
                 Time());
  };
  CHECK(verdict("Negotiate").outcome == PullOutcome::no_access);
  CHECK_THAT(verdict("Negotiate").reason, Contains("no login that containerd knows"));
  CHECK_THAT(verdict("Negotiate, Basic").reason, Contains("in one header"));
}

TEST_CASE("where a header has several challenges, the refusal says so") {
  CHECK_THAT(judged(challenged(R"(Basic realm="x", Bearer realm="https://a/t")")).reason,
             Contains("containerd reads the first alone"));
  CHECK_THAT(judged(challenged("Basic")).reason, !Contains("containerd"));
}

TEST_CASE("--insecure-registry is the hint for an unknown authority alone") {
  using Kind = HttpFailure::Kind;
  for (int number = 0; number <= static_cast<int>(Kind::response); ++number) {
    const auto kind = static_cast<Kind>(number);
    const std::string hint = judged(HttpFailure{kind, "it broke", "auth.example:444"}).hint;
    CAPTURE(number, hint);
    const bool has_option = hint.find("--insecure-registry auth.example:444") != std::string::npos;
    CHECK(has_option == (kind == Kind::authority));
  }
  CHECK(judged(HttpFailure{Kind::file, "x", "", "mend the file"}).hint == "mend the file");
}

TEST_CASE("a client certificate that is demanded is neither a wrong password nor no access") {
  HttpResponse last = response(400, "<html>");
  CHECK(judged(last).outcome == PullOutcome::refused);
  last.wants_certificate = true;
  CHECK(judged(last).outcome == PullOutcome::unreachable);
  CHECK_THAT(judged(last).reason, Contains("client certificate"));
  CHECK_THAT(judged(last).hint, Contains("certs.d/registry/client.cert"));
}

TEST_CASE("no failure has a secret that the registry has put into a name") {
  const std::string host = GENERATE("hunter2.evil", "x-hunter2", "b2n0b2nhddpodw50zxiy.evil");
  CHECK_THAT(judged(HttpFailure{HttpFailure::Kind::response, "it sends to " + host}).reason,
             !Contains("unter2") && !Contains("b2n0"));
  HttpResponse last = from_elsewhere(challenged("Basic"));
  last.url = "https://" + host + "/";
  CHECK_THAT(judged(last).reason, !Contains("unter2") && !Contains("b2n0"));
}
