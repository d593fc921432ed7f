#include "registry/pull_check.h"

#include "catch.h"
#include "fake_registries.h"
#include "support.h"

using namespace pullsecret;
using Catch::Contains;
using Texts = std::vector<std::string>;

namespace {

const std::string base = "https://registry";
const std::string greeting_request = "GET " + base + "/v2/";
const std::string manifest_url = base + "/v2/acme/app/manifests/1";
const std::string bearer = R"(Bearer realm="https://auth/token",service="s")";
const std::string scoped = "https://auth/token?service=s&scope=repository%3Aacme%2Fapp%3Apull";

const Credential right{.username = "octocat", .password = "hunter2"};
const Credential wrong{.username = "octocat", .password = "hunter2-wrong"};
const std::string right_basic = "Basic b2N0b2NhdDpodW50ZXIy";

PullQuestion question(std::vector<std::optional<Credential>> tries,
                      const std::string& reference = "1") {
  return {.host = "registry",
          .repository = "acme/app",
          .reference = reference,
          .tries = std::move(tries)};
}

// The outcomes of each question, in words.
std::vector<Texts> outcomes(FakeRegistries& registries, const std::vector<PullQuestion>& questions,
                            const RegistryAccess& access = {.certificates = "/nonexistent"}) {
  std::vector<Texts> words;
  for (const auto& verdicts : check_pulls(questions, {registries.exchange(), access, Time()})) {
    words.emplace_back();
    for (const PullVerdict& verdict : verdicts)
      words.back().emplace_back(in_words(verdict.outcome));
  }
  return words;
}

std::vector<PullVerdict> verdicts(FakeRegistries& registries, const PullQuestion& question) {
  return check_pulls({question}, {registries.exchange(), {.certificates = "/nonexistent"}, Time()})
      .front();
}

// What takes the right credential alone.
FakeRegistries::Answer basic_guard(const HttpReply& reply) {
  return [reply](const HttpRequest& request) {
    return request.authorization == right_basic ? reply
                                                : HttpReply(challenged("Basic realm=\"r\""));
  };
}

FakeRegistries basic_registry() {
  FakeRegistries registries;
  registries.on(greeting_request, basic_guard(response(200)));
  registries.on("HEAD " + manifest_url, basic_guard(response(200)));
  registries.on("GET " + manifest_url, basic_guard(response(200)));
  return registries;
}

// Knows no form; gives a token to anybody, but only that of `right` pulls.
FakeRegistries bearer_registry() {
  FakeRegistries registries;
  const auto token = [](const HttpRequest& request) {
    return HttpReply(response(
        200, request.authorization == right_basic ? R"({"token":"good"})" : R"({"token":"weak"})"));
  };
  const auto guard = [](const HttpRequest& request) {
    return request.authorization == "Bearer good" ? HttpReply(response(200))
                                                  : HttpReply(challenged(bearer));
  };
  registries.on(greeting_request, [](const HttpRequest& request) {
    return HttpReply(request.authorization.empty() ? challenged(bearer) : response(200));
  });
  registries.on("POST https://auth/token", response(405)).on("GET " + scoped, token);
  registries.on("GET https://auth/token?service=s", token);
  registries.on("HEAD " + manifest_url, guard).on("GET " + manifest_url, guard);
  return registries;
}

}  // namespace

TEST_CASE("Basic goes to the registry that wants it, and not before") {
  FakeRegistries registries = basic_registry();
  CHECK(outcomes(registries, {question({right})}) == std::vector<Texts>{{"pulls"}});
  CHECK(registries.asked() == Texts{greeting_request, "HEAD " + manifest_url});
  CHECK(registries.requests.at(0).authorization.empty());
  CHECK(registries.requests.at(1).authorization == right_basic);
  CHECK_THAT(headers_named(registries.requests.at(1).headers, "accept").at(0),
             Contains("application/vnd.oci.image.index.v1+json"));
}

TEST_CASE("a registry that wants no login gets none") {
  FakeRegistries registries;
  registries.on(greeting_request, response(200)).on("HEAD " + manifest_url, response(200));
  CHECK(outcomes(registries, {question({right})}) == std::vector<Texts>{{"pulls"}});
  for (const HttpRequest& request : registries.requests)
    CHECK(request.authorization.empty());
}

TEST_CASE("a token is had where the registry sends for one, and the credential goes there alone") {
  FakeRegistries registries = bearer_registry();
  CHECK(outcomes(registries, {question({right})}) == std::vector<Texts>{{"pulls"}});
  CHECK(registries.asked() == Texts{greeting_request, "POST https://auth/token", "GET " + scoped,
                                    "HEAD " + manifest_url});
  for (const HttpRequest& request : registries.requests)
    if (request.url.starts_with(base)) CHECK(request.authorization.find("Basic") != 0);
  CHECK(registries.requests.back().authorization == "Bearer good");
}

TEST_CASE("the tries go on to the first that pulls, and no further") {
  FakeRegistries registries = basic_registry();
  CHECK(outcomes(registries, {question({wrong, right, std::nullopt}), question({std::nullopt})}) ==
        std::vector<Texts>{{"refused", "pulls"}, {"no access"}});
}

TEST_CASE("a question without a try has no verdict") {
  FakeRegistries registries = basic_registry();
  CHECK(outcomes(registries, {question({})}) == std::vector<Texts>{{}});
  CHECK(outcomes(registries, {}).empty());
}

TEST_CASE("a credential that logs in and does not pull is too weak, not wrong") {
  FakeRegistries registries = bearer_registry();
  CHECK(outcomes(registries, {question({wrong})}) == std::vector<Texts>{{"no access"}});
  registries.on("GET https://auth/token?service=s", response(401));
  CHECK(outcomes(registries, {question({wrong})}) == std::vector<Texts>{{"refused"}});
}

TEST_CASE("the reason of a refusal is asked for once, with GET") {
  FakeRegistries registries = basic_registry();
  registries.on("HEAD " + manifest_url, response(404));
  registries.on("GET " + manifest_url,
                response(404, refusal_body("MANIFEST_UNKNOWN", "no such tag")));
  const auto found = verdicts(registries, question({right}));
  CHECK(found.at(0).outcome == PullOutcome::no_such_image);
  CHECK(found.at(0).registry_words == "no such tag");
  CHECK(registries.times("GET " + manifest_url) == 1);
}

TEST_CASE("a registry that knows no HEAD is asked with GET") {
  FakeRegistries registries = basic_registry();
  registries.on("HEAD " + manifest_url, response(405));
  CHECK(outcomes(registries, {question({right})}) == std::vector<Texts>{{"pulls"}});
}

TEST_CASE("a GET that breaks does not hide what HEAD was answered") {
  FakeRegistries registries = basic_registry();
  registries.on("HEAD " + manifest_url, response(404));
  registries.on("GET " + manifest_url, HttpFailure{HttpFailure::Kind::time, "no answer in time"});
  CHECK(outcomes(registries, {question({right})}) == std::vector<Texts>{{"no such image"}});
}

TEST_CASE("what pulls, and what is rate limited, is not asked for with GET") {
  FakeRegistries registries = basic_registry();
  registries.on("HEAD " + manifest_url, response(429));
  CHECK(outcomes(registries, {question({right})}) == std::vector<Texts>{{"rate limited"}});
  CHECK(registries.times("GET " + manifest_url) == 0);
}

TEST_CASE("a registry is asked how once, and a token for once, however many images it has") {
  FakeRegistries registries = bearer_registry();
  std::vector<PullQuestion> questions;
  for (int i = 0; i < 10; ++i) {
    questions.push_back(question({right}, std::to_string(i)));
    registries.on("HEAD " + base + "/v2/acme/app/manifests/" + std::to_string(i), response(200));
  }
  CHECK(outcomes(registries, questions) == std::vector<Texts>(10, Texts{"pulls"}));
  CHECK(registries.times(greeting_request) == 1);
  CHECK(registries.times("POST https://auth/token") == 1);
  CHECK(registries.times("GET " + scoped) == 1);
  CHECK(registries.rounds == std::vector<std::size_t>{1, 1, 1, 10});
}

TEST_CASE("each credential and each repository has a token of its own") {
  FakeRegistries registries = bearer_registry();
  PullQuestion other = question({right});
  other.repository = "acme/other";
  outcomes(registries, {question({right}), question({wrong}), other});
  CHECK(registries.times("GET " + scoped) == 2);
  CHECK(registries.times(
            "GET https://auth/token?service=s&scope=repository%3Aacme%2Fother%3Apull") == 1);
}

TEST_CASE("a manifest may send for a token elsewhere, once") {
  FakeRegistries registries = basic_registry();
  registries.on(greeting_request, response(200));
  registries.on("HEAD " + manifest_url, [](const HttpRequest& request) {
    return HttpReply(request.authorization == "Bearer good" ? response(200) : challenged(bearer));
  });
  registries.on("POST https://auth/token", response(200, R"({"access_token":"good"})"));
  const auto found = verdicts(registries, question({right}));
  CHECK(found.at(0).outcome == PullOutcome::pulls);
  CHECK_THAT(found.at(0).reason, Contains("CRI-O may not pull it"));
  CHECK(registries.times("HEAD " + manifest_url) == 2);

  registries.on("POST https://auth/1", response(200, R"({"access_token":"good"})"));
  int count = 0;
  registries.on("HEAD " + manifest_url, [&count](const HttpRequest&) {
    return HttpReply(challenged("Bearer realm=\"https://auth/" + std::to_string(++count) + "\""));
  });
  registries.requests.clear();
  outcomes(registries, {question({right})});
  CHECK(registries.times("HEAD " + manifest_url) == 2);
}

TEST_CASE("the kind of a registry is that of its first challenge") {
  // Harbor answers who has sent a token with Basic, which names no service.
  FakeRegistries registries = bearer_registry();
  const std::string harbor = R"(Bearer realm="https://auth/token",service="harbor-registry")";
  registries.on(greeting_request, [&](const HttpRequest& request) {
    return HttpReply(request.authorization.empty() ? challenged(harbor) : response(200));
  });
  registries.on(
      "GET https://auth/token?service=harbor-registry&scope=repository%3Aacme%2Fapp%3Apull",
      response(200, R"({"token":"weak"})"));
  registries.on("HEAD " + manifest_url, challenged(R"(Basic realm="harbor")"));
  registries.on("GET " + manifest_url, challenged(R"(Basic realm="harbor")"));
  const auto found = verdicts(registries, question({right}));
  CHECK(found.at(0).outcome == PullOutcome::no_access);
  CHECK_THAT(found.at(0).hint, Contains("for the project"));
}

TEST_CASE("a realm gets no credential that it must not have") {
  const std::string realm =
      GENERATE("http://registry/token", "http://169.254.169.254/latest", "https://u:p@auth/token",
               "ftp://auth", "token", "https://auth\\@evil/", "not a URL", "file:///etc/passwd",
               "http://127.0.0.1:99999/token");
  CAPTURE(realm);
  FakeRegistries registries;
  registries.on(greeting_request, challenged("Bearer realm=\"" + realm + "\""));
  CHECK(outcomes(registries, {question({right, std::nullopt})}) ==
        std::vector<Texts>{{"unreachable", "unreachable"}});
  CHECK(registries.asked() == Texts{greeting_request});
}

TEST_CASE("a Bearer challenge without a realm is met by nobody, whatever stands beside it") {
  const std::string bearer_without = GENERATE("Bearer", "Bearer service=\"s\"");
  FakeRegistries registries;
  registries.on(greeting_request, response(401, {},
                                           {{"WWW-Authenticate", "Basic realm=\"r\""},
                                            {"WWW-Authenticate", bearer_without}}));
  const auto found = verdicts(registries, question({right}));
  CHECK(found.at(0).outcome == PullOutcome::unreachable);
  CHECK_THAT(found.at(0).reason, Contains("says not where a token is to be had"));
  CHECK(registries.asked() == Texts{greeting_request});
}

TEST_CASE("a public registry's realm is not asked at a private address") {
  FakeRegistries registries = bearer_registry();
  outcomes(registries, {question({right})});
  for (const HttpRequest& request : registries.requests)
    CHECK(request.may_be_private == request.url.starts_with(base));

  registries.requests.clear();
  HttpResponse greeting = challenged(bearer);
  greeting.is_private = true;
  registries.on(greeting_request, greeting);
  outcomes(registries, {question({right})});
  for (const HttpRequest& request : registries.requests)
    CHECK(request.may_be_private);
}

TEST_CASE("Docker Hub is asked where it is served") {
  FakeRegistries registries;
  registries.on("GET https://registry-1.docker.io/v2/", response(200));
  registries.on("HEAD https://registry-1.docker.io/v2/library/nginx/manifests/latest",
                response(200));
  const PullQuestion nginx{.host = "docker.io",
                           .repository = "library/nginx",
                           .reference = "latest",
                           .tries = {std::nullopt}};
  CHECK(outcomes(registries, {nginx}) == std::vector<Texts>{{"anonymous"}});
}

TEST_CASE("http is for this machine first, and for what is named after https") {
  FakeRegistries registries;
  PullQuestion local = question({std::nullopt});
  local.host = "localhost:5000";
  registries.on("GET http://localhost:5000/v2/", response(200));
  registries.on("HEAD http://localhost:5000/v2/acme/app/manifests/1", response(200));
  CHECK(outcomes(registries, {local}) == std::vector<Texts>{{"anonymous"}});
  CHECK(registries.asked().front() == "GET http://localhost:5000/v2/");

  registries.requests.clear();
  registries.on("GET http://registry/v2/", response(200));
  registries.on("HEAD http://registry/v2/acme/app/manifests/1", response(200));
  CHECK(outcomes(registries, {question({right})}) == std::vector<Texts>{{"unreachable"}});
  CHECK(registries.asked() == Texts{greeting_request});
  registries.requests.clear();
  CHECK(outcomes(registries, {question({right})}, {.insecure = {"registry"}}) ==
        std::vector<Texts>{{"pulls"}});
  CHECK(registries.asked() == Texts{greeting_request, "GET http://registry/v2/",
                                    "HEAD http://registry/v2/acme/app/manifests/1"});
}

TEST_CASE("a registry that nobody reaches is asked once") {
  FakeRegistries registries;
  CHECK(outcomes(registries, {question({right, std::nullopt}), question({right}, "2")}) ==
        std::vector<Texts>{{"unreachable", "unreachable"}, {"unreachable"}});
  CHECK(registries.requests.size() == 1);
}

TEST_CASE("one that nobody reaches does not keep the others from their verdicts") {
  FakeRegistries registries = basic_registry();
  PullQuestion absent = question({right});
  absent.host = "absent";
  CHECK(outcomes(registries, {absent, question({right}), absent}) ==
        std::vector<Texts>{{"unreachable"}, {"pulls"}, {"unreachable"}});
}

TEST_CASE("without a repository it only logs in") {
  FakeRegistries registries = bearer_registry();
  const auto login = [](const Credential& credential) {
    return PullQuestion{
        .host = "registry", .repository = {}, .reference = {}, .tries = {credential}};
  };
  CHECK(outcomes(registries, {login(right)}) == std::vector<Texts>{{"logs in"}});
  registries.on("GET https://auth/token?service=s", response(401));
  CHECK(outcomes(registries, {login(wrong)}) == std::vector<Texts>{{"refused"}});
}

// ---- Who is asked for a login, and what for

namespace {

HttpResponse redirect_to(const std::string& url) {
  return {.status = 307, .redirect = url};
}

// The registry sends for the manifest to `other`, which wants `challenge` met.
FakeRegistries redirecting_registry(const std::string& challenge) {
  FakeRegistries registries = bearer_registry();
  registries.on("HEAD " + manifest_url, redirect_to("https://other/x"));
  registries.on("GET " + manifest_url, redirect_to("https://other/x"));
  registries.on("HEAD https://other/x", challenged(challenge));
  registries.on("GET https://other/x", challenged(challenge));
  const auto token = response(200, R"({"access_token":"t","token":"t"})");
  registries.on("POST https://other/token", token).on("GET https://other/token", token);
  registries.on("GET https://other/token?scope=repository%3Aacme%2Fapp%3Apull", token);
  return registries;
}

void check_nobody_else_knows(const FakeRegistries& registries) {
  for (const HttpRequest& request : registries.requests)
    if (request.url.starts_with("https://other")) {
      CHECK(request.authorization.empty());
      CHECK(request.form.empty());
    }
}

}  // namespace

TEST_CASE("a challenge behind a redirect to another origin is not met") {
  const std::string challenge =
      GENERATE(R"(Bearer realm="https://other/token")", R"(Basic realm="x")",
               R"(Bearer realm="https://auth/token",service="s",scope="repository:x:pull")");
  CAPTURE(challenge);
  FakeRegistries registries = redirecting_registry(challenge);
  const auto found = verdicts(registries, question({right, std::nullopt}));
  check_nobody_else_knows(registries);
  REQUIRE(found.size() == 2);
  CHECK(found[0].outcome == PullOutcome::no_access);
  CHECK(found[0].reason ==
        "registry sends to other, which wants a login of its own; containerd would send the "
        "credential there");
  CHECK(found[1].reason == "registry sends to other, which wants a login of its own");
}

TEST_CASE("a greeting behind a redirect to another origin is none of the registry") {
  const std::string challenge =
      GENERATE(R"(Bearer realm="https://other/token")", R"(Basic realm="x")");
  CAPTURE(challenge);
  FakeRegistries registries = redirecting_registry(challenge);
  registries.on(greeting_request, redirect_to("https://other/v2/"));
  registries.on("GET https://other/v2/", challenged(challenge));
  const auto found = verdicts(registries, question({right}));
  check_nobody_else_knows(registries);
  CHECK(found[0].outcome == PullOutcome::no_access);
  CHECK_THAT(found[0].reason, Contains("registry sends to other, which wants a login of its own"));

  registries.requests.clear();
  const PullQuestion login{.host = "registry", .repository = {}, .reference = {}, .tries = {right}};
  CHECK(verdicts(registries, login)[0].outcome == PullOutcome::no_access);
  registries.on("GET https://other/v2/", response(200));
  CHECK(verdicts(registries, login)[0].outcome == PullOutcome::no_access);
  check_nobody_else_knows(registries);
}

TEST_CASE("another origin is asked with a token for anybody, where there is no credential") {
  FakeRegistries registries = redirecting_registry(R"(Bearer realm="https://other/token")");
  registries.on("HEAD https://other/x", [](const HttpRequest& request) {
    return HttpReply(request.authorization == "Bearer t"
                         ? response(200)
                         : challenged(R"(Bearer realm="https://other/token")"));
  });
  CHECK(outcomes(registries, {question({std::nullopt})}) == std::vector<Texts>{{"anonymous"}});
  for (const HttpRequest& request : registries.requests)
    if (request.url.starts_with(base)) CHECK(request.authorization != "Bearer t");
}

TEST_CASE("a registry over http that sends to its https is that, and is asked there") {
  FakeRegistries registries = basic_registry();
  registries.on("GET http://registry/v2/", redirect_to(base + "/v2/"));
  registries.on(greeting_request, [count = 0](const HttpRequest&) mutable {
    // The first is that of https, which comes first where both may be.
    return ++count == 1 ? HttpReply(HttpFailure{}) : HttpReply(challenged("Basic realm=\"r\""));
  });
  CHECK(outcomes(registries, {question({right})}, {.insecure = {"registry"}}) ==
        std::vector<Texts>{{"pulls"}});
  for (const HttpRequest& request : registries.requests)
    if (request.url.starts_with("http:")) CHECK(request.authorization.empty());
}

TEST_CASE("a challenge after a redirect and back to the registry is its own") {
  FakeRegistries registries = basic_registry();
  registries.on(greeting_request, response(200));
  registries.on("HEAD " + manifest_url, redirect_to("https://other/x"));
  registries.on("HEAD https://other/x", redirect_to(base + "/moved"));
  registries.on("HEAD " + base + "/moved", basic_guard(response(200)));
  CHECK(outcomes(registries, {question({right})}) == std::vector<Texts>{{"pulls"}});
  check_nobody_else_knows(registries);
}

TEST_CASE("a manifest's challenge says what else to ask a token for") {
  // What a proxy demands that has the repository under another name; three ways to refuse the scope
  // of the name that people use.
  const int refusal = GENERATE(401, 403, 404);
  const bool is_token_refused = GENERATE(true, false);
  CAPTURE(refusal, is_token_refused);
  const std::string inner = R"(,scope="repository:acme/inner:pull")";
  const std::string both =
      "https://auth/token?service=s&scope=repository%3Aacme%2Fapp%3Apull"
      "&scope=repository%3Aacme%2Finner%3Apull";
  FakeRegistries registries = bearer_registry();
  if (is_token_refused) registries.on("GET " + scoped, response(refusal == 404 ? 403 : refusal));
  registries.on("GET " + both, response(200, R"({"token":"inner"})"));
  registries.on("HEAD " + manifest_url, [&](const HttpRequest& request) {
    if (request.authorization == "Bearer inner") return HttpReply(response(200));
    if (request.authorization.empty()) return HttpReply(challenged(bearer + inner));
    return HttpReply(refusal == 401 ? challenged(bearer + inner) : response(refusal));
  });
  CHECK(outcomes(registries, {question({right})}) == std::vector<Texts>{{"pulls"}});
}

TEST_CASE("what a greeting says of a scope is about no image") {
  FakeRegistries registries = bearer_registry();
  registries.on(greeting_request, challenged(bearer + R"(,scope="repository:user/image:pull")"));
  CHECK(outcomes(registries, {question({right})}) == std::vector<Texts>{{"pulls"}});
}

TEST_CASE("a registry whose way to log in is unknown is not told the credential, nor blames it") {
  FakeRegistries registries = basic_registry();
  const auto negotiate = challenged("Negotiate, Basic realm=\"x\"");
  registries.on(greeting_request, negotiate).on("HEAD " + manifest_url, negotiate);
  registries.on("GET " + manifest_url, negotiate);
  const auto found = verdicts(registries, question({right}));
  CHECK(found[0].outcome == PullOutcome::no_access);
  CHECK_THAT(found[0].reason, Contains("in one header containerd reads the first alone"));
  for (const HttpRequest& request : registries.requests)
    CHECK(request.authorization.empty());
}

TEST_CASE("many tries are made in several turns, and each has its verdict") {
  FakeRegistries registries = basic_registry();
  std::vector<PullQuestion> questions;
  questions.reserve(600);
  for (int i = 0; i < 600; ++i)
    questions.push_back(question({i % 2 == 0 ? right : wrong}));
  const auto found = outcomes(registries, questions);
  for (std::size_t i = 0; i < found.size(); ++i)
    CHECK(found[i] == Texts{i % 2 == 0 ? "pulls" : "refused"});
  CHECK(registries.times(greeting_request) < 600);
}
