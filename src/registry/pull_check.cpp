#include "registry/pull_check.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "credential/percent_encoding.h"
#include "registry/asked_registry.h"
#include "registry/challenge.h"
#include "registry/follow_redirects.h"
#include "registry/origin.h"
#include "registry/token_request.h"
#include "registry/tokens.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// What containerd accepts: the manifests and indexes of OCI and Docker.
constexpr std::string_view manifest_types =
    "application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, */*";

// What is answered to more tries than these is not kept at once.
constexpr std::size_t most_at_once = 256;

/// One try of one question.
struct Try {
  std::size_t question;
  const PullQuestion* asked;
  const Endpoint* endpoint;      ///< nullptr: where Docker would
  const Credential* credential;  ///< nullptr: anonymous
  const AskedRegistry* registry;
  std::string repository = {};                        ///< its name there
  std::optional<Challenge> challenge = std::nullopt;  ///< how it wants to be asked
  bool is_sent = false;  ///< whether anybody has been told the credential
  std::string authorization = {};
  std::optional<HttpReply> last = std::nullopt;  ///< to what it ended with so far
  bool has_token_refused = false;
  bool is_challenged_otherwise = false;  ///< by the manifest than by /v2/, scopes apart
  std::optional<HttpReply> login = std::nullopt;
};

int status_of(const HttpReply& reply) {
  const auto* response = std::get_if<HttpResponse>(&reply);
  return response == nullptr ? 0 : response->status;
}

bool is_from_elsewhere(const HttpReply& reply) {
  const auto* response = std::get_if<HttpResponse>(&reply);
  return response != nullptr && response->is_from_elsewhere;
}

bool is_refusal(int status) {
  return status == 400 || status == 401 || status == 403;
}

/// The passes of one check, over all tries of a turn at once.
class Checker {
 public:
  explicit Checker(const PullCheck& check) : check_(check), tokens_(check.exchange, check.access) {}

  // ---- How the registries want to be asked

  void reach(const std::vector<PullQuestion>& questions) {
    for (const PullQuestion& question : questions)
      for (const Endpoint* endpoint : endpoints_of(question)) {
        std::vector<std::string>& told = registry_at(question.host, endpoint).told;
        for (const auto& credential : question.tries)
          if (credential) add_secrets(told, *credential);
        if (endpoint == nullptr) continue;
        if (endpoint->credential) add_secrets(told, *endpoint->credential);
        for (const HttpHeader& header : endpoint->headers)
          told.push_back(header.value);
      }
    std::vector<AskedRegistry*> registries;
    for (auto& [key, registry] : registries_)
      registries.push_back(&registry);
    greet(registries, check_.exchange, check_.access);
  }

  // ---- The tries of one turn

  std::vector<Try> tries_of_turn(const std::vector<PullQuestion>& questions, std::size_t turn,
                                 const std::vector<std::vector<PullVerdict>>& verdicts) const {
    std::vector<Try> tries;
    for (std::size_t i = 0; i < questions.size(); ++i) {
      const PullQuestion& question = questions[i];
      if (turn >= question.tries.size() || has_pulled(verdicts[i])) continue;
      for (const Endpoint* endpoint : endpoints_of(question))
        tries.push_back({.question = i,
                         .asked = &question,
                         .endpoint = endpoint,
                         .credential = credential_for(question, turn, endpoint),
                         .registry = &registries_.at({question.host, endpoint}),
                         .repository = endpoint == nullptr || question.repository.empty()
                                           ? question.repository
                                           : names_at(*endpoint, question.repository).front()});
    }
    return tries;
  }

  void make(std::vector<Try>& tries) {
    std::vector<Try*> open;
    for (Try& one : tries) {
      if (one.registry->failure) one.last = *one.registry->failure;
      if (!one.registry->challenges.empty()) one.challenge = one.registry->challenges.front();
      if (!one.last) open.push_back(&one);
    }
    authorize(open);
    ask_for_manifests(open, HttpMethod::head);
    open = challenged_otherwise(open);
    authorize(open);
    ask_for_manifests(open, HttpMethod::head);
    ask_elsewhere(tries);
    ask_for_reasons(tries);
    try_to_log_in(tries);
  }

  PullVerdict verdict_on(const Try& one) const {
    const std::string& host =
        one.endpoint != nullptr && one.endpoint->is_mirror ? one.endpoint->host : one.asked->host;
    return judge({.host = host,
                  .repository = one.repository,
                  .endpoint = one.endpoint,
                  .issuer = &issuer_of_registry(host, service_of(one)),
                  .credential = one.credential,
                  .is_sent = one.is_sent,
                  .is_challenged_otherwise = one.endpoint == nullptr && one.is_challenged_otherwise,
                  .token = one.authorization.substr(one.authorization.find(' ') + 1),
                  .told = one.registry->told,
                  .last = *one.last,
                  .is_token_server = one.has_token_refused,
                  .login = one.login},
                 check_.now);
  }

 private:
  using RegistryKey = std::pair<std::string, const Endpoint*>;

  static std::vector<const Endpoint*> endpoints_of(const PullQuestion& question) {
    return question.endpoints.empty() ? std::vector<const Endpoint*>{nullptr} : question.endpoints;
  }

  static void add_secrets(std::vector<std::string>& told, const Credential& credential) {
    if (std::find(told.begin(), told.end(), credential.password) != told.end()) return;
    told.push_back(credential.password);
    told.push_back(basic_authorization(credential).substr(6));
  }

  AskedRegistry& registry_at(const std::string& host, const Endpoint* endpoint) {
    const auto known = registries_.find({host, endpoint});
    if (known != registries_.end()) return known->second;
    return registries_[{host, endpoint}] = asked_registry(host, endpoint, check_.access);
  }

  // The tries end with one that pulls, wherever: so all that are there are of it and failures.
  static bool has_pulled(const std::vector<PullVerdict>& verdicts) {
    return std::any_of(verdicts.begin(), verdicts.end(),
                       [](const PullVerdict& verdict) { return is_pull(verdict.outcome); });
  }

  static const Credential* credential_for(const PullQuestion& question, std::size_t turn,
                                          const Endpoint* endpoint) {
    if (question.tries[turn]) return &*question.tries[turn];
    const bool has_own = endpoint != nullptr && turn + 1 == question.tries.size() &&
                         endpoint->credential && has_password(*endpoint->credential);
    return has_own ? &*endpoint->credential : nullptr;
  }

  // Harbor has one in its first challenge alone.
  static std::string service_of(const Try& one) {
    for (const Challenge& challenge : one.registry->challenges)
      if (!challenge.service.empty()) return challenge.service;
    return one.challenge ? one.challenge->service : "";
  }

  std::vector<HttpReply> ask(std::vector<HttpRequest> requests) const {
    if (requests.empty()) return {};
    return follow_redirects(std::move(requests), check_.exchange, check_.access);
  }

  // At a mirror with the registry that is meant, as containerd does.
  static HttpRequest request_of(const Try& one, HttpMethod method, const std::string& path) {
    HttpRequest request = one.registry->request(one.registry->url(), path, one.authorization);
    request.method = method;
    request.headers.insert(request.headers.begin(), {"Accept", std::string(manifest_types)});
    if (one.endpoint != nullptr && one.endpoint->is_mirror)
      request.url += "?ns=" + percent_encoded(one.asked->host);
    return request;
  }

  // The image's own and the challenge's, sorted, as containerd has them (GetTokenScopes): behind a
  // proxy the repository may have another name.
  static std::vector<std::string> scopes_of(const Try& one, const Challenge& challenge) {
    if (one.asked->repository.empty()) return {};
    std::vector<std::string> scopes = challenge.scopes;
    scopes.push_back(fmt::format("repository:{}:pull", one.asked->repository));
    std::sort(scopes.begin(), scopes.end());
    return without_repeats(std::move(scopes));
  }

  static TokenWish wish_of(const Try& one) {
    return {.challenge = *one.challenge,
            .scopes = scopes_of(one, *one.challenge),
            .credential = one.credential == nullptr ? std::nullopt : std::optional(*one.credential),
            .registry_url = one.registry->url(),
            .may_be_private = one.registry->is_private,
            .endpoint = one.endpoint};
  }

  // Sets what each is to send. One that gets no token has its last reply with that.
  void authorize(const std::vector<Try*>& tries) {
    std::vector<Try*> waiting;
    std::vector<TokenWish> wishes;
    for (Try* one : tries) {
      one->authorization.clear();
      if (!one->challenge) continue;
      one->is_sent = true;
      if (one->challenge->scheme == Challenge::Scheme::basic) {
        if (one->credential != nullptr) one->authorization = basic_authorization(*one->credential);
        continue;
      }
      wishes.push_back(wish_of(*one));
      waiting.push_back(one);
    }
    const std::vector<TokenAnswer> answers = tokens_.get(wishes);
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      if (const auto* token = std::get_if<std::string>(&answers[i])) {
        waiting[i]->authorization = "Bearer " + *token;
      } else {
        waiting[i]->last = std::get<HttpReply>(answers[i]);
        waiting[i]->has_token_refused = true;
      }
    }
  }

  static HttpRequest manifest_request(const Try& one, HttpMethod method) {
    if (one.repository.empty()) return request_of(one, HttpMethod::get, "/");
    return request_of(one, method,
                      fmt::format("/{}/manifests/{}", one.repository, one.asked->reference));
  }

  void ask_for_manifests(const std::vector<Try*>& tries, HttpMethod method) {
    std::vector<Try*> asked;
    std::vector<HttpRequest> requests;
    for (Try* one : tries) {
      if (one->has_token_refused) continue;
      requests.push_back(manifest_request(*one, method));
      asked.push_back(one);
    }
    std::vector<HttpReply> replies = ask(std::move(requests));
    for (std::size_t i = 0; i < asked.size(); ++i)
      asked[i]->last = std::move(replies[i]);
  }

  // How a manifest wants to be asked for, which containerd asks first, and of it alone: with
  // another realm than the registry has said, or another scope. Who was refused otherwise asks that
  // again without a token.
  std::vector<Try*> challenged_otherwise(const std::vector<Try*>& tries) const {
    std::vector<Try*> refused, asked_again;
    std::vector<HttpReply> challenging;
    std::vector<HttpRequest> requests;
    for (Try* one : tries) {
      const int status = status_of(*one->last);
      const bool has_token = one->challenge && one->challenge->scheme == Challenge::Scheme::bearer;
      if (!one->has_token_refused && status == 401) {
        refused.push_back(one);
        challenging.push_back(*one->last);
      } else if (has_token && (is_refusal(status) || status == 404) &&
                 !one->asked->repository.empty()) {
        asked_again.push_back(one);
        requests.push_back(manifest_request(*one, HttpMethod::head));
        requests.back().authorization.clear();
      }
    }
    for (HttpReply& reply : ask(std::move(requests)))
      challenging.push_back(std::move(reply));
    refused.insert(refused.end(), asked_again.begin(), asked_again.end());

    std::vector<Try*> otherwise;
    for (std::size_t i = 0; i < refused.size(); ++i)
      if (take_challenge(*refused[i], challenging[i])) otherwise.push_back(refused[i]);
    return otherwise;
  }

  // Whether it wants to be asked otherwise than it was.
  static bool take_challenge(Try& one, const HttpReply& reply) {
    if (status_of(reply) != 401) return false;
    const auto challenges = challenges_of(std::get<HttpResponse>(reply));
    if (challenges.empty()) return false;
    const Challenge& other = challenges.front();
    one.is_challenged_otherwise = !one.challenge || one.challenge->scheme != other.scheme ||
                                  one.challenge->realm != other.realm ||
                                  one.challenge->service != other.service;
    if (!one.is_challenged_otherwise && scopes_of(one, *one.challenge) == scopes_of(one, other))
      return false;
    one.challenge = other;
    one.has_token_refused = false;
    return true;
  }

  // What another origin than the registry's wants is met with a token for anybody alone, where the
  // kubelet has no credential that containerd would send there: so do containerd and
  // go-containerregistry (handleCrossHostChallenge).
  void ask_elsewhere(std::vector<Try>& tries) {
    std::vector<Try*> waiting;
    std::vector<TokenWish> wishes;
    for (Try& one : tries) {
      const auto* response = std::get_if<HttpResponse>(&*one.last);
      if (response == nullptr || response->status != 401 || one.has_token_refused ||
          one.asked->tries.size() != 1 || one.credential != nullptr)
        continue;
      const auto challenges = challenges_from_elsewhere(*response);
      if (challenges.empty() || challenges.front().scheme != Challenge::Scheme::bearer) continue;
      waiting.push_back(&one);
      wishes.push_back({.challenge = challenges.front(),
                        .scopes = scopes_of(one, challenges.front()),
                        .credential = std::nullopt,
                        .registry_url = response->url,
                        .may_be_private = one.registry->is_private && response->is_private,
                        .endpoint = one.endpoint});
    }
    const std::vector<TokenAnswer> answers = tokens_.get(wishes);
    std::vector<Try*> asked;
    std::vector<HttpRequest> requests;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      const auto* token = std::get_if<std::string>(&answers[i]);
      if (token == nullptr) continue;
      HttpRequest request = request_of(*waiting[i], HttpMethod::head, "");
      request.url = wishes[i].registry_url;
      request.authorization = "Bearer " + *token;
      if (waiting[i]->endpoint == nullptr)
        request.trust = trust_for(origin_of(request.url)->authority(), check_.access);
      request.may_be_private = wishes[i].may_be_private;
      requests.push_back(std::move(request));
      asked.push_back(waiting[i]);
    }
    std::vector<HttpReply> replies = ask(std::move(requests));
    for (std::size_t i = 0; i < asked.size(); ++i) {
      asked[i]->last = std::move(replies[i]);
      if (auto* response = std::get_if<HttpResponse>(&*asked[i]->last))
        response->is_from_elsewhere = true;
    }
  }

  // A HEAD has no body, and not every registry knows it.
  void ask_for_reasons(std::vector<Try>& tries) {
    std::vector<Try*> unclear;
    for (Try& one : tries) {
      const int status = status_of(*one.last);
      if (!one.has_token_refused && !one.asked->repository.empty() && status >= 400 &&
          status != 429 && (status == 405 || !is_from_elsewhere(*one.last)))
        unclear.push_back(&one);
    }
    std::vector<HttpReply> before;
    before.reserve(unclear.size());
    for (const Try* one : unclear)
      before.push_back(*one->last);
    ask_for_manifests(unclear, HttpMethod::get);
    for (std::size_t i = 0; i < unclear.size(); ++i)
      if (status_of(*unclear[i]->last) == 0) unclear[i]->last = std::move(before[i]);
  }

  void try_to_log_in(std::vector<Try>& tries) {
    std::vector<Try*> refused;
    for (Try& one : tries)
      if (one.credential != nullptr && !one.asked->repository.empty() &&
          is_refusal(status_of(*one.last)) && !is_from_elsewhere(*one.last))
        refused.push_back(&one);
    log_in(refused);
  }

  // With nothing asked for.
  void log_in(const std::vector<Try*>& tries) {
    std::vector<PullQuestion> questions;
    questions.reserve(tries.size());
    std::vector<Try> logins;
    for (const Try* one : tries) {
      questions.push_back({.host = one->asked->host, .repository = {}, .reference = {}});
      logins.push_back({.question = 0,
                        .asked = &questions.back(),
                        .endpoint = one->endpoint,
                        .credential = one->credential,
                        .registry = one->registry,
                        .challenge = one->challenge});
    }
    std::vector<Try*> open;
    open.reserve(logins.size());
    for (Try& login : logins)
      open.push_back(&login);
    authorize(open);
    ask_for_manifests(open, HttpMethod::get);
    for (std::size_t i = 0; i < tries.size(); ++i)
      if (!is_from_elsewhere(*logins[i].last)) tries[i]->login = std::move(logins[i].last);
  }

  const PullCheck& check_;
  Tokens tokens_;
  std::map<RegistryKey, AskedRegistry> registries_;  ///< by registry host and endpoint
};

}  // namespace

std::vector<std::vector<PullVerdict>> check_pulls(const std::vector<PullQuestion>& questions,
                                                  const PullCheck& check) {
  Checker checker(check);
  checker.reach(questions);
  std::vector<std::vector<PullVerdict>> verdicts(questions.size());
  for (std::size_t turn = 0;; ++turn) {
    const std::vector<Try> tries = checker.tries_of_turn(questions, turn, verdicts);
    if (tries.empty()) return verdicts;
    for (std::size_t begin = 0; begin < tries.size(); begin += most_at_once) {
      const auto first = tries.begin() + static_cast<std::ptrdiff_t>(begin);
      const std::size_t count = std::min(most_at_once, tries.size() - begin);
      std::vector<Try> batch(first, first + static_cast<std::ptrdiff_t>(count));
      checker.make(batch);
      for (const Try& one : batch)
        verdicts[one.question].push_back(checker.verdict_on(one));
    }
  }
}

}  // namespace pullsecret
