#include "doctor/helper_answers.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "system/error.h"
#include "system/program.h"
#include "system/text.h"

namespace pullsecret {
namespace {

template <typename End>
bool ended_by(const std::optional<HelperReply>& reply) {
  const HelperFailure* failure = failure_in(reply);
  return failure != nullptr && failure->end && std::holds_alternative<End>(*failure->end);
}

HelperCheck broken(const Interview& interview, std::string name, std::string_view action,
                   const HelperFailure& failure) {
  return {{problem(std::move(name), program_of(interview.use.helper),
                   fmt::format("{}: {}; docker login and docker pull fail", action,
                               failure.error.message()),
                   failure.error.hint())},
          {}};
}

// An end by which a helper does not get to an answer, whatever it was asked.
std::optional<HelperCheck> check_end(const Interview& interview, std::string_view action,
                                     const std::optional<HelperReply>& reply) {
  if (ended_by<NotStarted>(reply))
    return failed_start(interview.use, interview.program,
                        std::get<NotStarted>(*failure_in(reply)->end).error_number);
  if (has_hung(reply)) return broken(interview, "helper-hangs", action, *failure_in(reply));
  if (ended_by<Killed>(reply))
    return broken(interview, "helper-crashes", action, *failure_in(reply));
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
  const std::string program = program_of(interview.use.helper);
  return {{problem("helper-no-json", program,
                   fmt::format("{}: {}, as a credential helper's has to be: is it another program "
                               "of that name?",
                               fault.action, fault.message),
                   how_to_see(interview, fault))},
          {}};
}

HelperCheck no_list(const Interview& interview, const HelperFailure& failure) {
  return {{warning("helper-no-list", program_of(interview.use.helper),
                   fmt::format("it answers get, but not list: {}; Docker does not need that, "
                               "--all and migrate do",
                               failure.error.message()),
                   "install a newer version, if there is one")},
          {.works = true}};
}

HelperCheck works(const Interview& interview) {
  const std::size_t count = listed_by(interview).server_urls.size();
  std::string message =
      fmt::format("works, and has {} {}", count, count == 1 ? "credential" : "credentials");
  if (const std::string* version = answer_in(interview.version))
    message += "; version " + printable(trim(*version), 120);
  return {{fine("helper-ok", program_of(interview.use.helper), std::move(message))},
          {.works = true}};
}

}  // namespace

const std::string* answer_in(const std::optional<HelperReply>& reply) {
  return reply ? std::get_if<std::string>(&*reply) : nullptr;
}

const HelperFailure* failure_in(const std::optional<HelperReply>& reply) {
  return reply ? std::get_if<HelperFailure>(&*reply) : nullptr;
}

bool has_hung(const std::optional<HelperReply>& reply) {
  return ended_by<TimedOut>(reply);
}

bool is_silent(const Interview& interview) {
  const std::array replies{&interview.version, &interview.list, &interview.get};
  return std::any_of(replies.begin(), replies.end(), [](const auto* reply) {
    return has_hung(*reply) || ended_by<NotStarted>(*reply);
  });
}

StoreList listed_by(const Interview& interview) {
  const std::string* answer = answer_in(interview.list);
  if (answer == nullptr) return {};
  try {
    return parse_list_answer(*answer);
  } catch (const Error&) {
    return {};
  }
}

std::optional<AnswerFault> answer_fault(const Interview& interview) {
  const std::string* list = answer_in(interview.list);
  const std::string* get = answer_in(interview.get);
  std::string_view action = "list";
  try {
    if (list != nullptr) parse_list_answer(*list);
    action = "get";
    if (get != nullptr) parse_get_answer(*get);
  } catch (const Error& error) {
    return AnswerFault{action, error.message()};
  }
  return std::nullopt;
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

Tried what_was_tried(const Interview& interview) {
  const bool has_failed = is_silent(interview) || failure_in(interview.list) != nullptr ||
                          failure_in(interview.get) != nullptr;
  if (has_failed || listed_by(interview).hides_entries) return Tried::failed;
  const std::string* answer = answer_in(interview.get);
  const bool has_credential = answer != nullptr && parse_get_answer(*answer).has_value();
  return has_credential ? Tried::gave_credential : Tried::found_nothing;
}

std::string failure_in_words(const Interview& interview) {
  for (const auto* reply : {&interview.version, &interview.list, &interview.get})
    if (const HelperFailure* failure = failure_in(*reply)) return failure->error.what();
  return "its answers are none";
}

}  // namespace pullsecret
