// What a registry or its token server answers, and where it points to: the first line is a URL, the
// second a header WWW-Authenticate, the rest a body. All of it comes from whoever answers.

#include <cstddef>
#include <cstdint>
#include <string>

#include "fuzz/require.h"
#include "registry/challenge.h"
#include "registry/origin.h"
#include "registry/proxy.h"
#include "registry/pull_verdict.h"
#include "registry/refusal.h"
#include "registry/token_exchange.h"
#include "registry/token_request.h"
#include "system/error.h"

using namespace pullsecret;

namespace {

const Credential user{.username = "octocat", .password = "hunter2hunter2"};

// An origin that is taken is the same again, spelled by its parts.
void check_origin(const std::string& url) {
  const auto origin = origin_of(url);
  if (!origin) return;
  require(url.find('@') == std::string::npos ||
          url.find('@') > url.find_first_of("/?#", url.find("://") + 3));
  require(is_printable(origin->host) && origin->port > 0 && origin->port < 65536);
  const std::string again = (origin->is_https ? "https://" : "http://") + origin->authority();
  require(origin_of(again) == origin);
  const auto refusal = refusal_of_realm(url, "https://registry");
  require(refusal || origin->is_https);
}

// No message has a part of it, but for the host of one that is sound.
void check_proxy(const std::string& value) {
  const Proxy proxy = read_proxy("HTTPS_PROXY", value);
  require(proxy.fault.empty() == (proxy.url == value && !proxy.host.empty()));
  require(is_printable(proxy.host) && proxy.host.find('@') == std::string::npos);
}

void check_challenges(const std::string& url, const HttpResponse& response) {
  const auto challenges = challenges_of(response);
  require(challenges.size() <= 1);  // of one header
  (void)has_unread_challenge(response);
  HttpResponse elsewhere = response;
  elsewhere.is_from_elsewhere = true;
  require(challenges_of(elsewhere).empty());
  require(challenges_from_elsewhere(elsewhere).size() == challenges.size());
  bool is_basic = false;
  for (const Challenge& challenge : challenges) {
    if (challenge.scheme == Challenge::Scheme::basic) is_basic = true;
    if (challenge.scheme == Challenge::Scheme::bearer) {
      require(!is_basic);
      for (const std::string& scope : challenge.scopes)
        require(!scope.empty() && scope.find(' ') == std::string::npos);
      require(queried_token_request(challenge, challenge.scopes, user)
                  .url.starts_with(challenge.realm));
    }
    const auto refusal = refusal_of_realm(challenge.realm, url);
    require(refusal ? is_printable(*refusal) : !challenge.realm.empty());
  }
}

void check_body(const HttpResponse& response) {
  require(!token_in(response, true) || token_in(response, true) == token_in(response, false));
  if (const auto token = token_in(response, false))
    require(!token->empty() && is_printable(*token) && token->find(' ') == std::string::npos);
  try {
    const ExchangedToken exchanged = exchanged_token_in(response, "access_token", "hunter2");
    require(exchanged.token == token_in(response, true));
    require(!exchanged.lifetime || exchanged.lifetime->count() >= 0);
  } catch (const Error& error) {
    require(is_printable(error.what()));
  }
  const RefusalWords words = refusal_words(response, {user.password});
  require(is_printable(words.text) &&
          words.text.size() <= 320);  // the last character may be escaped
  require(words.text.find(user.password) == std::string::npos);
  const std::string kept = condensed_body(response);
  require(kept.size() <= max_kept_body);
  if (response.body.size() > max_kept_body) {
    HttpResponse condensed = response;
    condensed.body = kept;
    require(is_web_page(condensed) || !is_web_page(response));
    require(refusal_words(condensed, {user.password}).text.find(user.password) ==
            std::string::npos);
  }
}

void check_verdict(const HttpResponse& response) {
  for (const int status : {200, 400, 401, 404, 412, 429, 500}) {
    PullEvidence evidence{
        .host = "registry", .repository = "acme/app", .credential = &user, .last = response};
    std::get<HttpResponse>(evidence.last).status = status;
    const PullVerdict verdict = judge(evidence, Time());
    require(is_printable(verdict.reason + verdict.registry_words + verdict.hint));
    require(status == 200 || !is_pull(verdict.outcome));
  }
}

std::string take_line(std::string& text) {
  const std::size_t end = text.find('\n');
  std::string line = text.substr(0, end);
  text.erase(0, end == std::string::npos ? end : end + 1);
  return line;
}

}  // namespace

// libFuzzer prescribes the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string rest(reinterpret_cast<const char*>(data), size);
  const std::string url = take_line(rest), header = take_line(rest);
  const HttpResponse response{
      .status = 401, .headers = {{"WWW-Authenticate", header}}, .body = rest};
  check_origin(url);
  check_proxy(url);
  check_challenges(url, response);
  check_body(response);
  check_verdict(response);
  return 0;
}
