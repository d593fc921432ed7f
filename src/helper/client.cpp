#include "helper/client.h"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <filesystem>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "credential/go_json_writer.h"
#include "helper/answer.h"
#include "helper/json_message.h"
#include "helper/protocol.h"
#include "system/executable_format.h"
#include "system/program.h"
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
  throw Error(printable(name), "not found on PATH",
              helper.starts_with("desktop")
                  ? "this helper comes with Docker Desktop, which is not here: log in again with a "
                    "store that is, such as \"credsStore\": \"pass\""
                  : "install it, or add its folder to PATH");
}

// By protocol a failing helper's error is on its standard output. What looks like an answer may
// hold a secret and is nobody's to read; nor is what a helper wrote that did not get to its end.
std::string_view error_line(const ProgramResult& result) {
  const bool is_answer = result.output.find('{') != std::string::npos;
  return std::holds_alternative<Exited>(result.end) && !is_answer ? trim(result.output) : "";
}

// A helper that fails may say what it was given, as it is or as JSON.
bool has_secret(std::string_view text, const HelperCall& call) {
  if (call.secret.empty()) return false;
  const std::string quoted = go_json_string(call.secret);
  return text.find(call.secret) != std::string_view::npos ||
         text.find(quoted.substr(1, quoted.size() - 2)) != std::string_view::npos;
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
  return fmt::format("try it by hand: echo {} | {}{} {}", printable(call.input),
                     helper_program_prefix, printable(call.helper), call.action);
}

HelperReply reply_of(const HelperCall& call, ProgramResult& result) {
  const auto* exited = std::get_if<Exited>(&result.end);
  if (exited != nullptr && exited->status == 0) return std::move(result.output);
  if (exited != nullptr && trim(result.output) == credentials_not_found) return NotFound{};
  const std::string words = said(call, result);
  return HelperFailure{Error(place_of(call), in_words(result.end) + words, advice(call, result)),
                       result.end, !words.empty()};
}

// Calls with the same one are calls of the same program.
const std::string& identity_of(const HelperCall& call) {
  return call.program ? call.program->native() : call.helper;
}

/// One HelperClient::run(): which call waits, which runs, what came of each.
class Schedule {
 public:
  Schedule(const std::vector<HelperCall>& calls, const HelperLimits& limits,
           std::set<std::string>& called, std::set<std::string>& hanging)
      : calls_(calls), limits_(limits), called_(called), hanging_(hanging), tasks_(calls.size()) {
    for (std::size_t call = 0; call < calls.size(); ++call)
      waiting_.push_back(call);
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
  struct Task {
    HelperReply reply;
    bool repeated = false;
    bool had_company = false;  ///< another call of its helper ran at the same time
  };

  // The first call of a helper has no company, nor has a repeated one. Repeated calls stand at the
  // end of the queue: when one may start, no other call of its helper is left to come beside it.
  bool may_start(std::size_t call) const {
    const std::string& helper = identity_of(calls_[call]);
    const bool alone = tasks_[call].repeated || !called_.contains(helper);
    return !alone || !running_.contains(helper);
  }

  // False if the system has no room for it before another call ends.
  bool start(std::size_t call) {
    const std::string& helper = identity_of(calls_[call]);
    if (tasks_[call].repeated && hanging_.contains(helper)) return true;
    try {
      programs_.start(call, {.program = program_of(calls_[call]),
                             .arguments = {calls_[call].action},
                             .input = calls_[call].input,
                             .timeout = limits_.timeout,
                             .max_output = max_message});
    } catch (const Error& error) {
      const bool is_known = programs_found_.contains(helper);
      if (is_known && is_running()) return false;
      tasks_[call].reply = HelperFailure{error};
      return true;
    }
    std::set<std::size_t>& company = running_[helper];
    company.insert(call);
    if (company.size() > 1)
      for (const std::size_t other : company)
        tasks_[other].had_company = true;
    return true;
  }

  void finish(ProgramResult& result) {
    const std::size_t call = result.id;
    const std::string& helper = identity_of(calls_[call]);
    Task& task = tasks_[call];
    running_[helper].erase(call);
    if (running_[helper].empty()) running_.erase(helper);
    called_.insert(helper);
    task.reply = reply_of(calls_[call], result);
    if (!std::holds_alternative<HelperFailure>(task.reply)) return;
    if (task.repeated && std::holds_alternative<TimedOut>(result.end)) hanging_.insert(helper);
    if (task.repeated || !task.had_company) return;
    task.repeated = true;
    waiting_.push_back(call);
  }

  const std::filesystem::path& program_of(const HelperCall& call) {
    const auto known = programs_found_.find(identity_of(call));
    if (known != programs_found_.end()) return known->second;
    return programs_found_.emplace(identity_of(call), find_helper(call)).first->second;
  }

  const std::vector<HelperCall>& calls_;
  const HelperLimits& limits_;
  std::set<std::string>& called_;
  std::set<std::string>& hanging_;
  std::vector<Task> tasks_;  ///< one for each call
  std::deque<std::size_t> waiting_;
  std::map<std::string, std::set<std::size_t>> running_;  ///< by helper
  std::map<std::string, std::filesystem::path> programs_found_;
  ProgramSet programs_;
};

}  // namespace

std::string helper_program_name(std::string_view name) {
  return std::string(helper_program_prefix).append(name);
}

bool is_helper_name(std::string_view name) {
  return !name.empty() && name.find('/') == std::string_view::npos && !has_control_character(name);
}

HelperCall store_call(const std::string& helper, const std::string& server_url,
                      const Credential& credential) {
  const StoredCredential stored = stored_credential(credential);
  return {helper, "store", format_credential_message(server_url, stored), stored.secret};
}

HelperClient::HelperClient(HelperLimits limits, Progress progress)
    : limits_(limits), progress_(std::move(progress)) {}

std::vector<HelperReply> HelperClient::run(const std::vector<HelperCall>& calls) {
  Schedule schedule(calls, limits_, called_, hanging_);
  for (schedule.start(); schedule.is_running(); schedule.start()) {
    schedule.wait(std::chrono::milliseconds(100));
    schedule.report(progress_);
  }
  return std::move(schedule).replies();
}

}  // namespace pullsecret
