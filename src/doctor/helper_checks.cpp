#include "doctor/helper_checks.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "credential/registry.h"
#include "docker/resolve.h"
#include "doctor/helper_program.h"
#include "doctor/store_checks.h"
#include "helper/answer.h"
#include "helper/protocol.h"
#include "system/text.h"

namespace pullsecret {
namespace {

/// A helper whose program is there, and what it was asked.
struct Interview {
  HelperUse use;
  std::vector<std::string> server_urls;           ///< that Docker would ask it for
  std::optional<HelperReply> version, list, get;  ///< none: not asked
};

// ---- Whom to ask, and what for

std::vector<HelperUse> uses_of(const Config& config) {
  std::map<std::string, HelperUse> uses;
  if (!config.creds_store.empty()) uses[config.creds_store].is_creds_store = true;
  for (const auto& [registry, helper] : config.cred_helpers)
    uses[helper].registries.push_back(registry);
  std::vector<HelperUse> result;
  for (auto& [helper, use] : uses) {
    use.helper = helper;
    result.push_back(std::move(use));
  }
  return result;
}

std::vector<std::string> server_urls_for(const Config& config, const std::string& helper) {
  std::vector<std::string> server_urls;
  for (const std::string& key : named_registries(config)) {
    const std::string* store = store_for(config, key);
    if (store != nullptr && *store == helper) server_urls.push_back(docker_server_url(key));
  }
  return server_urls;
}

const std::string* answer_in(const std::optional<HelperReply>& reply) {
  return reply ? std::get_if<std::string>(&*reply) : nullptr;
}

const HelperFailure* failure_in(const std::optional<HelperReply>& reply) {
  return reply ? std::get_if<HelperFailure>(&*reply) : nullptr;
}

template <typename End>
bool ended_by(const std::optional<HelperReply>& reply) {
  const HelperFailure* failure = failure_in(reply);
  return failure != nullptr && failure->end && std::holds_alternative<End>(*failure->end);
}

// Empty if `list` did not say, or not in JSON.
StoreList listed_by(const Interview& interview) {
  const std::string* answer = answer_in(interview.list);
  if (answer == nullptr) return {};
  try {
    return parse_list_answer(*answer);
  } catch (const Error&) {
    return {};
  }
}

// Of the config's, one that the helper has; without any, what `docker pull` asks for most.
std::string server_url_to_get(const Interview& interview) {
  std::vector<std::string> listed = listed_by(interview).server_urls;
  std::erase_if(listed, is_docker_hub_token);
  const auto is_listed = [&listed](const std::string& server_url) {
    return std::binary_search(listed.begin(), listed.end(), server_url);
  };
  const std::vector<std::string>& own = interview.server_urls;
  const auto both = std::find_if(own.begin(), own.end(), is_listed);
  if (both != own.end()) return *both;
  if (!listed.empty()) return listed.front();
  return own.empty() ? docker_server_url("docker.io") : own.front();
}

HelperCall version_call(const Interview& interview) {
  return {interview.use.helper, "version", ""};
}

HelperCall list_call(const Interview& interview) {
  return {interview.use.helper, "list", "unused"};
}

HelperCall get_call(const Interview& interview) {
  return {interview.use.helper, "get", server_url_to_get(interview)};
}

bool is_silent(const std::optional<HelperReply>& reply) {
  return ended_by<TimedOut>(reply) || ended_by<NotStarted>(reply);
}

// Asks all at once, but for those that have not answered before.
void ask(std::vector<Interview>& interviews, HelperCall (*call_for)(const Interview&),
         std::optional<HelperReply> Interview::*place, HelperClient& helpers) {
  std::vector<Interview*> asked;
  std::vector<HelperCall> calls;
  for (Interview& interview : interviews) {
    if (is_silent(interview.version) || is_silent(interview.list)) continue;
    asked.push_back(&interview);
    calls.push_back(call_for(interview));
  }
  std::vector<HelperReply> replies = helpers.run(calls);
  for (std::size_t i = 0; i < asked.size(); ++i)
    asked[i]->*place = std::move(replies[i]);
}

// ---- What the answers mean

Finding finding_on(const Interview& interview, std::string name, Severity severity,
                   std::string message, std::string hint = {}) {
  return {{std::move(name), severity, std::move(message), std::move(hint)},
          program_of(interview.use.helper)};
}

HelperCheck broken(const Interview& interview, std::string name, std::string_view action,
                   const HelperFailure& failure) {
  return {finding_on(interview, std::move(name), Severity::problem,
                     fmt::format("{}: {}; docker login and docker pull fail", action,
                                 failure.error.message()),
                     failure.error.hint()),
          {}};
}

// An end by which a helper does not get to an answer, whatever it was asked.
std::optional<HelperCheck> check_end(const Interview& interview, std::string_view action,
                                     const std::optional<HelperReply>& reply) {
  if (ended_by<NotStarted>(reply))
    return failed_start(interview.use, std::get<NotStarted>(*failure_in(reply)->end).error_number);
  if (ended_by<TimedOut>(reply))
    return broken(interview, "helper-hangs", action, *failure_in(reply));
  if (ended_by<Killed>(reply))
    return broken(interview, "helper-crashes", action, *failure_in(reply));
  return std::nullopt;
}

// What is wrong with the text of an answer, which is never shown: it may hold a secret.
std::optional<std::string> answer_fault(const Interview& interview) {
  const std::string* list = answer_in(interview.list);
  const std::string* get = answer_in(interview.get);
  std::string_view action = "list";
  try {
    if (list != nullptr) parse_list_answer(*list);
    action = "get";
    if (get != nullptr) parse_get_answer(*get);
  } catch (const Error& error) {
    return fmt::format("{}: {}", action, error.message());
  }
  return std::nullopt;
}

HelperCheck no_json(const Interview& interview, const std::string& fault) {
  return {finding_on(interview, "helper-no-json", Severity::problem,
                     fmt::format("{}, as a credential helper's has to be: is it another program of "
                                 "that name?",
                                 fault),
                     fmt::format("see what it prints: echo unused | {} list",
                                 program_of(interview.use.helper))),
          {}};
}

HelperCheck no_list(const Interview& interview, const HelperFailure& failure) {
  return {finding_on(interview, "helper-no-list", Severity::warning,
                     fmt::format("it answers get, but not list: {}; Docker does not need that, "
                                 "--all and migrate do",
                                 failure.error.message()),
                     "install a newer version, if there is one"),
          {.works = true}};
}

HelperCheck works(const Interview& interview) {
  const std::size_t count = listed_by(interview).server_urls.size();
  std::string message =
      fmt::format("works, and has {} {}", count, count == 1 ? "credential" : "credentials");
  if (const std::string* version = answer_in(interview.version))
    message += "; version " + printable(trim(*version), 120);
  return {finding_on(interview, "helper-ok", Severity::ok, std::move(message)), {.works = true}};
}

HelperCheck check_answers(const Interview& interview) {
  for (const auto& [action, reply] :
       {std::pair("version", &interview.version), std::pair("list", &interview.list),
        std::pair("get", &interview.get)})
    if (auto check = check_end(interview, action, *reply)) return *std::move(check);
  if (const auto fault = answer_fault(interview)) return no_json(interview, *fault);
  if (const HelperFailure* failure = failure_in(interview.get))
    return broken(interview, failure->has_words ? "helper-fails" : "helper-crashes", "get",
                  *failure);
  if (const HelperFailure* failure = failure_in(interview.list))
    return no_list(interview, *failure);
  return works(interview);
}

// ---- What stands behind the helper

// What the helper said that shows that its store is shut: its errors, or entries without a server
// URL, as upstream's secretservice lists them in a locked keyring.
std::string complaint_of(const Interview& interview) {
  std::vector<std::string> said;
  for (const auto* reply : {&interview.list, &interview.get})
    if (const HelperFailure* failure = failure_in(*reply)) said.push_back(failure->error.message());
  if (listed_by(interview).hides_entries) said.emplace_back("entries in a locked collection");
  return join(said, "; ");
}

Findings store_faults(const std::string& helper, const std::string& complaint) {
  if (helper == "pass") {
    Findings faults = check_password_store();
    auto pinentry = faults.empty() ? check_pinentry(complaint) : std::nullopt;
    if (pinentry) faults.push_back(*std::move(pinentry));
    return faults;
  }
  if (helper != "secretservice") return {};
  auto fault = check_keyring(ask_keyring(), complaint);
  return fault ? Findings{*std::move(fault)} : Findings{};
}

std::optional<Finding> check_labels(const Interview& interview) {
  if (!listed_by(interview).has_labels) return std::nullopt;
  return finding_on(interview, "secretservice-lists-labels", Severity::warning,
                    "list answers display labels in place of server URLs, as "
                    "docker-credential-helpers 0.9 does: pullsecret reads them, other tools find "
                    "nothing",
                    "use pullsecret's docker-credential-secretservice, which reads the same "
                    "entries");
}

std::string failure_in_words(const Interview& interview) {
  for (const auto* reply : {&interview.version, &interview.list, &interview.get})
    if (const HelperFailure* failure = failure_in(*reply)) return failure->error.what();
  return "its answers are none";
}

// A store that is shut says better what is wrong than its helper does.
bool may_be_the_stores_fault(const Finding& finding) {
  constexpr std::array names{"helper-ok", "helper-no-list", "helper-fails", "helper-hangs",
                             "helper-crashes"};
  return std::find(names.begin(), names.end(), finding.name) != names.end();
}

/// All that was found out about a helper.
struct Result {
  Findings findings;
  HelperState state;
};

Result check(const Interview& interview, UserShell& shell) {
  HelperCheck answers = check_answers(interview);
  const bool is_problem = answers.finding.severity == Severity::problem;
  if (is_problem && !answers.state.is_lost && is_dev_container(interview.use.helper))
    answers = window_gone(interview.use, failure_in_words(interview));
  Result result{.state = answers.state};
  if (may_be_the_stores_fault(answers.finding))
    result.findings = store_faults(interview.use.helper, complaint_of(interview));
  // A store that is shut, or not there, has nothing for anybody. With a GPG key that cannot
  // encrypt, pass still reads.
  for (const Finding& fault : result.findings)
    if (!fault.name.starts_with("pass-key-")) result.state.works = false;
  result.state.is_faulty = is_problem || !result.findings.empty();
  if (answer_in(interview.list) != nullptr) result.state.listed = listed_by(interview).server_urls;
  if (result.findings.empty()) result.findings.push_back(std::move(answers.finding));
  append(result.findings, check_labels(interview));
  append(result.findings, check_other_paths(interview.use, shell));
  return result;
}

Error error_of(const Finding& finding) {
  return {finding.subject, finding.message, finding.hint};
}

std::optional<Error> fault_of(const Interview& interview) {
  const std::string& store = interview.use.helper;
  const HelperFailure* failure = failure_in(interview.list);
  if (failure != nullptr && !failure->end) return failure->error;
  const Findings faults = store_faults(store, complaint_of(interview));
  if (!faults.empty()) return error_of(faults.front());
  if (failure != nullptr) return failure->error;
  if (const auto fault = answer_fault(interview)) return Error(program_of(store), *fault);
  return std::nullopt;
}

/// A store that was asked what it has, and why it is of no use, if it is not.
struct Trial {
  Interview interview;
  std::optional<Error> fault;
};

Trial try_store(const std::string& store, HelperClient& helpers) {
  Trial trial{.interview = {.use = {.helper = store}}};
  trial.interview.list = helpers.run({list_call(trial.interview)}).front();
  trial.fault = fault_of(trial.interview);
  return trial;
}

}  // namespace

bool works(const HelperStates& states, const std::string& helper) {
  const auto state = states.find(helper);
  return state != states.end() && state->second.works;
}

HelperChecks check_helpers(const Config& config, HelperClient& helpers) {
  HelperChecks checks;
  UserShell shell;
  std::vector<Interview> interviews;
  for (const HelperUse& use : uses_of(config)) {
    if (auto absent = check_presence(use, shell)) {
      absent->state.is_faulty = absent->finding.severity == Severity::problem;
      checks.findings.push_back(std::move(absent->finding));
      checks.helpers[use.helper] = absent->state;
    } else {
      interviews.push_back({.use = use, .server_urls = server_urls_for(config, use.helper)});
    }
  }
  ask(interviews, version_call, &Interview::version, helpers);
  ask(interviews, list_call, &Interview::list, helpers);
  ask(interviews, get_call, &Interview::get, helpers);
  for (const Interview& interview : interviews) {
    Result result = check(interview, shell);
    append(checks.findings, result.findings);
    checks.helpers[interview.use.helper] = result.state;
  }
  return checks;
}

std::optional<WorkingStore> find_working_store(HelperClient& helpers) {
  for (const char* store : {"pass", "secretservice", "encryptedfile"}) {
    const Trial trial = try_store(store, helpers);
    if (!trial.fault) return WorkingStore{store, listed_by(trial.interview).server_urls};
  }
  return std::nullopt;
}

std::optional<Error> why_not_usable(const std::string& store, HelperClient& helpers) {
  return try_store(store, helpers).fault;
}

}  // namespace pullsecret
