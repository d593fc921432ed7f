#include "doctor/environment_checks.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "credential/registry.h"
#include "credential/white_space.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/file.h"
#include "system/program.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr const char* auth_variable = "DOCKER_AUTH_CONFIG";

// ---- DOCKER_AUTH_CONFIG

Finding variable_refused(const Error& error) {
  return warning("environment-refused", error.place(),
                 fmt::format("{}; Docker ignores the variable", error.message()),
                 error.hint().empty()
                     ? R"(it holds {"auths": {"REGISTRY": {"auth": "…"}}} and nothing else)"
                     : error.hint());
}

Finding taken(std::size_t count) {
  return fine("environment-ok", auth_variable,
              fmt::format("Docker 28.3 and later take the credential{} of {} from it",
                          count == 1 ? "" : "s",
                          count == 1 ? "a registry" : fmt::format("{} registries", count)));
}

Finding never_asked(const std::string& key) {
  return warning("environment-spelling", auth_variable,
                 fmt::format("its credential for {} stays unused: Docker asks for {}",
                             key_in_words(key), key_in_words(docker_server_url(key))),
                 fmt::format("write {} in its place", key_in_words(docker_server_url(key))));
}

Finding overriding(const std::string& key) {
  return warning("environment-overrides", auth_variable,
                 fmt::format("its credential for {} counts before what the config says of that "
                             "registry, in Docker 28.3 and later",
                             key_in_words(key)),
                 fmt::format("`unset {}` if it is outdated", auth_variable));
}

bool is_known(const Config& config, const std::string& key) {
  return config.auths.find(key) != nullptr || config.cred_helpers.contains(key);
}

// It is made by hand, and a login does not mend it.
Findings check_login(const AuthEntry& entry) {
  std::vector<Remark> remarks = remarks_on_white_space(entry.credential);
  if (lacks_secret(entry.credential))
    remarks.push_back({"entry-no-password", Severity::problem, "the password is empty", ""});
  Findings findings;
  for (Remark& remark : remarks) {
    remark.message = fmt::format("for {}, {}", key_in_words(entry.key), remark.message);
    remark.hint = "make its \"auth\" with printf '%s' 'USER:PASSWORD' | base64 -w 0";
    findings.push_back({std::move(remark), auth_variable});
  }
  return findings;
}

std::optional<Finding> check_key(const std::string& key, const std::optional<Config>& config) {
  if (docker_server_url(key) != key) return never_asked(key);
  if (config && is_known(*config, key)) return overriding(key);
  return std::nullopt;
}

Findings check_auths(const std::vector<AuthEntry>& entries, const std::optional<Config>& config) {
  Findings findings;
  std::size_t fine = 0;
  for (const AuthEntry& entry : entries) {
    Findings about = check_login(entry);
    append(about, check_key(entry.key, config));
    if (about.empty()) ++fine;
    append(findings, std::move(about));
  }
  if (fine > 0) findings.insert(findings.begin(), taken(fine));
  return findings;
}

// ---- The shell

// Start-up files may print something, too. What follows is ours.
constexpr std::string_view marker = "the search path of pullsecret doctor:";

std::optional<std::filesystem::path> find_shell() {
  std::filesystem::path shell;
  if (const auto chosen = environment_variable("SHELL"))
    shell = *chosen;
  else if (const passwd* user = getpwuid(getuid()))
    shell = user->pw_shell;
  const bool can_run = shell.is_absolute() && access(shell.c_str(), X_OK) == 0;
  return can_run ? std::optional(shell) : std::nullopt;
}

// What login(1) starts a shell with.
Environment login_environment() {
  Environment variables{{"PATH", "/usr/local/bin:/usr/bin:/bin"}};
  for (const char* name : {"HOME", "USER", "LOGNAME", "SHELL", "LANG"})
    if (auto value = environment_variable(name)) variables[name] = *std::move(value);
  return variables;
}

std::optional<std::string> path_in(std::string_view output) {
  const std::size_t marked = output.find(marker);
  if (marked == std::string_view::npos) return std::nullopt;
  const std::vector<std::string> lines = split(output.substr(marked), '\n');
  if (lines.size() < 2 || lines[1].empty()) return std::nullopt;
  return lines[1];
}

// In a session of its own, an interactive shell does not take the terminal from its caller.
std::optional<std::string> ask_shell(const std::string& mode,
                                     std::optional<Environment> environment,
                                     std::chrono::milliseconds patience) {
  const auto shell = find_shell();
  const auto setsid = find_program("setsid", "/usr/bin:/bin").found;
  if (!shell || !setsid) return std::nullopt;
  const ProgramResult result = run_program(
      {.program = *setsid,
       .arguments = {shell->string(), mode, "-c", fmt::format("echo '{}'; printenv PATH", marker)},
       .input = {},
       .timeout = patience,
       .max_output = 1024UL * 1024,
       .environment = std::move(environment)});
  return path_in(result.output);
}

}  // namespace

Findings check_environment(const std::optional<Config>& config) {
  const auto text = environment_variable(auth_variable);
  if (!text) return {};
  try {
    return check_auths(parse_environment_auths(*text), config);
  } catch (const Error& error) {
    return {variable_refused(error)};
  }
}

std::optional<Finding> check_snap(const std::filesystem::path& file, const Config& config) {
  const bool names_helper = !config.creds_store.empty() ||
                            std::any_of(config.cred_helpers.begin(), config.cred_helpers.end(),
                                        [](const auto& line) { return !line.second.empty(); });
  if (!names_helper || file.string().find("/snap/docker/") == std::string::npos)
    return std::nullopt;
  Finding finding = problem("snap-confined", place_of(file),
                            "it is the config of Docker's snap, which cannot run credential "
                            "helpers of this machine: docker login fails",
                            "install Docker from its packages, in place of the snap");
  finding.way_out = {"migrate --to inline", " keeps the credentials in the file, in plain text"};
  return finding;
}

std::optional<std::string> interactive_search_path(std::chrono::milliseconds patience) {
  return ask_shell("-i", std::nullopt, patience);
}

std::optional<std::string> login_search_path(std::chrono::milliseconds patience) {
  return ask_shell("-l", login_environment(), patience);
}

}  // namespace pullsecret
