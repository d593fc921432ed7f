#include "registry/pull_check.h"

#include <cstddef>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "registry/challenge.h"
#include "registry/follow_redirects.h"
#include "registry/origin.h"
#include "registry/token_request.h"
#include "registry/tokens.h"
#include "system/error.h"

namespace pullsecret {
namespace {

// What containerd accepts: the manifests and indexes of OCI and Docker.
constexpr std::string_view manifest_types =
    "application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, */*";

/// A registry that answers, or why it does not.
struct Registry {
  std::vector<std::string> urls = {};  ///< https://HOST, http://HOST or both, the first to be tried
  std::size_t used = 0;                ///< which of them it answers at
  bool answers = false;                ///< whether as a registry does
  TlsTrust trust = {};
  std::vector<Challenge> challenges = {};
  bool is_private = false;
  std::optional<HttpFailure> failure = std::nullopt;

  const std::string& url() const { return urls[used]; }
};

/// One try of one question.
struct Try {
  std::size_t question;
  const PullQuestion* asked;
  const Credential* credential;  ///< nullptr: anonymous
  const Registry* registry;
  std::optional<Challenge> challenge = std::nullopt;  ///< how it wants to be asked
  std::string authorization = {};
  std::optional<HttpReply> last = std::nullopt;  ///< to what it ended with so far
  bool has_token_refused = false;
  std::optional<HttpReply> login = std::nullopt;
};

int status_of(const HttpReply& reply) {
  const auto* response = std::get_if<HttpResponse>(&reply);
  return response == nullptr ? 0 : response->status;
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
      registries_.try_emplace(question.host);
    std::vector<Registry*> open;
    for (auto& [host, registry] : registries_) {
      prepare(registry, serving_host(host));
      if (!registry.failure) open.push_back(&registry);
    }
    greet(open, 0);
    std::erase_if(open, [](const Registry* registry) {
      return registry->answers || registry->urls.size() == 1;
    });
    greet(open, 1);
  }

  // ---- The tries of one turn

  std::vector<Try> tries_of_turn(const std::vector<PullQuestion>& questions, std::size_t turn,
                                 const std::vector<std::vector<PullVerdict>>& verdicts) const {
    std::vector<Try> tries;
    for (std::size_t i = 0; i < questions.size(); ++i) {
      const bool has_pulled = !verdicts[i].empty() && is_pull(verdicts[i].back().outcome);
      if (turn >= questions[i].tries.size() || has_pulled) continue;
      const auto& credential = questions[i].tries[turn];
      tries.push_back({i, &questions[i], credential ? &*credential : nullptr,
                       &registries_.at(questions[i].host)});
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
    ask_for_reasons(tries);
    try_to_log_in(tries);
  }

  PullVerdict verdict_on(const Try& one) const {
    return judge({.host = one.asked->host,
                  .repository = one.asked->repository,
                  .kind = registry_kind(one.asked->host, service_of(one)),
                  .credential = one.credential,
                  .token = one.authorization.substr(one.authorization.find(' ') + 1),
                  .last = *one.last,
                  .is_token_server = one.has_token_refused,
                  .login = one.login},
                 check_.now);
  }

 private:
  // Harbor has one in its first challenge alone.
  static std::string service_of(const Try& one) {
    for (const Challenge& challenge : one.registry->challenges)
      if (!challenge.service.empty()) return challenge.service;
    return one.challenge ? one.challenge->service : "";
  }

  // As Docker does, what may be asked without TLS is, where it speaks none. On this machine that is
  // the rule, and nobody can listen in.
  void prepare(Registry& registry, const std::string& host) const {
    try {
      registry.trust = trust_for(host, check_.access);
    } catch (const Error& error) {
      registry.failure = HttpFailure{HttpFailure::Kind::certificate, error.what()};
    }
    registry.urls = {"https://" + host};
    if (!registry.trust.anybody) return;
    registry.urls.push_back("http://" + host);
    if (is_loopback(origin_of(registry.url())->host))
      std::swap(registry.urls.front(), registry.urls.back());
  }

  // The first question, at the first or second URL of each: how it wants to be asked.
  void greet(const std::vector<Registry*>& registries, std::size_t which) const {
    std::vector<HttpRequest> requests;
    requests.reserve(registries.size());
    for (const Registry* registry : registries)
      requests.push_back({.url = registry->urls[which] + "/v2/", .trust = registry->trust});
    const std::vector<HttpReply> replies = ask(std::move(requests));
    for (std::size_t i = 0; i < replies.size(); ++i)
      take_greeting(*registries[i], which, replies[i]);
  }

  // What is no registry's answer counts only where there is no other.
  static void take_greeting(Registry& registry, std::size_t which, const HttpReply& reply) {
    const auto* response = std::get_if<HttpResponse>(&reply);
    registry.answers = response != nullptr && !is_web_page(*response) &&
                       (response->status == 200 || response->status == 401);
    if (which > 0 && !registry.answers) return;
    registry.used = which;
    registry.failure.reset();
    if (response == nullptr) {
      registry.failure = std::get<HttpFailure>(reply);
      return;
    }
    registry.is_private = response->is_private;
    registry.challenges = challenges_of(*response);
  }

  std::vector<HttpReply> ask(std::vector<HttpRequest> requests) const {
    if (requests.empty()) return {};
    return follow_redirects(std::move(requests), check_.exchange, check_.access);
  }

  static HttpRequest request_of(const Try& one, HttpMethod method, const std::string& path) {
    return {.method = method,
            .url = one.registry->url() + path,
            .headers = {{"Accept", std::string(manifest_types)}},
            .authorization = one.authorization,
            .trust = one.registry->trust};
  }

  static TokenWish wish_of(const Try& one, const std::string& scope) {
    return {.challenge = *one.challenge,
            .scope = scope,
            .credential = one.credential == nullptr ? std::nullopt : std::optional(*one.credential),
            .registry_url = one.registry->url(),
            .may_be_private = one.registry->is_private};
  }

  // Sets what each is to send. One that gets no token has its last reply with that.
  void authorize(const std::vector<Try*>& tries) {
    std::vector<Try*> waiting;
    std::vector<TokenWish> wishes;
    for (Try* one : tries) {
      one->authorization.clear();
      if (!one->challenge) continue;
      if (one->challenge->scheme == Challenge::Scheme::basic) {
        if (one->credential != nullptr) one->authorization = basic_authorization(*one->credential);
        continue;
      }
      const std::string& repository = one->asked->repository;
      wishes.push_back(
          wish_of(*one, repository.empty() ? "" : fmt::format("repository:{}:pull", repository)));
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

  void ask_for_manifests(const std::vector<Try*>& tries, HttpMethod method) {
    std::vector<Try*> asked;
    std::vector<HttpRequest> requests;
    for (Try* one : tries) {
      if (one->has_token_refused) continue;
      const auto& [host, repository, reference, all] = *one->asked;
      requests.push_back(repository.empty() ? request_of(*one, HttpMethod::get, "/v2/")
                                            : request_of(*one, method,
                                                         fmt::format("/v2/{}/manifests/{}",
                                                                     repository, reference)));
      asked.push_back(one);
    }
    std::vector<HttpReply> replies = ask(std::move(requests));
    for (std::size_t i = 0; i < asked.size(); ++i)
      asked[i]->last = std::move(replies[i]);
  }

  // Some registries send for a token elsewhere than they said at first.
  static std::vector<Try*> challenged_otherwise(const std::vector<Try*>& tries) {
    std::vector<Try*> otherwise;
    for (Try* one : tries) {
      if (one->has_token_refused || status_of(*one->last) != 401) continue;
      const auto challenges = challenges_of(std::get<HttpResponse>(*one->last));
      if (challenges.empty()) continue;
      const Challenge& other = challenges.front();
      const bool is_same = one->challenge && one->challenge->scheme == other.scheme &&
                           one->challenge->realm == other.realm &&
                           one->challenge->service == other.service;
      if (is_same) continue;
      one->challenge = other;
      otherwise.push_back(one);
    }
    return otherwise;
  }

  // A HEAD has no body, and not every registry knows it.
  void ask_for_reasons(std::vector<Try>& tries) {
    std::vector<Try*> unclear;
    for (Try& one : tries) {
      const int status = status_of(*one.last);
      if (!one.has_token_refused && !one.asked->repository.empty() && status >= 400 &&
          status != 429)
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
          is_refusal(status_of(*one.last)))
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
      tries[i]->login = std::move(logins[i].last);
  }

  const PullCheck& check_;
  Tokens tokens_;
  std::map<std::string, Registry> registries_;  ///< by registry host
};

}  // namespace

std::vector<std::vector<PullVerdict>> check_pulls(const std::vector<PullQuestion>& questions,
                                                  const PullCheck& check) {
  Checker checker(check);
  checker.reach(questions);
  std::vector<std::vector<PullVerdict>> verdicts(questions.size());
  for (std::size_t turn = 0;; ++turn) {
    std::vector<Try> tries = checker.tries_of_turn(questions, turn, verdicts);
    if (tries.empty()) return verdicts;
    checker.make(tries);
    for (const Try& one : tries)
      verdicts[one.question].push_back(checker.verdict_on(one));
  }
}

}  // namespace pullsecret
