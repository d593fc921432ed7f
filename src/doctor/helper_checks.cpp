#include "doctor/helper_checks.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "credential/registry.h"
#include "docker/resolve.h"
#include "doctor/helper_answers.h"
#include "doctor/helper_program.h"
#include "doctor/helper_remedies.h"
#include "doctor/registry.h"
#include "doctor/store_checks.h"
#include "system/text.h"

namespace pullsecret {
namespace {

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
    const Registry registry = registry_of(config, key);
    if (registry.store != nullptr && *registry.store == helper)
      server_urls.push_back(registry.server_url());
  }
  return without_repeats(std::move(server_urls));
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

HelperCall call(const Interview& interview, std::string action, std::string input) {
  return {.helper = interview.use.helper,
          .action = std::move(action),
          .input = std::move(input),
          .program = interview.program,
          .search_path = interview.search_path};
}

HelperCall version_call(const Interview& interview) {
  return call(interview, "version", "");
}

HelperCall list_call(const Interview& interview) {
  return call(interview, "list", "unused");
}

HelperCall get_call(const Interview& interview) {
  return call(interview, "get", server_url_to_get(interview));
}

// Asks all at once, but for those that have not answered before.
void ask(std::vector<Interview>& interviews, HelperCall (*call_for)(const Interview&),
         std::optional<HelperReply> Interview::*reply, HelperClient& helpers) {
  std::vector<Interview*> asked;
  std::vector<HelperCall> calls;
  for (Interview& interview : interviews) {
    if (is_silent(interview)) continue;
    asked.push_back(&interview);
    calls.push_back(call_for(interview));
  }
  std::vector<HelperReply> replies = helpers.run(calls);
  for (std::size_t i = 0; i < asked.size(); ++i)
    asked[i]->*reply = std::move(replies[i]);
}

// Last, because a get may have unlocked the store.
void ask_about_stores(std::vector<Interview>& interviews, HelperClient& helpers) {
  std::vector<StoreQuestion> questions;
  questions.reserve(interviews.size());
  for (const Interview& interview : interviews)
    questions.push_back({interview.use.helper, interview.program || has_hung(interview.version)});
  std::vector<std::optional<StoreStatus>> statuses = ask_stores(questions, helpers);
  for (std::size_t i = 0; i < interviews.size(); ++i)
    interviews[i].store = std::move(statuses[i]);
}

// The first question unlocks the store, and tells whether the helper answers at all.
void ask_first(std::vector<Interview>& interviews, HelperClient& helpers) {
  std::vector<HelperCall> calls;
  calls.reserve(interviews.size());
  for (const Interview& interview : interviews)
    calls.push_back(interview.server_urls.empty() ? list_call(interview) : get_call(interview));
  std::vector<HelperReply> replies = helpers.run(calls);
  for (std::size_t i = 0; i < interviews.size(); ++i)
    (interviews[i].server_urls.empty() ? interviews[i].list : interviews[i].get) =
        std::move(replies[i]);
}

// What will be asked one after the other, and by check_entries(), goes side by side: `helpers`
// remembers the answers.
void ask_ahead(const std::vector<Interview>& interviews, HelperClient& helpers) {
  std::vector<HelperCall> calls;
  for (const Interview& interview : interviews) {
    if (is_silent(interview)) continue;
    calls.push_back(version_call(interview));
    calls.push_back(list_call(interview));
    if (failure_in(interview.get) != nullptr) continue;
    for (const std::string& server_url : interview.server_urls)
      calls.push_back({interview.use.helper, "get", server_url});
  }
  helpers.run(calls);
}

// ---- What the answers mean, one thing after the other

// The helper of a dev container that fails is of a window that is gone.
void check_window(const Interview& interview, HelperCheck& check) {
  const bool has_failed = worst(check.findings) == Severity::problem && !check.state.is_lost;
  if (has_failed && is_dev_container(interview.use.helper))
    check = window_gone(interview.use, failure_in_words(interview));
}

void note_list(const Interview& interview, HelperCheck& check) {
  if (answer_in(interview.list) != nullptr) check.state.listed = listed_by(interview).server_urls;
}

// What is known of the store behind the helper. Upstream's secretservice lists entries without a
// server URL where the keyring is locked.
std::optional<StoreStatus> store_of(const Interview& interview) {
  if (interview.store) return interview.store;
  if (interview.use.helper != "secretservice" || !listed_by(interview).hides_entries)
    return std::nullopt;
  return StoreStatus{.state = StoreState::locked,
                     .faults = {{.kind = "locked",
                                 .message = "list answers entries without a server URL, as where "
                                            "the keyring is locked",
                                 .hint = "unlock it on the desktop"}}};
}

// A store says better what is wrong than its helper does; unless that is another program, or none.
void check_store_behind(const Interview& interview, HelperCheck& check) {
  const auto status = store_of(interview);
  if (!status || check.state.is_lost || answer_fault(interview)) return;
  StoreCheck store = check_store(interview.use.helper, *status, what_was_tried(interview));
  if (store.findings.empty()) return;
  check.findings = std::move(store.findings);
  check.state.is_faulty = true;
  // With a GPG key that cannot encrypt, pass still reads.
  if (store.is_shut) check.state.works = false;
}

void check_labels(const Interview& interview, HelperCheck& check) {
  if (!listed_by(interview).has_labels) return;
  append(check.findings,
         warning("secretservice-lists-labels", program_of(interview.use.helper),
                 "list answers display labels in place of server URLs, as "
                 "docker-credential-helpers 0.9 does: pullsecret reads them, other tools find "
                 "nothing",
                 "use pullsecret's docker-credential-secretservice, which reads the same "
                 "entries"));
}

HelperCheck check(const Interview& interview, UserShell& shell) {
  HelperCheck check = check_answers(interview);
  check_window(interview, check);
  note_list(interview, check);
  check_store_behind(interview, check);
  check_labels(interview, check);
  const bool has_problem = worst(check.findings) == Severity::problem;
  check.state.is_useless = has_problem && !check.state.works && !check.state.is_lost;
  if (has_problem) return check;
  if (interview.program) return interactive_only(interview.use, *interview.program);
  append(check.findings, check_other_paths(interview.use, shell));
  return check;
}

// ---- All together

HelperStates states_of(const CheckedHelpers& checked) {
  HelperStates states;
  for (const auto& [helper, check] : checked)
    states[helper] = check.state;
  return states;
}

HelperChecks all_of(CheckedHelpers&& checked) {
  HelperChecks checks;
  for (auto& [helper, check] : checked) {
    check.state.is_faulty |= worst(check.findings) == Severity::problem;
    append(checks.findings, std::move(check.findings));
    checks.helpers[helper] = std::move(check.state);
  }
  return checks;
}

// ---- A store alone

bool is_on_path(const Interview& interview) {
  const HelperFailure* failure = failure_in(interview.list);
  return failure == nullptr || failure->end;
}

std::optional<Error> fault_of(const Interview& interview) {
  const std::string& store = interview.use.helper;
  const HelperFailure* failure = failure_in(interview.list);
  if (!is_on_path(interview)) return failure->error;
  if (const auto status = store_of(interview))
    if (auto reason = why_not_usable(store, *status)) return reason;
  if (failure != nullptr) return failure->error;
  if (const auto fault = answer_fault(interview))
    return Error(program_of(store), fmt::format("{}: {}", fault->action, fault->message));
  return std::nullopt;
}

/// A store that was asked what it has, and why it is of no use, if it is not.
struct Trial {
  Interview interview;
  std::optional<Error> fault;
};

Trial try_store(const std::string& store, HelperClient& helpers) {
  std::vector<Interview> interviews{{.use = {.helper = store}, .server_urls = {}}};
  ask(interviews, list_call, &Interview::list, helpers);
  if (is_on_path(interviews.front())) ask_about_stores(interviews, helpers);
  auto fault = fault_of(interviews.front());
  return {std::move(interviews.front()), std::move(fault)};
}

}  // namespace

bool works(const HelperStates& states, const std::string& helper) {
  const auto state = states.find(helper);
  return state != states.end() && state->second.works;
}

std::set<std::string> useless_helpers(const HelperStates& states) {
  std::set<std::string> useless;
  for (const auto& [helper, state] : states)
    if (state.is_lost || state.is_useless) useless.insert(helper);
  return useless;
}

HelperChecks check_helpers(const Config& config, HelperClient& helpers) {
  CheckedHelpers checked;
  UserShell shell;

  // A helper whose program is not there is not asked.
  std::vector<Interview> interviews;
  for (const HelperUse& use : uses_of(config)) {
    if (auto absent = check_presence(use, shell)) {
      checked[use.helper] = *std::move(absent);
      continue;
    }
    interviews.push_back({.use = use, .server_urls = server_urls_for(config, use.helper)});
    if (auto program = find_elsewhere(use, shell)) {
      interviews.back().program = std::move(program);
      interviews.back().search_path = shell.interactive_path();
    }
  }

  // The others are, all at once.
  ask_first(interviews, helpers);
  ask_ahead(interviews, helpers);
  ask(interviews, version_call, &Interview::version, helpers);
  ask(interviews, list_call, &Interview::list, helpers);
  ask(interviews, get_call, &Interview::get, helpers);
  ask_about_stores(interviews, helpers);

  for (const Interview& interview : interviews)
    checked[interview.use.helper] = check(interview, shell);

  keep_inline_beside_names(checked, config);
  Substitute substitute(useless_helpers(states_of(checked)), helpers);
  offer_substitute(checked, substitute);
  HelperChecks checks = all_of(std::move(checked));
  append(checks.findings, check_read_only(config, checks.helpers, substitute, helpers));
  return checks;
}

Findings check_presence(const Config& config) {
  Findings findings;
  UserShell shell = UserShell::not_asked();
  for (const HelperUse& use : uses_of(config)) {
    auto absent = check_presence(use, shell);
    if (!absent) continue;
    if (absent->state.is_lost)
      absent->findings.front().way_out = {"doctor --fix",
                                          " puts a store that works in its place, if there is one"};
    append(findings, std::move(absent->findings));
  }
  return findings;
}

std::optional<WorkingStore> find_working_store(HelperClient& helpers,
                                               const std::set<std::string>& useless) {
  for (const char* store : {"pass", "secretservice", "encryptedfile"}) {
    if (useless.contains(store)) continue;
    const Trial trial = try_store(store, helpers);
    if (!trial.fault) return WorkingStore{store, listed_by(trial.interview).server_urls};
  }
  return std::nullopt;
}

std::optional<Error> why_not_usable(const std::string& store, HelperClient& helpers) {
  return try_store(store, helpers).fault;
}

void check_usable(const std::string& option, const std::string& store, HelperClient& helpers) {
  if (const auto reason = why_not_usable(store, helpers))
    throw Error(option, fmt::format("{} does not work: {}", printable(store), reason->what()),
                reason->hint());
}

}  // namespace pullsecret
