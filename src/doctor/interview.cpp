#include "doctor/interview.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "credential/account.h"
#include "credential/issuers.h"
#include "credential/registry.h"
#include "helper/own_stores.h"
#include "system/run_programs.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// ---- The questions

HelperCall call(const Interview& interview, std::string action, std::string input) {
  return {.helper = interview.use.helper,
          .action = std::move(action),
          .input = std::move(input),
          .program = interview.program,
          .variables = interview.variables};
}

HelperCall version_call(const Interview& interview) {
  return call(interview, "version", "");
}

HelperCall list_call(const Interview& interview) {
  return call(interview, "list", "unused");
}

// Without any in the config, what `docker pull` asks for most.
std::string first_server_url(const Interview& interview) {
  const std::vector<std::string>& own = interview.server_urls;
  if (!own.empty()) return own.front();
  return interview.use.is_podmans ? "docker.io" : std::string(docker_hub_key);
}

HelperCall first_get(const Interview& interview) {
  return call(interview, "get", first_server_url(interview));
}

// Of the config's, one that the helper has.
std::string server_url_to_get(const Interview& interview) {
  std::vector<std::string> listed = listed_by(interview).value_or(StoreList()).server_urls;
  std::erase_if(listed, is_beside_registries);
  const auto is_listed = [&listed](const std::string& server_url) {
    return std::binary_search(listed.begin(), listed.end(), server_url);
  };
  const std::vector<std::string>& own = interview.server_urls;
  const auto both = std::find_if(own.begin(), own.end(), is_listed);
  if (both != own.end()) return *both;
  return listed.empty() ? first_server_url(interview) : listed.front();
}

HelperCall counting_get(const Interview& interview) {
  return call(interview, "get", server_url_to_get(interview));
}

// ---- The replies; nullptr: not asked

const HelperReply* reply_to(const Interview& interview, const HelperCall& call) {
  return interview.helpers.known(call);
}

const std::string* answer_in(const HelperReply* reply) {
  return reply == nullptr ? nullptr : std::get_if<std::string>(reply);
}

const HelperFailure* failure_in(const HelperReply* reply) {
  return reply == nullptr ? nullptr : std::get_if<HelperFailure>(reply);
}

template <typename End>
bool ended_by(const HelperReply* reply) {
  const HelperFailure* failure = failure_in(reply);
  return failure != nullptr && failure->end && std::holds_alternative<End>(*failure->end);
}

const HelperReply* reply_to_version(const Interview& interview) {
  return reply_to(interview, version_call(interview));
}

const HelperReply* reply_to_list(const Interview& interview) {
  return reply_to(interview, list_call(interview));
}

const HelperReply* reply_to_get(const Interview& interview) {
  return reply_to(interview, counting_get(interview));
}

// It did not start, or did not answer in time, what Docker asks.
bool is_silent(const Interview& interview) {
  const HelperReply* first = reply_to(interview, first_get(interview));
  return ended_by<TimedOut>(first) || ended_by<NotStarted>(first);
}

// Why there is no list; nothing if there is one, or nobody asked.
std::optional<std::string> list_fault(const Interview& interview) {
  const HelperReply* reply = reply_to_list(interview);
  if (const HelperFailure* failure = failure_in(reply)) return failure->error.message();
  try {
    if (const std::string* answer = answer_in(reply)) parse_list_answer(*answer);
  } catch (const Error& error) {
    return error.message();
  }
  return std::nullopt;
}

// ---- Asking

using Calls = std::vector<HelperCall>;

// The one that counts, and all others; one that failed is not asked for these.
Calls other_gets(const Interview& interview) {
  Calls calls{counting_get(interview)};
  if (interview.program || failure_in(reply_to(interview, first_get(interview)))) return calls;
  for (const std::string& server_url : interview.server_urls)
    calls.push_back(call(interview, "get", server_url));
  return calls;
}

void ask(const std::vector<Interview>& interviews, Calls (*calls_for)(const Interview&)) {
  Calls calls;
  for (const Interview& interview : interviews)
    if (!is_silent(interview))
      for (HelperCall& call : calls_for(interview))
        calls.push_back(std::move(call));
  if (!interviews.empty()) interviews.front().helpers.ask(calls);
}

// Last, because a get may have unlocked the store.
void ask_for_status(const std::vector<Interview>& interviews) {
  std::vector<std::string> stores, in_vain;
  for (const Interview& interview : interviews) {
    stores.push_back(interview.use.helper);
    if (interview.program || is_silent(interview) ||
        ended_by<TimedOut>(reply_to_version(interview)))
      in_vain.push_back(interview.use.helper);
  }
  if (!interviews.empty()) ask_for_status(stores, in_vain, interviews.front().helpers);
}

// ---- What the answers mean

std::string name_of(const HelperReply* reply) {
  if (ended_by<TimedOut>(reply)) return "helper-hangs";
  return failure_in(reply)->has_words && !ended_by<Killed>(reply) ? "helper-fails"
                                                                  : "helper-crashes";
}

// The helper of a dev container that does not even say that it fails is of a window that is gone.
HelperCheck failed(const Interview& interview, const HelperReply* reply) {
  const HelperFailure& failure = *failure_in(reply);
  if (ended_by<NotStarted>(reply))
    return failed_start(interview.use, interview.program,
                        std::get<NotStarted>(*failure.end).error_number);
  if (is_dev_container(interview.use.helper) && !failure.is_answer)
    return window_gone(interview.use, failure.error.what());
  return {{problem(name_of(reply), program_of(interview.use.helper),
                   fmt::format("get: {}; {}", failure.error.message(), what_fails(interview.use)),
                   failure.error.hint())},
          {Condition::useless}};
}

HelperCheck no_json(const Interview& interview, const std::string& fault) {
  if (is_dev_container(interview.use.helper))
    return window_gone(interview.use, "its answers are none");
  return {{problem("helper-no-json", program_of(interview.use.helper),
                   fmt::format("get: {}, as a credential helper's has to be: is it another program "
                               "of that name?",
                               fault),
                   see_answer(interview.use.helper, "REGISTRY"))},
          {Condition::useless}};
}

// Measured with docker 28.2: login, logout, pull and push ask for no list; docker build without
// buildx does, and goes on without any login where that fails.
HelperCheck no_list(const Interview& interview, const std::string& fault) {
  return {{warning("helper-no-list", program_of(interview.use.helper),
                   fmt::format("it answers get, but not list: {}; docker login, pull and push do "
                               "not ask for that; docker build without buildx does, and so do "
                               "--all and migrate",
                               fault),
                   fmt::format("see what it says: `echo unused | {} list`; a newer version may "
                               "know it",
                               shell_word(helper_program_name(interview.use.helper))))},
          {Condition::fine}};
}

// That it stores is known of pullsecret's own stores alone: what keeps one from it has its own
// finding.
std::string what_works(const Interview& interview) {
  const std::string& helper = interview.use.helper;
  const std::size_t count = listed_by(interview).value_or(StoreList()).server_urls.size();
  const std::string has =
      fmt::format("has {} {}", count, count == 1 ? "credential" : "credentials");
  if (known_status(helper, interview.helpers)) return "works, and " + has;
  if (const std::string_view issuer = token_issuer(helper); !issuer.empty())
    return fmt::format("can be read, and {}; it mints tokens for {}, and stores nothing", has,
                       issuer);
  return fmt::format("can be read, and {}; whether it stores, {} login alone shows", has,
                     interview.use.client());
}

HelperCheck works(const Interview& interview, const HelperReply* version) {
  std::string message = what_works(interview);
  if (const std::string* answer = answer_in(version))
    message += "; version " + printable(trim(*answer), 120);
  return {{fine("helper-ok", program_of(interview.use.helper), std::move(message))},
          {Condition::fine}};
}

HelperCheck judge(const Interview& interview) {
  if (is_silent(interview)) return failed(interview, reply_to(interview, first_get(interview)));
  if (failure_in(reply_to_get(interview))) return failed(interview, reply_to_get(interview));
  if (const auto fault = answer_fault(interview)) return no_json(interview, *fault);
  if (const auto fault = list_fault(interview)) return no_list(interview, *fault);
  return works(interview, reply_to_version(interview));
}

}  // namespace

void ask_all(const std::vector<Interview>& interviews) {
  ask(interviews, [](const Interview& one) { return Calls{first_get(one)}; });
  // Each beside none of its helper's, after which one that hangs would be asked again.
  ask(interviews, [](const Interview& one) { return Calls{list_call(one)}; });
  ask(interviews, [](const Interview& one) { return Calls{version_call(one)}; });
  ask(interviews, other_gets);
  ask_for_status(interviews);
}

void ask_for_list(const Interview& interview) {
  interview.helpers.ask({list_call(interview)});
  const HelperFailure* failure = failure_in(reply_to_list(interview));
  if (failure != nullptr && !failure->end) return;
  if (list_fault(interview)) interview.helpers.ask({first_get(interview)});
  ask_for_status({interview.use.helper}, {}, interview.helpers);
}

std::optional<StoreList> listed_by(const Interview& interview) {
  const std::string* answer = answer_in(reply_to_list(interview));
  if (answer == nullptr || list_fault(interview)) return std::nullopt;
  return parse_list_answer(*answer);
}

std::optional<HelperFailure> why_mute(const Interview& interview) {
  if (!list_fault(interview)) return std::nullopt;
  if (const HelperFailure* failure = failure_in(reply_to_get(interview))) return *failure;
  if (const auto fault = answer_fault(interview))
    return HelperFailure{Error(program_of(interview.use.helper), "get: " + *fault), Exited{0}};
  return reply_to_get(interview) == nullptr ? std::optional(*failure_in(reply_to_list(interview)))
                                            : std::nullopt;
}

std::optional<StoreStatus> status_behind(const Interview& interview) {
  if (auto status = known_status(interview.use.helper, interview.helpers)) return status;
  const OwnStore* store = find_own_store(interview.use.helper);
  const bool is_locked = store != nullptr && store->needs_desktop &&
                         listed_by(interview).value_or(StoreList()).hides_entries;
  if (!is_locked) return std::nullopt;
  return StoreStatus{.state = StoreState::locked,
                     .faults = {{.kind = "locked",
                                 .message = "list answers entries without a server URL, as where "
                                            "the keyring is locked",
                                 .hint = "unlock it on the desktop"}}};
}

std::optional<std::string> answer_fault(const Interview& interview) {
  try {
    if (const std::string* answer = answer_in(reply_to_get(interview))) parse_get_answer(*answer);
  } catch (const Error& error) {
    return error.message();
  }
  return std::nullopt;
}

HelperCheck check_answers(const Interview& interview) {
  HelperCheck check = judge(interview);
  if (auto list = listed_by(interview)) check.state.listed = std::move(list->server_urls);
  return check;
}

Tried what_was_tried(const Interview& interview) {
  const HelperReply* get = reply_to_get(interview);
  const bool has_failed = is_silent(interview) || failure_in(get) != nullptr;
  if (has_failed || listed_by(interview).value_or(StoreList()).hides_entries) return Tried::failed;
  const std::string* answer = answer_in(get);
  const bool has_credential = answer != nullptr && parse_get_answer(*answer).has_value();
  return has_credential ? Tried::gave_credential : Tried::found_nothing;
}

}  // namespace pullsecret
