#include "operations/node_checks.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "credential/registry.h"
#include "docker/resolve.h"
#include "helper/client.h"
#include "helper/own_stores.h"
#include "helper/status.h"
#include "kubernetes/ask_providers.h"
#include "kubernetes/pull_credential.h"
#include "system/run_programs.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::chrono::seconds patience(20);
constexpr std::size_t largest_status = 64UL * 1024;

// Nothing if it is not pullsecret's helper.
std::optional<StoreStatus> status_as_service(const std::string& helper,
                                             const std::filesystem::path& program,
                                             const Environment& environment) {
  const ProgramResult result = run_program({.program = program,
                                            .arguments = {"status"},
                                            .timeout = patience,
                                            .max_output = largest_status,
                                            .environment = environment,
                                            .surroundings = Surroundings::services});
  const auto* exited = std::get_if<Exited>(&result.end);
  if (exited == nullptr || exited->status != 0) return std::nullopt;
  return parse_status(helper, result.output);
}

// With a key in a file nobody has to be asked.
std::string way_to_key_file(const std::string& helper, const std::string& config) {
  const OwnStore* own = find_own_store(helper);
  if (own != nullptr && !own->way_to_key_file.empty()) return std::string(own->way_to_key_file);
  return fmt::format(
      "`pullsecret migrate --to {} --config {}` moves what it has to a store that a key file opens",
      undemanding_store().name, shell_word(config));
}

std::optional<Error> status_warning(const std::string& helper, const StoreStatus& status,
                                    const std::string& config) {
  if (status.needs_passphrase)
    return Error(program_of(helper),
                 "it needs a passphrase, which nobody enters on a node, and no program keeps for "
                 "good",
                 way_to_key_file(helper, config));
  const auto fault = std::find_if(
      status.faults.begin(), status.faults.end(),
      [](const StoreFault& candidate) { return candidate.prevents != Prevents::store; });
  if (fault == status.faults.end()) return std::nullopt;
  return Error(program_of(helper), fault->message, fault->hint);
}

std::optional<Error> helper_warning(const std::string& helper, const std::string& config,
                                    const Environment& environment) {
  const auto path = environment.find("PATH");
  const ProgramSearch search = is_helper_name(helper) && path != environment.end()
                                   ? find_program(helper_program_name(helper), path->second)
                                   : ProgramSearch();
  if (!search.found)
    return Error(program_of(helper),
                 search.not_executable
                     ? "its program may not be run: the provider fails where it is asked"
                     : "not found on PATH: the provider fails where it is asked",
                 fmt::format("`pullsecret doctor --config {}` says what to do about it",
                             shell_word(config)));
  const OwnStore* own = find_own_store(helper);
  if (own != nullptr && own->needs_desktop)
    return Error(program_of(helper),
                 "it needs the session of a desktop's user, and the kubelet has none",
                 way_to_key_file(helper, config));
  if (own == nullptr) return std::nullopt;
  auto status = status_as_service(helper, *search.found, environment);
  if (const auto installed = find_installed_helper(helper); installed && !status)
    status = status_as_service(helper, *installed, environment);
  return status ? status_warning(helper, *status, config) : std::nullopt;
}

// As far as the config itself tells.
std::optional<Error> entry_warning(const Config& config, const AuthEntry& entry) {
  if (entry.problem)
    return Error(key_in_words(entry.key), entry.problem->what(), entry.problem->hint());
  if (is_empty(entry.credential) || store_for(config, entry.key) != nullptr) return std::nullopt;
  try {
    pull_credential(entry.key, entry.credential);
    return std::nullopt;
  } catch (const Error& error) {
    return Error(key_in_words(entry.key), error.message(),
                 "log in with an access token as the password");
  }
}

}  // namespace

Environment service_environment() {
  return {{"LANG", "C.UTF-8"},
          {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}};
}

Notices notices_for_node(const Config& config, const CredentialProvider& provider) {
  const Environment environment = provider_environment(provider, service_environment());
  Notices notices;
  for (const std::string& helper : named_helpers(config))
    if (auto warning = helper_warning(helper, config.file, environment))
      notices.push_back({.text = *std::move(warning)});
  for (const AuthEntry& entry : config.auths)
    if (auto warning = entry_warning(config, entry))
      notices.push_back({.text = *std::move(warning)});
  const auto add_note = [&](std::string note) {
    notices.push_back({Severity::note, {"", std::move(note)}});
  };
  if (environment_variable("DOCKER_AUTH_CONFIG"))
    add_note("DOCKER_AUTH_CONFIG does not count: the kubelet's environment does not have it");
  if (geteuid() != 0)
    add_note("the kubelet runs as root: run this as root, with the config that is root's");
  return notices;
}

}  // namespace pullsecret
