#include "registry/pull_verdict.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "credential/without_secrets.h"
#include "registry/challenge.h"
#include "registry/origin.h"
#include "registry/proxy.h"
#include "registry/refusal.h"
#include "registry/registry_access.h"
#include "registry/token_request.h"
#include "system/text.h"

namespace pullsecret {
namespace {

/// One response, read.
struct Answer {
  int status;
  RefusalWords words;

  bool has_code(std::string_view code) const {
    return std::find(words.codes.begin(), words.codes.end(), code) != words.codes.end();
  }
  bool is_refusal() const { return status == 401 || status == 403 || status == 400; }
};

std::vector<std::string> secrets_of(const PullEvidence& evidence) {
  std::vector<std::string> secrets = proxy_secrets();
  secrets.push_back(evidence.token);
  secrets.insert(secrets.end(), evidence.told.begin(), evidence.told.end());
  if (evidence.credential != nullptr) {
    secrets.push_back(evidence.credential->password);
    secrets.push_back(basic_authorization(*evidence.credential).substr(6));
  }
  return secrets;
}

Answer answer_of(const HttpResponse& response, const PullEvidence& evidence) {
  return {response.status, refusal_words(response, secrets_of(evidence))};
}

// HOST[:PORT] that it is the response of, as a message may have it.
std::string asked_at(const HttpResponse& response, const PullEvidence& evidence) {
  const auto origin = origin_of(response.url);
  return origin ? without_secrets(origin->authority(), secrets_of(evidence)) : evidence.host;
}

// "registry.example.com sends to other.example.com".
std::string way_elsewhere(const PullEvidence& evidence, const HttpResponse& response) {
  return fmt::format("{} sends to {}",
                     evidence.is_token_server ? "its token server" : printable(evidence.host),
                     printable(asked_at(response, evidence)));
}

// Whether its words have a realm or a host in them that the registry has chosen. In words that are
// all our own a password that is one of them would be looked for in vain.
bool names_chosen_host(const HttpFailure& failure, const PullEvidence& evidence) {
  if (failure.kind == HttpFailure::Kind::proxy) return false;
  return failure.kind == HttpFailure::Kind::response ||
         (!failure.host.empty() && failure.host != serving_host(evidence.host));
}

PullVerdict unreachable(std::string reason, std::string hint = {}) {
  return {
      .outcome = PullOutcome::unreachable, .reason = std::move(reason), .hint = std::move(hint)};
}

std::string client_certificate_hint(const std::string& name, const Endpoint* endpoint) {
  if (endpoint != nullptr)
    return "name the one that the node has for it, as client in hosts.toml, or as cert_file and "
           "key_file in registries.yaml";
  return fmt::format(
      "put the certificate that you have for it into /etc/docker/certs.d/{}/client.cert, and its "
      "key into client.key beside it",
      name);
}

// What a node is told of an endpoint in its own file.
std::string hint_for_endpoint(const HttpFailure& failure, const Endpoint& endpoint) {
  if (failure.kind == HttpFailure::Kind::authority)
    return "name the authority's certificate, as ca in hosts.toml, or as ca_file in "
           "registries.yaml";
  if (failure.kind == HttpFailure::Kind::plain)
    return fmt::format("an endpoint without TLS is written http://{}", printable(endpoint.host));
  return {};
}

std::string hint_for(const HttpFailure& failure, const std::string& registry,
                     const Endpoint* endpoint) {
  if (!failure.hint.empty()) return failure.hint;
  if (endpoint != nullptr)
    if (std::string hint = hint_for_endpoint(failure, *endpoint); !hint.empty()) return hint;
  const std::string host = failure.host.empty() ? registry : failure.host, name = shell_word(host);
  switch (failure.kind) {
    case HttpFailure::Kind::name:
      return "see whether the name is right, and whether this machine can look it up";
    case HttpFailure::Kind::connection:
      return "see whether the registry runs, and whether a firewall or a proxy is in between";
    case HttpFailure::Kind::proxy:
      return "see HTTPS_PROXY and NO_PROXY";
    case HttpFailure::Kind::authority:
      return fmt::format(
          "put the authority's certificate into /etc/docker/certs.d/{}/ca.crt, or, if nobody can "
          "listen in, name the registry with --insecure-registry {}",
          name, name);
    case HttpFailure::Kind::expired:
      return "see whether this machine's clock is right; if it is, who runs the registry has to "
             "renew the certificate";
    case HttpFailure::Kind::other_name:
      return "see how the registry's name is spelled; if it is right, who runs the registry has to "
             "get a certificate of that name";
    case HttpFailure::Kind::client_certificate:
      return client_certificate_hint(name, endpoint);
    case HttpFailure::Kind::plain:
      return "see whether the port is right; if the registry speaks http alone, docker and "
             "containerd "
             "pull from it only where they are told to, and everybody on the way reads the "
             "password: "
             "who runs it should give it TLS";
    case HttpFailure::Kind::tls:
      return "see which versions of TLS the registry speaks, and whether a proxy is in between";
    case HttpFailure::Kind::time:
      return "--timeout gives it longer";
    case HttpFailure::Kind::file:
    case HttpFailure::Kind::address:
    case HttpFailure::Kind::response:
      return {};
  }
  return {};
}

// Where CRI-O may not pull what containerd does (containers/image, docker_client.go,
// setupRequestAuth); empty elsewhere.
std::string with_crio(const PullEvidence& evidence) {
  if (!evidence.is_challenged_otherwise) return {};
  return "CRI-O may not pull it: the manifest wants another login than /v2/, by which alone CRI-O "
         "goes";
}

// Of what is had so nobody knows whether it is public.
bool logs_in_by_header(const Endpoint* endpoint) {
  return endpoint != nullptr && !headers_named(endpoint->headers, "Authorization").empty();
}

PullVerdict taken(const PullEvidence& evidence, const HttpResponse& response) {
  if (is_web_page(response))
    return unreachable("a web page answers there, and no registry",
                       "a portal may want you to log in first, or the name is another service's");
  if (evidence.credential == nullptr && !logs_in_by_header(evidence.endpoint))
    return {.outcome = PullOutcome::anonymous, .reason = with_crio(evidence)};
  if (evidence.repository.empty() && response.is_from_elsewhere)
    return {.outcome = PullOutcome::no_access,
            .reason = way_elsewhere(evidence, response) +
                      ", which is not told the credential: whether that is right is not known",
            .hint = "name an image with --image"};
  if (evidence.repository.empty())
    return {.outcome = PullOutcome::logs_in,
            .reason = "it takes the credential, which does not say that it may pull",
            .hint = "name an image with --image"};
  return {.outcome = PullOutcome::pulls, .reason = with_crio(evidence)};
}

PullVerdict missing(const PullEvidence& evidence, const Answer& answer) {
  PullVerdict verdict{
      .outcome = PullOutcome::no_such_image,
      .reason = answer.has_code("MANIFEST_UNKNOWN") || answer.has_code("TAG_EXPIRED")
                    ? "there is no such tag or digest"
                    : "there is no such tag, digest or repository",
      .registry_words = answer.words.text,
      .hint = "see how the image is spelled, and whether it was pushed"};
  if (!answer.has_code("NAME_UNKNOWN")) return verdict;
  verdict.reason = fmt::format("there is no repository {}, or it may not be seen",
                               printable(evidence.repository));
  verdict.hint = "see how the repository is spelled; ";
  verdict.hint += evidence.credential == nullptr ? "a private one is seen with a credential alone"
                                                 : evidence.issuer->way_to_access;
  return verdict;
}

// Amazon: "Your authorization token has expired."; Docker: "personal access token is expired";
// Microsoft: "client secret keys … are expired". GitLab says of each wrong password that it is
// "either incorrect, expired, or improperly scoped", which says nothing.
bool says_expired(const Answer& answer) {
  const std::string text = lower_case(answer.words.text);
  static constexpr std::array<std::string_view, 4> phrases{"has expired", "have expired",
                                                           "is expired", "are expired"};
  return std::any_of(phrases.begin(), phrases.end(), [&](std::string_view phrase) {
    return text.find(phrase) != std::string::npos;
  });
}

// Said to one that does not log in. To one that does GitHub says the same of a package that it may
// not read.
bool says_ended_token(const PullEvidence& evidence, const Answer& answer) {
  const std::string_view word = evidence.issuer->word_of_ended_token;
  return !word.empty() && answer.words.text.find(word) != std::string::npos;
}

PullVerdict refused_anonymous(const PullEvidence& evidence, const Answer& answer) {
  return {.outcome = PullOutcome::no_access,
          .reason = "it is not public, or not there: a credential is needed",
          .registry_words = answer.words.text,
          .hint = way_to_log_in(*evidence.issuer, evidence.host),
          .next = NextStep::add_login};
}

// containerd asks everybody who is asked by the name of a host for a login, and answers with the
// credential that the kubelet has for the image (core/remotes/docker, dockerAuthorizer).
PullVerdict refused_elsewhere(const PullEvidence& evidence, const Answer& answer,
                              const HttpResponse& response) {
  PullVerdict verdict{.outcome = PullOutcome::no_access,
                      .reason = way_elsewhere(evidence, response),
                      .registry_words = answer.words.text,
                      .hint = "ask who runs the registry where its images are, and name them so"};
  if (answer.status != 401) {
    verdict.reason += fmt::format(", which refuses, with status {}", answer.status);
    return verdict;
  }
  verdict.reason += ", which wants a login of its own";
  if (!evidence.is_token_server && evidence.credential != nullptr)
    verdict.reason += "; containerd would send the credential there";
  return verdict;
}

PullVerdict asked_for_no_login(const Answer& answer, const HttpResponse& response) {
  return {
      .outcome = PullOutcome::no_access,
      .reason = has_unread_challenge(response)
                    ? "of the ways to log in that it names in one header containerd reads the "
                      "first alone, and does not know it: the credential was not sent"
                    : "it asks for no login that containerd knows: the credential was not sent",
      .registry_words = answer.words.text,
      .hint = "ask who runs the registry for Basic or Bearer, in a WWW-Authenticate of its own"};
}

std::optional<Answer> login_answer(const PullEvidence& evidence) {
  if (!evidence.login) return std::nullopt;
  const auto* response = std::get_if<HttpResponse>(&*evidence.login);
  return response == nullptr ? std::nullopt : std::optional(answer_of(*response, evidence));
}

// Of a token nobody but its issuer knows whether it was right once, and few say so.
std::string wrong_login(const Credential& credential) {
  return credential_kind(credential).is_token ? "wrong username or token, or the token has expired"
                                              : "wrong username or password";
}

// Why the credential has ended; empty if nothing says so.
std::string end_of(const PullEvidence& evidence, const Answer& answer,
                   const std::optional<Answer>& login, Time now) {
  const auto expiry = expiry_of(*evidence.credential);
  if (expiry && *expiry <= now) return "the credential expired at " + in_words(*expiry);
  if (says_expired(answer) || (login && says_expired(*login))) return "the credential has expired";
  const bool logs_in = login && login->status == 200;
  if (!logs_in && says_ended_token(evidence, answer))
    return "the token has expired, or lacks the scope read:packages";
  return {};
}

PullVerdict refused(const PullEvidence& evidence, const Answer& answer, Time now) {
  const auto login = login_answer(evidence);
  PullVerdict verdict{.outcome = PullOutcome::expired,
                      .reason = end_of(evidence, answer, login, now),
                      .registry_words = answer.words.text,
                      .hint = way_to_log_in(*evidence.issuer, evidence.host),
                      .next = NextStep::replace_login};
  if (!verdict.reason.empty()) return verdict;
  if (login && login->status == 200) {
    verdict.outcome = PullOutcome::no_access;
    verdict.reason =
        fmt::format("logged in, but not to {}, if that is there", printable(evidence.repository));
    verdict.hint = std::string(evidence.issuer->way_to_access);
    verdict.next = NextStep::none;
    return verdict;
  }
  verdict.outcome = PullOutcome::refused;
  verdict.reason = wrong_login(*evidence.credential);
  return verdict;
}

PullVerdict rate_limited(const PullEvidence& evidence, std::string words) {
  return {.outcome = PullOutcome::rate_limited,
          .reason = "the registry takes no more requests for now",
          .registry_words = std::move(words),
          .hint = evidence.credential == nullptr
                      ? "pulls with a login are counted apart: " +
                            way_to_log_in(*evidence.issuer, evidence.host)
                      : "wait, or take an account that may pull more",
          .next = evidence.credential == nullptr ? NextStep::add_login : NextStep::none};
}

// Docker Hub counts no HEAD, and answers it when nothing is left for a pull, with
// `ratelimit-remaining: 0;w=21600` (docs.docker.com, pull usage and limits).
bool has_no_pull_left(const PullEvidence& evidence, const HttpResponse& response) {
  const auto left = headers_named(response.headers, "RateLimit-Remaining");
  return evidence.issuer->tells_pulls_left && !left.empty() &&
         (left.front() == "0" || left.front().starts_with("0;"));
}

// Harbor's policies (412: not scanned, not signed), an image that the law takes away (451).
PullVerdict withheld(const PullEvidence& evidence, const Answer& answer) {
  return {.outcome = PullOutcome::no_access,
          .reason = fmt::format("the registry does not give out {}, with status {}",
                                printable(evidence.repository), answer.status),
          .registry_words = answer.words.text,
          .hint = "ask who runs the registry which rule of it that is"};
}

PullVerdict out_of_order(const PullEvidence& evidence, const Answer& answer) {
  PullVerdict verdict = unreachable(
      fmt::format("{} answers with status {}",
                  evidence.is_token_server ? "its token server" : "the registry", answer.status),
      answer.status >= 500 ? "it is out of order; try again later"
                           : "see whether it is a registry");
  verdict.registry_words = answer.words.text;
  return verdict;
}

PullVerdict judge_response(const PullEvidence& evidence, const HttpResponse& response, Time now) {
  if (response.status == 200 && has_no_pull_left(evidence, response))
    return rate_limited(evidence, {});
  if (response.status == 200) return taken(evidence, response);
  const Answer answer = answer_of(response, evidence);
  if (response.status == 429 || answer.has_code("TOOMANYREQUESTS"))
    return rate_limited(evidence, answer.words.text);
  if (answer.status == 400 && response.wants_certificate)
    return unreachable(
        "it demands a client certificate, and there is none",
        client_certificate_hint(shell_word(asked_at(response, evidence)), evidence.endpoint));
  if (answer.is_refusal() && response.is_from_elsewhere)
    return refused_elsewhere(evidence, answer, response);
  if (answer.is_refusal() && !evidence.is_sent && evidence.credential != nullptr)
    return asked_for_no_login(answer, response);
  if (answer.is_refusal()) {
    PullVerdict verdict = evidence.credential == nullptr ? refused_anonymous(evidence, answer)
                                                         : refused(evidence, answer, now);
    if (has_unread_challenge(response))
      verdict.reason += "; of several challenges in one header containerd reads the first alone";
    return verdict;
  }
  const bool is_about_image = !evidence.repository.empty() && !evidence.is_token_server;
  if (response.status == 404 && is_about_image) return missing(evidence, answer);
  if ((response.status == 412 || response.status == 451) && is_about_image)
    return withheld(evidence, answer);
  return out_of_order(evidence, answer);
}

}  // namespace

std::string_view in_words(PullOutcome outcome) {
  switch (outcome) {
    case PullOutcome::pulls:
      return "pulls";
    case PullOutcome::anonymous:
      return "anonymous";
    case PullOutcome::logs_in:
      return "logs in";
    case PullOutcome::refused:
      return "refused";
    case PullOutcome::expired:
      return "expired";
    case PullOutcome::no_access:
      return "no access";
    case PullOutcome::no_such_image:
      return "no such image";
    case PullOutcome::rate_limited:
      return "rate limited";
    case PullOutcome::unreachable:
      return "unreachable";
  }
  return {};
}

bool is_pull(PullOutcome outcome) {
  return outcome == PullOutcome::pulls || outcome == PullOutcome::anonymous;
}

PullVerdict judge(const PullEvidence& evidence, Time now) {
  if (const auto* failure = std::get_if<HttpFailure>(&evidence.last)) {
    const auto secrets =
        names_chosen_host(*failure, evidence) ? secrets_of(evidence) : std::vector<std::string>();
    return unreachable(
        without_secrets(failure->message, secrets),
        without_secrets(hint_for(*failure, evidence.host, evidence.endpoint), secrets));
  }
  return judge_response(evidence, std::get<HttpResponse>(evidence.last), now);
}

}  // namespace pullsecret
