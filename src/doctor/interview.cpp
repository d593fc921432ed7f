#include "doctor/interview.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

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
          .search_path = interview.search_path};
}

HelperCall version_call(const Interview& interview) {
  return call(interview, "version", "");
}

HelperCall list_call(const Interview& interview) {
  return call(interview, "list", "unused");
}

// Of the config's, one that the helper has; without any, what `docker pull` asks for most.
std::string server_url_to_get(const Interview& interview) {
  std::vector<std::string> listed = listed_by(interview).value_or(StoreList()).server_urls;
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

struct Reply {
  std::string_view action;
  const HelperReply* reply;
};

std::array<Reply, 3> replies_of(const Interview& interview) {
  return {Reply{"version", reply_to(interview, version_call(interview))},
          Reply{"list", reply_to(interview, list_call(interview))},
          Reply{"get", reply_to(interview, counting_get(interview))}};
}

// It did not start, or did not answer in time.
bool is_silent(const Interview& interview) {
  const auto replies = replies_of(interview);
  return std::any_of(replies.begin(), replies.end(), [](const Reply& asked) {
    return ended_by<TimedOut>(asked.reply) || ended_by<NotStarted>(asked.reply);
  });
}

// ---- Asking

using Calls = std::vector<HelperCall>;

Calls first_calls(const Interview& interview) {
  if (interview.server_urls.empty()) return {list_call(interview)};
  return {call(interview, "get", interview.server_urls.front())};
}

// One that failed is not asked for all the others, too.
Calls other_calls(const Interview& interview) {
  Calls calls{version_call(interview), list_call(interview)};
  if (interview.program || failure_in(reply_to(interview, counting_get(interview)))) return calls;
  for (const std::string& server_url : interview.server_urls)
    calls.push_back(call(interview, "get", server_url));
  return calls;
}

Calls last_calls(const Interview& interview) {
  return {counting_get(interview)};
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
    if (interview.program || ended_by<TimedOut>(replies_of(interview).front().reply))
      in_vain.push_back(interview.use.helper);
  }
  if (!interviews.empty()) ask_for_status(stores, in_vain, interviews.front().helpers);
}

// ---- What the answers mean

HelperCheck broken(const Interview& interview, std::string name, std::string_view action,
                   const HelperFailure& failure) {
  return {{problem(std::move(name), program_of(interview.use.helper),
                   fmt::format("{}: {}; docker login and docker pull fail", action,
                               failure.error.message()),
                   failure.error.hint())},
          {Condition::useless}};
}

// The helper of a dev container that fails is of a window that is gone.
HelperCheck failed(const Interview& interview, std::string name, std::string_view action,
                   const HelperFailure& failure) {
  return is_dev_container(interview.use.helper)
             ? window_gone(interview.use, failure.error.what())
             : broken(interview, std::move(name), action, failure);
}

// An end by which a helper does not get to an answer, whatever it was asked.
std::optional<HelperCheck> check_end(const Interview& interview, const Reply& asked) {
  const auto& [action, reply] = asked;
  if (ended_by<NotStarted>(reply))
    return failed_start(interview.use, interview.program,
                        std::get<NotStarted>(*failure_in(reply)->end).error_number);
  if (ended_by<TimedOut>(reply))
    return failed(interview, "helper-hangs", action, *failure_in(reply));
  if (ended_by<Killed>(reply))
    return failed(interview, "helper-crashes", action, *failure_in(reply));
  return std::nullopt;
}

// For `get`, what it prints may be a password.
std::string how_to_see(const Interview& interview, const AnswerFault& fault) {
  const bool is_get = fault.action == "get";
  return fmt::format("see what it prints{}: `echo {} | {} {}`",
                     is_get ? ", perhaps a password" : "", is_get ? "REGISTRY" : "unused",
                     shell_word(helper_program_name(interview.use.helper)), fault.action);
}

HelperCheck no_json(const Interview& interview, const AnswerFault& fault) {
  if (is_dev_container(interview.use.helper))
    return window_gone(interview.use, "its answers are none");
  return {{problem("helper-no-json", program_of(interview.use.helper),
                   fmt::format("{}: {}, as a credential helper's has to be: is it another program "
                               "of that name?",
                               fault.action, fault.message),
                   how_to_see(interview, fault))},
          {Condition::useless}};
}

HelperCheck no_list(const Interview& interview, const HelperFailure& failure) {
  return {{warning("helper-no-list", program_of(interview.use.helper),
                   fmt::format("it answers get, but not list: {}; Docker does not need that, "
                               "--all and migrate do",
                               failure.error.message()),
                   "install a newer version, if there is one")},
          {Condition::fine}};
}

HelperCheck works(const Interview& interview, const HelperReply* version) {
  const std::size_t count = listed_by(interview).value_or(StoreList()).server_urls.size();
  std::string message =
      fmt::format("works, and has {} {}", count, count == 1 ? "credential" : "credentials");
  if (const std::string* answer = answer_in(version))
    message += "; version " + printable(trim(*answer), 120);
  return {{fine("helper-ok", program_of(interview.use.helper), std::move(message))},
          {Condition::fine}};
}

HelperCheck judge(const Interview& interview) {
  const auto replies = replies_of(interview);
  for (const Reply& asked : replies)
    if (auto check = check_end(interview, asked)) return *std::move(check);
  if (const auto fault = answer_fault(interview)) return no_json(interview, *fault);
  const auto& [version, list, get] = replies;
  if (const HelperFailure* failure = failure_in(get.reply))
    return failed(interview, failure->has_words ? "helper-fails" : "helper-crashes", get.action,
                  *failure);
  if (const HelperFailure* failure = failure_in(list.reply)) return no_list(interview, *failure);
  return works(interview, version.reply);
}

}  // namespace

void ask_all(const std::vector<Interview>& interviews) {
  ask(interviews, first_calls);
  ask(interviews, other_calls);
  ask(interviews, last_calls);
  ask_for_status(interviews);
}

void ask_for_list(const Interview& interview) {
  interview.helpers.ask({list_call(interview)});
  const HelperFailure* failure = list_failure(interview);
  if (failure == nullptr || failure->end)
    ask_for_status({interview.use.helper}, {}, interview.helpers);
}

std::optional<StoreList> listed_by(const Interview& interview) {
  const std::string* answer = answer_in(reply_to(interview, list_call(interview)));
  if (answer == nullptr) return std::nullopt;
  try {
    return parse_list_answer(*answer);
  } catch (const Error&) {
    return StoreList();
  }
}

const HelperFailure* list_failure(const Interview& interview) {
  return failure_in(reply_to(interview, list_call(interview)));
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

std::optional<AnswerFault> answer_fault(const Interview& interview) {
  const auto& [version, list, get] = replies_of(interview);
  std::string_view action = list.action;
  try {
    if (const std::string* answer = answer_in(list.reply)) parse_list_answer(*answer);
    action = get.action;
    if (const std::string* answer = answer_in(get.reply)) parse_get_answer(*answer);
  } catch (const Error& error) {
    return AnswerFault{action, error.message()};
  }
  return std::nullopt;
}

HelperCheck check_answers(const Interview& interview) {
  HelperCheck check = judge(interview);
  if (auto list = listed_by(interview)) check.state.listed = std::move(list->server_urls);
  return check;
}

Tried what_was_tried(const Interview& interview) {
  const auto& [version, list, get] = replies_of(interview);
  const bool has_failed = is_silent(interview) || failure_in(list.reply) || failure_in(get.reply);
  if (has_failed || listed_by(interview).value_or(StoreList()).hides_entries) return Tried::failed;
  const std::string* answer = answer_in(get.reply);
  const bool has_credential = answer != nullptr && parse_get_answer(*answer).has_value();
  return has_credential ? Tried::gave_credential : Tried::found_nothing;
}

}  // namespace pullsecret
