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

namespace pullsecret {
namespace {

void append(Findings& findings, Findings more) {
  std::move(more.begin(), more.end(), std::back_inserter(findings));
}

}  // namespace

Checkup check_text(const std::filesystem::path& file, JsonText json, HelperClient& helpers) {
  Checkup checkup{.findings = check_settings(json)};
  if (worst(checkup.findings) != Severity::problem) {
    checkup.config = parse_config_file(file, json);
    HelperChecks stores = check_helpers(*checkup.config, helpers);
    append(checkup.findings, stores.findings);
    if (auto finding = check_default_store(*checkup.config, helpers))
      checkup.findings.push_back(*std::move(finding));
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
    checkup =
        check_text(checks.place.value_or(ConfigPlace()).file, *std::move(checks.json), helpers);
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
