#include "doctor/checkup.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "docker/config_file.h"
#include "doctor/default_store.h"
#include "doctor/entry_checks.h"
#include "doctor/environment_checks.h"
#include "doctor/file_checks.h"
#include "doctor/settings_checks.h"
#include "doctor/spelling_checks.h"

namespace pullsecret {
namespace {

void append(Findings& findings, Findings more) {
  std::move(more.begin(), more.end(), std::back_inserter(findings));
}

bool is_no_problem(const Finding& finding) {
  return finding.severity != Severity::problem;
}

}  // namespace

Checkup check_text(const ConfigPlace& place, JsonText json, HelperClient& helpers) {
  // What podman and the oldest Docker keep has other names, and no default store.
  const bool is_dockers = is_config_json(place);
  Checkup checkup{.findings = check_settings(json)};
  if (!is_dockers) std::erase_if(checkup.findings, is_no_problem);
  if (worst(checkup.findings) != Severity::problem) {
    checkup.config = parse_config_file(place.file, json);
    HelperChecks stores = check_helpers(*checkup.config, helpers);
    append(checkup.findings, stores.findings);
    if (is_dockers) append(checkup.findings, check_default_store(*checkup.config, helpers));
    if (is_dockers) append(checkup.findings, check_spellings(*checkup.config));
    append(checkup.findings, check_entries(*checkup.config, stores, helpers));
    checkup.helpers = std::move(stores.helpers);
  }
  checkup.json = std::move(json);
  return checkup;
}

Checkup check_all(const std::optional<std::string>& named, HelperClient& helpers) {
  FileChecks checks = check_file(named);
  Checkup checkup;
  if (checks.json)
    checkup = check_text(checks.place.value_or(ConfigPlace()), *std::move(checks.json), helpers);
  checkup.place = std::move(checks.place);
  append(checks.findings, std::move(checkup.findings));
  checkup.findings = std::move(checks.findings);
  append(checkup.findings, check_environment(checkup.config));
  return checkup;
}

Severity worst(const Findings& findings) {
  Severity worst = Severity::ok;
  for (const Finding& finding : findings)
    worst = std::max(worst, finding.severity);
  return worst;
}

}  // namespace pullsecret
