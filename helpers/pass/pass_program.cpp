#include "helpers/pass/pass_program.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "helper/protocol.h"
#include "helpers/pass/gpg_failure.h"
#include "helpers/pass/gpg_key.h"
#include "helpers/pass/passphrase.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/program.h"
#include "system/text.h"

namespace pullsecret {
namespace {

std::string safe_search_path() {
  std::vector<std::string> folders = split(environment_variable("PATH").value_or(""), ':');
  std::erase_if(folders, [](const std::string& folder) { return !folder.starts_with('/'); });
  return join(folders, ":");
}

std::string user_gpg_options() {
  return environment_variable("PASSWORD_STORE_GPG_OPTS").value_or("");
}

Error exit_failure(const PassCall& call, int status, const std::string& error_output) {
  find_gpg();  // throws Error where there is none, which is what failed then
  const std::string& action = call.arguments.front();
  if (gpg_spoke(error_output) && action == "insert")
    return encryption_failure(error_output, list_gpg_keys);
  if (gpg_spoke(error_output) && action == "show")
    return decryption_failure(error_output, list_gpg_keys, terminal_to_ask_on());
  const std::string said = said_to_people(error_output);
  return {"pass " + action,
          fmt::format("exit status {}{}{}", status, said.empty() ? "" : ": ", said)};
}

bool has_succeeded(const PassCall& call, const ProgramResult& result) {
  const auto* exited = std::get_if<Exited>(&result.end);
  if (exited == nullptr || exited->status != 0) return false;
  const bool loads_secret = call.arguments.front() == "show";
  return !loads_secret || !gpg_spoke(result.error_output) || has_decrypted(result.error_output);
}

std::string advice(const ProgramEnd& end) {
  if (std::holds_alternative<NotStarted>(end))
    return "install it again, such as with `apt install --reinstall pass`";
  if (std::holds_alternative<TimedOut>(end))
    return "it may wait for a passphrase: `export GPG_TTY=$(tty)` makes gpg ask on this terminal";
  return {};
}

Error failure(const PassCall& call, const ProgramResult& result) {
  if (const auto* exited = std::get_if<Exited>(&result.end))
    return exit_failure(call, exited->status, result.error_output);
  return {"pass " + call.arguments.front(), in_words(result.end), advice(result.end)};
}

// pass asks tty(1), a program more, where GPG_TTY is not set; "not a tty" is what that would say.
Environment environment_for(const PassCall& call) {
  const std::string asked_on = terminal_to_ask_on();
  Environment variables = environment();
  variables["PATH"] = safe_search_path();
  variables["PASSWORD_STORE_DIR"] = call.store.string();
  variables["PASSWORD_STORE_GPG_OPTS"] = user_gpg_options() + " --status-fd 2";
  variables["GPG_TTY"] = asked_on.empty() ? "not a tty" : asked_on;
  if (call.literal_paths) variables["GIT_LITERAL_PATHSPECS"] = "1";
  return variables;
}

}  // namespace

std::string run_pass(const PassCall& call) {
  ProgramResult result = run_program({.program = required_program("pass", "pass"),
                                      .arguments = call.arguments,
                                      .input = call.input,
                                      .timeout = call.timeout,
                                      .max_output = max_message,
                                      .environment = environment_for(call)});
  if (!has_succeeded(call, result)) throw failure(call, result);
  return std::move(result.output);
}

}  // namespace pullsecret
