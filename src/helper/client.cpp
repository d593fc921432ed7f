#include "helper/client.h"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <utility>

#include <fmt/format.h>

#include "credential/go_json_writer.h"
#include "credential/registry.h"
#include "helper/answer.h"
#include "helper/json_message.h"
#include "helper/protocol.h"
#include "helper/way_to_have.h"
#include "system/executable_format.h"
#include "system/run_programs.h"
#include "system/text.h"

namespace pullsecret {
namespace {

std::string place_of(const HelperCall& call) {
  return printable(helper_program_name(call.helper) + " " + call.action);
}

void check_helper_name(const std::string& helper) {
  if (helper.empty())
    throw Error("", "the name of its credential helper is empty",
                "name a helper, such as \"pass\" for docker-credential-pass");
  if (!is_helper_name(helper))
    throw Error("", fmt::format("\"{}\" is no name of a credential helper", printable(helper)),
                R"(a helper's name is what follows "docker-credential-", such as "pass")");
}

std::filesystem::path find_helper(const HelperCall& call) {
  if (call.program) return *call.program;
  const std::string& helper = call.helper;
  check_helper_name(helper);
  const std::string name = helper_program_name(helper);
  const ProgramSearch search = find_on_path(name);
  if (search.found) return *search.found;
  if (search.not_executable) throw not_executable(*search.not_executable);
  std::string hint(way_to_have(helper));
  if (find_foreign_helper(helper) != nullptr)
    hint += "; `pullsecret doctor --fix` puts a store that works in its place";
  throw Error(printable(name), "not found on PATH", std::move(hint));
}

// By protocol a failing helper's error is on its standard output. What looks like an answer may
// hold a secret and is nobody's to read; nor is what a helper wrote that did not get to its end.
std::string_view error_line(const ProgramResult& result) {
  const bool is_answer = result.output.find('{') != std::string::npos;
  return std::holds_alternative<Exited>(result.end) && !is_answer ? trim(result.output) : "";
}

// A helper that fails may say what it was given, as it is or as JSON.
bool has_secret(std::string_view text, const HelperCall& call) {
  if (call.action != "store" && has_login(call.input) &&
      text.find(call.input) != std::string_view::npos)
    return true;
  if (call.secret.empty()) return false;
  const std::string quoted = printable_json(go_json_string(call.secret));
  return text.find(call.secret) != std::string_view::npos ||
         printable_json(text).find(quoted.substr(1, quoted.size() - 2)) != std::string::npos;
}

// What a failing helper said. On standard error is noise, of which the end matters (a traceback's
// last line).
std::string said(const HelperCall& call, const ProgramResult& result) {
  constexpr std::size_t most = 600;
  std::string text;
  for (std::string_view stream : {error_line(result), trim(result.error_output)}) {
    if (stream.empty() || has_secret(stream, call)) continue;
    text += text.empty() ? ": " : "; standard error: ";
    if (stream.size() > most) text += "…";
    text += printable(stream.substr(stream.size() - std::min(stream.size(), most)), 4 * most);
  }
  return text;
}

std::string advice(const HelperCall& call, const ProgramResult& result) {
  if (std::holds_alternative<TimedOut>(result.end))
    return "it may wait for its store to be unlocked; --timeout gives it longer";
  if (const auto* end = std::get_if<NotStarted>(&result.end); end && end->error_number == ENOEXEC)
    return "the file is no program for this machine: install the one that is";
  if (call.action == "store") return {};  // its input is no text for a terminal
  return fmt::format("try it by hand: `echo {} | {} {}`", key_in_command(call.input),
                     shell_word(helper_program_name(call.helper)), call.action);
}

HelperReply reply_of(const HelperCall& call, ProgramResult& result) {
  const auto* exited = std::get_if<Exited>(&result.end);
  if (exited != nullptr && exited->status == 0) return std::move(result.output);
  if (exited != nullptr && trim(result.output) == credentials_not_found) return NotFound{};
  const std::string words = said(call, result);
  return HelperFailure{Error(place_of(call), in_words(result.end) + words, advice(call, result)),
                       result.end, !words.empty(), !error_line(result).empty()};
}

std::optional<Environment> environment_of(const HelperCall& call) {
  if (call.variables.empty()) return std::nullopt;
  Environment changed = environment();
  for (const auto& [name, value] : call.variables)
    changed[name] = value;
  return changed;
}

// It fails as those did after which it was not made.
HelperFailure not_asked(const HelperCall& call, std::string_view after,
                        std::chrono::milliseconds timeout) {
  const ProgramResult hung{.end = TimedOut{timeout}};
  return {Error(place_of(call), fmt::format("not asked, after {}{}", after, in_words(hung.end)),
                advice(call, hung)),
          hung.end};
}

// What a call that begins now may take.
std::chrono::milliseconds time_left(const HelperLimits& limits,
                                    std::chrono::steady_clock::time_point first_call) {
  if (!limits.timeout_is_for_all) return limits.timeout;
  return std::chrono::ceil<std::chrono::milliseconds>(first_call + limits.timeout -
                                                      std::chrono::steady_clock::now());
}

// What is not answered by `get` is answered by no other action.
bool is_among(const std::set<std::string>& actions, const std::string& action) {
  return actions.contains(action) || actions.contains("get");
}

bool changes_a_store(const HelperCall& call) {
  return call.action == "store" || call.action == "erase";
}

}  // namespace

std::string helper_program_name(std::string_view name) {
  return std::string(helper_program_prefix).append(name);
}

std::string program_of(std::string_view helper) {
  return printable(helper_program_name(helper));
}

bool is_helper_name(std::string_view name) {
  return !name.empty() && name.find('/') == std::string_view::npos && !has_control_character(name);
}

HelperCall store_call(const std::string& helper, const std::string& server_url,
                      const Credential& credential) {
  const StoredCredential stored = stored_credential(credential);
  return {helper, "store", format_credential_message(server_url, stored), stored.secret};
}

/// One make(): which call waits, which runs, what came of each.
class HelperClient::Schedule {
 public:
  Schedule(const std::vector<HelperCall>& calls, const HelperLimits& limits,
           std::chrono::steady_clock::time_point first_call, Conducts& conducts)
      : calls_(calls),
        limits_(limits),
        first_call_(first_call),
        conducts_(conducts),
        tasks_(calls.size()) {
    for (std::size_t call = 0; call < calls.size(); ++call)
      find_program(call);
  }

  /// Starts calls until nothing more may, or can, run beside what runs.
  void start() {
    while (programs_.size() < limits_.jobs) {
      const auto next = std::find_if(waiting_.begin(), waiting_.end(),
                                     [this](std::size_t call) { return may_start(call); });
      if (next == waiting_.end()) return;
      const std::size_t call = *next;
      waiting_.erase(next);
      if (start(call)) continue;
      waiting_.push_front(call);
      return;
    }
  }

  bool is_running() const { return programs_.size() > 0; }

  void wait(std::chrono::milliseconds at_most) {
    if (auto result = programs_.wait(at_most)) finish(*result);
  }

  void report(const HelperClient::Progress& progress) const {
    if (progress && is_running())
      progress(calls_.size() - waiting_.size() - programs_.size(), calls_.size(),
               calls_[*running_.begin()->second.begin()].helper);
  }

  std::vector<HelperReply> replies() && {
    std::vector<HelperReply> replies;
    for (Task& task : tasks_)
      replies.push_back(std::move(task.reply));
    return replies;
  }

 private:
  using Program = Conducts::value_type;

  struct Task {
    Program* program = nullptr;
    HelperReply reply;
    bool repeated = false;
    bool had_company = false;     ///< another call of its program ran at the same time
    bool after_time_out = false;  ///< its program had timed out at this when it began
  };

  void find_program(std::size_t call) {
    try {
      tasks_[call].program = &*conducts_.try_emplace(find_helper(calls_[call])).first;
      waiting_.push_back(call);
    } catch (const Error& error) {
      tasks_[call].reply = HelperFailure{error};
    }
  }

  // Repeated calls stand at the end of the queue: when one may start, no other call of its program
  // is left to come beside it.
  bool may_start(std::size_t call) const {
    const Task& task = tasks_[call];
    const Conduct& conduct = task.program->second;
    const bool alone = task.repeated || !conduct.has_ended || !conduct.stands_company;
    return is_among(conduct.hang, calls_[call].action) || !alone ||
           !running_.contains(task.program);
  }

  // False if the system has no room for it before another call ends.
  bool start(std::size_t call) {
    Task& task = tasks_[call];
    const auto& [program, conduct] = *task.program;
    const std::chrono::milliseconds timeout = time_left(limits_, first_call_);
    const bool hangs = is_among(conduct.hang, calls_[call].action);
    if (hangs || timeout.count() <= 0) {
      if (!task.repeated)
        task.reply = not_asked(calls_[call], hangs ? "twice " : "", limits_.timeout);
      return true;
    }
    std::vector<std::string> arguments = calls_[call].arguments;
    arguments.insert(arguments.begin(), calls_[call].action);
    try {
      programs_.start(call, {.program = program,
                             .arguments = std::move(arguments),
                             .input = calls_[call].input,
                             .timeout = timeout,
                             .max_output = max_message,
                             .environment = environment_of(calls_[call])});
    } catch (const Error& error) {
      if (is_running()) return false;
      task.reply = HelperFailure{error};
      return true;
    }
    task.after_time_out = is_among(conduct.timed_out, calls_[call].action);
    std::set<std::size_t>& company = running_[task.program];
    company.insert(call);
    if (company.size() > 1)
      for (const std::size_t other : company)
        tasks_[other].had_company = true;
    return true;
  }

  void finish(ProgramResult& result) {
    const std::size_t call = result.id;
    Task& task = tasks_[call];
    running_[task.program].erase(call);
    if (running_[task.program].empty()) running_.erase(task.program);
    note_conduct(task, calls_[call].action, result.end);
    task.reply = reply_of(calls_[call], result);
    if (!std::holds_alternative<HelperFailure>(task.reply)) return;
    if (task.repeated || !task.had_company) return;
    task.repeated = true;
    waiting_.push_back(call);
  }

  static void note_conduct(const Task& task, const std::string& action, const ProgramEnd& end) {
    Conduct& conduct = task.program->second;
    const bool timed_out = std::holds_alternative<TimedOut>(end);
    conduct.has_ended |= !timed_out;
    conduct.stands_company &= !timed_out || !task.had_company;
    if (timed_out) conduct.timed_out.insert(action);
    if (timed_out && task.after_time_out)
      conduct.hang.insert(conduct.timed_out.contains("get") ? "get" : action);
  }

  const std::vector<HelperCall>& calls_;
  const HelperLimits& limits_;
  const std::chrono::steady_clock::time_point first_call_;
  Conducts& conducts_;
  std::vector<Task> tasks_;  ///< one for each call
  std::deque<std::size_t> waiting_;
  std::map<const Program*, std::set<std::size_t>> running_;
  ProgramSet programs_;
};

HelperClient::HelperClient(HelperLimits limits, Progress progress)
    : limits_(limits), progress_(std::move(progress)) {}

void HelperClient::ask(const std::vector<HelperCall>& calls) {
  std::set<Question> unknown;
  std::vector<HelperCall> asked;
  for (const HelperCall& call : calls)
    if (!known_.contains(question_in(call)) && unknown.insert(question_in(call)).second)
      asked.push_back(call);
  std::vector<HelperReply> replies = make(asked);
  for (std::size_t i = 0; i < asked.size(); ++i)
    known_.emplace(question_in(asked[i]), std::move(replies[i]));
}

const HelperReply* HelperClient::known(const HelperCall& call) const {
  const auto reply = known_.find(question_in(call));
  return reply == known_.end() ? nullptr : &reply->second;
}

std::vector<HelperReply> HelperClient::run(const std::vector<HelperCall>& calls) {
  if (std::any_of(calls.begin(), calls.end(), changes_a_store)) {
    known_.clear();
    return make(calls);
  }
  ask(calls);
  std::vector<HelperReply> replies;
  replies.reserve(calls.size());
  for (const HelperCall& call : calls)
    replies.push_back(*known(call));
  return replies;
}

HelperClient::Question HelperClient::question_in(const HelperCall& call) {
  return {call.program.value_or(call.helper), call.variables, call.action, call.input};
}

std::vector<HelperReply> HelperClient::make(const std::vector<HelperCall>& calls) {
  if (!first_call_) first_call_ = std::chrono::steady_clock::now();
  Schedule schedule(calls, limits_, *first_call_, conducts_);
  for (schedule.start(); schedule.is_running(); schedule.start()) {
    schedule.wait(std::chrono::milliseconds(100));
    schedule.report(progress_);
  }
  return std::move(schedule).replies();
}

}  // namespace pullsecret
