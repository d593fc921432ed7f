#include "helpers/pass/pass_program.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "helper/protocol.h"
#include "helpers/pass/gpg_failure.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/overloaded.h"
#include "system/program.h"
#include "system/text.h"

namespace pullsecret {
namespace {

/// Environment variables with other values for as long as it lives: what a program started
/// meanwhile inherits.
class ChildEnvironment {
 public:
  ChildEnvironment() = default;
  ChildEnvironment(const ChildEnvironment&) = delete;
  ChildEnvironment& operator=(const ChildEnvironment&) = delete;
  ~ChildEnvironment() {
    for (const auto& [name, value] : before_)
      value ? setenv(name, value->c_str(), 1) : unsetenv(name);
  }

  void set(const char* name, const std::string& value) {
    const char* before = std::getenv(name);
    before_.emplace_back(name,
                         before == nullptr ? std::nullopt : std::optional<std::string>(before));
    setenv(name, value.c_str(), 1);
  }

 private:
  std::vector<std::pair<const char*, std::optional<std::string>>> before_;
};

std::string safe_search_path() {
  std::vector<std::string> folders = split(environment_variable("PATH").value_or(""), ':');
  std::erase_if(folders, [](const std::string& folder) { return !folder.starts_with('/'); });
  return join(folders, ":");
}

// Where gpg would ask for a passphrase; empty if that is nowhere.
std::string terminal() {
  if (auto chosen = environment_variable("GPG_TTY")) return *std::move(chosen);
  std::array<char, 256> name{};
  for (const int descriptor : {STDERR_FILENO, STDOUT_FILENO, STDIN_FILENO})
    if (ttyname_r(descriptor, name.data(), name.size()) == 0) return name.data();
  return {};
}

std::string user_gpg_options() {
  return environment_variable("PASSWORD_STORE_GPG_OPTS").value_or("");
}

ProgramResult run_to_its_end(ProgramCall call) {
  ProgramSet programs;
  programs.start(0, std::move(call));
  while (true)
    if (auto result = programs.wait(std::chrono::minutes(1))) return *std::move(result);
}

std::filesystem::path find(std::string_view name, std::string_view package) {
  const ProgramSearch search = find_program(name, safe_search_path());
  if (search.found) return *search.found;
  if (search.not_executable)
    throw Error(printable(search.not_executable->string()), "not executable",
                fmt::format("chmod +x {}", printable(search.not_executable->string())));
  throw Error(
      std::string(name), "not found on PATH",
      fmt::format("install it, such as with `apt install {}`, or add its folder to PATH", package));
}

// The one that pass takes.
std::filesystem::path find_gpg() {
  const ProgramSearch second = find_program("gpg2", safe_search_path());
  return second.found ? *second.found : find("gpg", "gnupg");
}

KeyList gpg_key_list(const std::filesystem::path& gpg) {
  return [gpg](std::string_view list, const std::string& key) {
    std::vector<std::string> arguments = split(user_gpg_options(), ' ');
    std::erase(arguments, "");
    arguments.insert(arguments.end(), {"--batch", "--with-colons", std::string(list), "--", key});
    return run_to_its_end({.program = gpg,
                           .arguments = std::move(arguments),
                           .input = {},
                           .timeout = std::chrono::seconds(20),
                           .max_output = max_message})
        .output;
  };
}

Error exit_failure(const PassCall& call, int status, const std::string& error_output) {
  const KeyList list_keys = gpg_key_list(find_gpg());
  const std::string& action = call.arguments.front();
  if (gpg_spoke(error_output) && action == "insert")
    return encryption_failure(error_output, list_keys);
  if (gpg_spoke(error_output) && action == "show")
    return decryption_failure(error_output, list_keys, terminal());
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

Error failure(const PassCall& call, const ProgramResult& result) {
  const std::string place = "pass " + call.arguments.front();
  return std::visit(
      overloaded{[&](NotStarted end) {
                   return Error(place, "cannot be run: " + error_text(end.error_number),
                                "install it again, such as with `apt install --reinstall pass`");
                 },
                 [&](Exited end) { return exit_failure(call, end.status, result.error_output); },
                 [&](Killed end) {
                   return Error(place, fmt::format("ended by signal {} ({})", end.signal,
                                                   sigdescr_np(end.signal)));
                 },
                 [&](TimedOut) {
                   return Error(place,
                                fmt::format("no answer within {:g} s",
                                            std::chrono::duration<double>(call.timeout).count()),
                                "it may wait for a passphrase: `export GPG_TTY=$(tty)` makes gpg "
                                "ask on this terminal");
                 },
                 [&](TooMuchOutput) {
                   return Error(place, fmt::format("its output is larger than {} MiB",
                                                   max_message / 1024 / 1024));
                 }},
      result.end);
}

}  // namespace

std::string run_pass(const PassCall& call) {
  const std::filesystem::path program = find("pass", "pass");
  ProgramResult result;
  {
    // pass asks tty(1), a program more, where GPG_TTY is not set; that would say what is said here.
    const std::string asked_on = terminal();
    ChildEnvironment environment;
    environment.set("PATH", safe_search_path());
    environment.set("PASSWORD_STORE_DIR", call.store.string());
    environment.set("PASSWORD_STORE_GPG_OPTS", user_gpg_options() + " --status-fd 2");
    environment.set("GPG_TTY", asked_on.empty() ? "not a tty" : asked_on);
    if (call.literal_paths) environment.set("GIT_LITERAL_PATHSPECS", "1");
    result = run_to_its_end({.program = program,
                             .arguments = call.arguments,
                             .input = call.input,
                             .timeout = call.timeout,
                             .max_output = max_message});
  }
  if (!has_succeeded(call, result)) throw failure(call, result);
  return std::move(result.output);
}

}  // namespace pullsecret
