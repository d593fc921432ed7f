#include "helpers/pass/pass_program.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "helper/protocol.h"
#include "helpers/pass/gpg_failure.h"
#include "helpers/pass/gpg_key.h"
#include "helpers/pass/gpg_obstacle.h"
#include "helpers/pass/gpg_passphrase.h"
#include "helpers/pass/gpg_settings.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/run_programs.h"
#include "system/text.h"

namespace pullsecret {
namespace {

std::string safe_search_path() {
  std::vector<std::string> folders = split(environment_variable("PATH").value_or(""), ':');
  std::erase_if(folders, [](const std::string& folder) { return !folder.starts_with('/'); });
  return join(folders, ":");
}

bool has_succeeded(const PassCall& call, const ProgramResult& result) {
  if (!has_exited_well(result)) return false;
  const std::string& action = call.arguments.front();
  if (action == "insert") return has_encrypted(result.error_output);
  return action != "show" ||
         (has_decrypted(result.error_output) && has_given_plaintext(result.error_output));
}

// pass exited well, and gpg did not do what it was to do.
Error not_done(std::string_view action) {
  return {"pass",
          fmt::format("it succeeded, but gpg does not say that it {} anything",
                      action == "insert" ? "encrypted" : "decrypted"),
          "is the pass on PATH the one of www.passwordstore.org, and do the options in "
          "PASSWORD_STORE_GPG_OPTS leave gpg its work?"};
}

const GpgKnowledge gpg_knowledge{.list_keys = list_gpg_keys,
                                 .find_obstacle = find_gpg_obstacle,
                                 .asks_without_pinentry = asks_without_pinentry};

Error exit_failure(const PassCall& call, const ProgramResult& result) {
  find_gpg();  // throws Error where there is none, which is what failed then
  const std::string& action = call.arguments.front();
  const std::string& error_output = result.error_output;
  if (has_exited_well(result) &&
      (action == "insert" || !gpg_spoke(error_output) || has_decrypted(error_output)))
    return not_done(action);
  if (gpg_spoke(error_output) && action == "insert")
    return encryption_failure(error_output, gpg_knowledge);
  if (gpg_spoke(error_output) && action == "show")
    return decryption_failure(error_output, gpg_knowledge, terminal_to_ask_on());
  const std::string said = said_to_people(error_output);
  return {"pass " + action,
          fmt::format("{}{}{}", in_words(result.end), said.empty() ? "" : ": ", said)};
}

std::string advice(const ProgramEnd& end) {
  if (std::holds_alternative<NotStarted>(end))
    return "install it again, such as with `apt install --reinstall pass`";
  if (std::holds_alternative<TimedOut>(end))
    return "it may wait for a passphrase: `export GPG_TTY=$(tty)` makes gpg ask on this terminal";
  return {};
}

Error failure(const PassCall& call, const ProgramResult& result) {
  if (std::holds_alternative<Exited>(result.end)) return exit_failure(call, result);
  return {"pass " + call.arguments.front(), in_words(result.end), advice(result.end)};
}

// Adds a setting to those that git takes from its environment (git(1), GIT_CONFIG_COUNT).
void set_for_git(Environment& variables, const std::string& name, const std::string& value) {
  const std::string count = variables["GIT_CONFIG_COUNT"];
  std::size_t number = 0;
  std::from_chars(count.data(), count.data() + count.size(), number);
  variables[fmt::format("GIT_CONFIG_KEY_{}", number)] = name;
  variables[fmt::format("GIT_CONFIG_VALUE_{}", number)] = value;
  variables["GIT_CONFIG_COUNT"] = std::to_string(number + 1);
}

// pass asks tty(1), a program more, where GPG_TTY is not set; "not a tty" is what that would say.
Environment environment_for(const PassCall& call) {
  const std::string asked_on = terminal_to_ask_on();
  Environment variables = environment();
  variables["PATH"] = safe_search_path();
  variables["PASSWORD_STORE_DIR"] = call.store.string();
  std::string& options = variables["PASSWORD_STORE_GPG_OPTS"];
  options += " --status-fd 2 --logger-fd 2";
  if (!call.may_ask && !asks_without_pinentry()) options += " --pinentry-mode error";
  variables["GPG_TTY"] = asked_on.empty() ? "not a tty" : asked_on;
  set_for_git(variables, "safe.bareRepository", "explicit");
  if (call.literal_paths) variables["GIT_LITERAL_PATHSPECS"] = "1";
  return variables;
}

ProgramResult run(const PassCall& call) {
  return run_program({.program = required_program("pass", "pass"),
                      .arguments = call.arguments,
                      .input = call.input,
                      .timeout = call.timeout,
                      .max_output = max_message,
                      .environment = environment_for(call)});
}

PassResult checked(const PassCall& call, ProgramResult result) {
  if (!has_succeeded(call, result)) throw failure(call, result);
  return {.output = std::move(result.output), .keys = keys_encrypted_to(result.error_output)};
}

}  // namespace

PassResult run_pass(const PassCall& call) {
  return checked(call, run(call));
}

std::optional<PassResult> run_pass_unasked(PassCall call) {
  call.may_ask = false;
  ProgramResult result = run(call);
  if (std::holds_alternative<Exited>(result.end) && had_to_ask(result.error_output))
    return std::nullopt;
  return checked(call, std::move(result));
}

}  // namespace pullsecret
