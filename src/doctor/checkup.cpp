#include "doctor/checkup.h"

#include <utility>

#include <fmt/format.h>

#include "docker/config_file.h"
#include "doctor/default_store.h"
#include "doctor/entry_checks.h"
#include "doctor/environment_checks.h"
#include "doctor/file_checks.h"
#include "doctor/leftover_checks.h"
#include "doctor/settings_checks.h"
#include "doctor/spelling_checks.h"
#include "system/text.h"

namespace pullsecret {
namespace {

bool is_no_problem(const Finding& finding) {
  return finding.severity != Severity::problem;
}

void add_default_store(Checkup& checkup, HelperClient& helpers) {
  DefaultStore store = check_default_store(*checkup.config, helpers);
  append(checkup.findings, std::move(store.finding));
  checkup.lacks_store = store.is_broken;
}

// Docker has no config of its own, and takes a store by itself.
std::optional<Finding> check_first_login(HelperClient& helpers) {
  DefaultStore store = check_default_store({}, helpers);
  const auto other = store.is_broken ? find_working_store(helpers) : std::nullopt;
  if (other)
    store.finding->add_hint(
        "make a config that names another: " +
        command_for_first_config(fmt::format(R"({{"credsStore": "{}"}})", other->name)));
  return store.finding;
}

// As its last hint, for the config that was named.
void tell_ways_out(Findings& findings, const std::optional<std::string>& named) {
  const std::string config = named ? " --config " + shell_word(*named) : "";
  for (Finding& finding : findings)
    if (finding.way_out)
      finding.add_hint(fmt::format("`pullsecret {}{}`{}", finding.way_out->command, config,
                                   finding.way_out->effect));
}

}  // namespace

bool has_mendable_file(const Checkup& checkup) {
  return checkup.location && checkup.json && is_config_json(*checkup.location);
}

Checkup check_text(const ConfigLocation& location, JsonText json, HelperClient& helpers) {
  // What podman and the oldest Docker keep has other names, and no default store.
  const bool is_dockers = is_config_json(location);
  Checkup checkup{.findings = check_settings(json)};
  if (!is_dockers) std::erase_if(checkup.findings, is_no_problem);
  if (worst(checkup.findings) != Severity::problem) {
    checkup.config = parse_config_file(location.file, json);
    HelperChecks stores = check_helpers(*checkup.config, helpers);
    append(checkup.findings, stores.findings);
    if (is_dockers) add_default_store(checkup, helpers);
    if (is_dockers) append(checkup.findings, check_spellings(*checkup.config));
    append(checkup.findings, check_entries(*checkup.config, stores, helpers));
    if (is_dockers) take_back_ok(checkup.findings, *checkup.config);
    checkup.helpers = std::move(stores.helpers);
  }
  checkup.json = std::move(json);
  return checkup;
}

Checkup check_all(const std::optional<std::string>& named, HelperClient& helpers) {
  FileChecks checks = check_file(named);
  Checkup checkup;
  if (checks.json)
    checkup =
        check_text(checks.location.value_or(ConfigLocation()), *std::move(checks.json), helpers);
  checkup.location = std::move(checks.location);
  checkup.is_open = checks.is_open;
  if (checkup.location) {
    LeftoverChecks leftovers = check_leftovers(*checkup.location);
    append(checks.findings, std::move(leftovers.findings));
    checkup.abandoned = std::move(leftovers.abandoned);
  }
  append(checks.findings, std::move(checkup.findings));
  checkup.findings = std::move(checks.findings);
  if (checkup.location && !checkup.location->is_dockers_own)
    append(checkup.findings, check_first_login(helpers));
  if (checkup.location && checkup.config)
    append(checkup.findings, check_snap(checkup.location->file, *checkup.config));
  append(checkup.findings, check_environment(checkup.config));
  if (has_mendable_file(checkup)) tell_ways_out(checkup.findings, named);
  return checkup;
}

Findings check_config_alone() {
  FileChecks file = check_file(std::nullopt);
  Findings findings = std::move(file.findings);
  Findings settings = file.json ? check_settings(*file.json) : Findings();
  const bool is_readable = file.json && worst(settings) != Severity::problem;
  append(findings, std::move(settings));
  std::optional<Config> config;
  if (is_readable) {
    config = parse_config_file(file.location->file, *file.json);
    append(findings, check_presence(*config));
    append(findings, check_spellings(*config));
    append(findings, check_inline_entries(*config));
  }
  append(findings, check_environment(config));
  if (file.location && is_config_json(*file.location)) tell_ways_out(findings, std::nullopt);
  return findings;
}

}  // namespace pullsecret
