#include "doctor/checkup.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "doctor/buildx_checks.h"
#include "doctor/docker_version.h"
#include "doctor/entry_checks.h"
#include "doctor/environment_checks.h"
#include "doctor/file_checks.h"
#include "doctor/helper_checks.h"
#include "doctor/helper_line_checks.h"
#include "doctor/podman_checks.h"
#include "doctor/settings_checks.h"
#include "doctor/spelling_checks.h"
#include "doctor/store_checks.h"
#include "doctor/writable_checks.h"
#include "system/text.h"
#include "system/write_obstacle.h"

namespace pullsecret {
namespace {

// What podman and the oldest Docker keep has other names, and no default store.
bool is_dockers(const Checkup& checkup) {
  return !checkup.location || is_config_json(*checkup.location);
}

void look_at_file(Checkup& checkup, const CheckupOptions& options) {
  FileChecks checks = check_file(options.named);
  if (options.is_for_fix && checks.location && checks.json) {
    require_changeable(*checks.location);
    require_own_stores(*checks.location);
  }
  checkup.findings = std::move(checks.findings);
  checkup.location = std::move(checks.location);
  checkup.json = std::move(checks.json);
}

// What is wrong with the way to it comes first.
void look_at_writing(Checkup& checkup, const CheckupOptions& /*options*/) {
  if (!checkup.location) return;
  checkup.is_writable = !find_write_obstacle(checkup.location->file);
  const auto is_in_the_way = [](const Finding& finding) {
    return finding.severity == Severity::problem || finding.name == "folder-owner";
  };
  if (std::none_of(checkup.findings.begin(), checkup.findings.end(), is_in_the_way))
    append(checkup.findings, check_writing(*checkup.location));
}

void look_beside_file(Checkup& checkup, const CheckupOptions& /*options*/) {
  if (checkup.location) append(checkup.findings, check_leftovers(*checkup.location));
}

void look_at_settings(Checkup& checkup, const CheckupOptions& options) {
  if (!checkup.json) return;
  Findings findings = options.helpers == nullptr || !is_dockers(checkup)
                          ? check_settings(*checkup.json)
                          : check_settings(*checkup.json, installed_docker_version);
  if (worst(findings) != Severity::problem)
    checkup.config = parse_config_file(checkup.location.value_or(ConfigLocation()), *checkup.json);
  if (!is_dockers(checkup))
    std::erase_if(findings,
                  [](const Finding& finding) { return finding.severity != Severity::problem; });
  append(checkup.findings, std::move(findings));
}

void look_at_misplaced_entries(Checkup& checkup, const CheckupOptions& /*options*/) {
  if (checkup.config && is_dockers(checkup))
    append(checkup.findings, check_misplaced_entries(*checkup.json, *checkup.config));
}

void look_at_helpers(Checkup& checkup, const CheckupOptions& options) {
  if (!checkup.config) return;
  if (options.helpers == nullptr) return append(checkup.findings, check_presence(*checkup.config));
  HelperChecks checks = check_helpers(*checkup.config, *options.helpers, options.use);
  append(checkup.findings, std::move(checks.findings));
  checkup.helpers = std::move(checks.helpers);
  checkup.lacks_store = checks.lacks_store;
}

void look_at_default_store(Checkup& checkup, const CheckupOptions& options) {
  if (!checkup.config || !options.helpers || !is_dockers(checkup)) return;
  auto finding = check_default_store(*checkup.config, *options.helpers, options.use);
  checkup.lacks_store |=
      finding && finding->severity == Severity::problem && !finding->remedy.is_by_fix();
  append(checkup.findings, std::move(finding));
}

void look_at_spellings(Checkup& checkup, const CheckupOptions& options) {
  if (!checkup.config || !is_dockers(checkup)) return;
  append(checkup.findings, check_helper_lines(*checkup.config, checkup.helpers, options.helpers));
  append(checkup.findings, check_spellings(*checkup.config, checkup.helpers, options.helpers));
}

void look_at_entries(Checkup& checkup, const CheckupOptions& options) {
  if (!checkup.config) return;
  append(checkup.findings, check_entries(*checkup.config, checkup.helpers, options.helpers));
  if (is_dockers(checkup)) take_back_ok(checkup.findings, *checkup.config);
}

void look_at_podman(Checkup& checkup, const CheckupOptions& options) {
  if (!checkup.config) return;
  if (is_dockers(checkup))
    append(checkup.findings, check_podman(*checkup.config, *checkup.json,
                                          checkup.location && checkup.location->is_there,
                                          checkup.helpers, options.helpers));
  else if (checkup.config->is_podmans)
    append(checkup.findings, check_podmans_own(*checkup.json));
}

// Docker has no config of its own, and takes a store by itself.
void look_at_first_login(Checkup& checkup, const CheckupOptions& options) {
  if (!checkup.location || checkup.location->is_dockers_own || !options.helpers) return;
  auto finding = check_default_store({}, *options.helpers, std::nullopt);
  if (finding && finding->remedy.change.creds_store)
    finding->add_hint("make a config that names another: " +
                      command_for_first_config(fmt::format(R"({{"credsStore": "{}"}})",
                                                           *finding->remedy.change.creds_store)));
  append(checkup.findings, std::move(finding));
}

void look_at_snap(Checkup& checkup, const CheckupOptions& /*options*/) {
  if (checkup.location && checkup.config)
    append(checkup.findings, check_snap(checkup.location->file, *checkup.config));
}

void look_at_environment(Checkup& checkup, const CheckupOptions& /*options*/) {
  append(checkup.findings, check_environment(checkup.config));
}

void look_at_buildx(Checkup& checkup, const CheckupOptions& options) {
  append(checkup.findings, check_buildx_logins(options.named));
}

constexpr std::array check_list{
    Check{"where the config is looked for, and the file itself",
          "docker-config-missing docker-config-relative home-missing home-unset sudo-home "
          "folder-owner folder-mode file-not-dockers file-missing file-dangling-link "
          "file-directory file-owner file-unreadable file-mode file-ok",
          false, false, look_at_file},
    Check{"whether who logs in can write it", "file-unwritable", false, false, look_at_writing},
    Check{"what killed programs left beside it", "file-left-behind", false, false,
          look_beside_file},
    Check{"its syntax, and the names of its settings and fields",
          "file-syntax file-field-type file-second-value setting-letter-case setting-misspelled "
          "setting-twice entry-twice helper-name-empty",
          true, false, look_at_settings},
    Check{"entries that are in no place for one", "entry-not-in-auths", true, true,
          look_at_misplaced_entries},
    Check{"the helpers that it names, and what stands behind them",
          "helper-ok helper-not-found helper-not-executable helper-wrong-format "
          "helper-name-prefix helper-name-empty helper-name-invalid helper-misspelled "
          "helper-read-only helper-hangs helper-crashes helper-no-json helper-no-list "
          "helper-fails helper-docker-desktop helper-dev-container helper-interactive-only "
          "secretservice-lists-labels route-rules STORE-FAULT",
          true, false, look_at_helpers},
    Check{"the store that Docker takes where none is named", "default-store", true, false,
          look_at_default_store},
    Check{"the names of registries",
          "entry-by-chance entry-spelling entry-twice entry-login-in-key", true, true,
          look_at_spellings},
    Check{
        "each registry's credential",
        "entry-ok entry-empty entry-not-in-store entry-plain-text entry-undecodable "
        "entry-no-password entry-identity-token entry-expired entry-unreadable podman-cannot-read "
        "password-ends-in-line-break password-has-outer-space username-has-outer-space",
        true, true, look_at_entries},
    Check{"what podman, skopeo and buildah find by it", "podman-cannot-read", true, true,
          look_at_podman},
    Check{"where Docker would keep its first login", "default-store", false, false,
          look_at_first_login},
    Check{"the logins of buildx's own", "buildx-login", false, false, look_at_buildx},
    Check{"whether Docker's snap can use it", "snap-confined", false, false, look_at_snap},
    Check{"DOCKER_AUTH_CONFIG",
          "environment-ok environment-overrides environment-spelling environment-refused "
          "entry-no-password password-ends-in-line-break password-has-outer-space "
          "username-has-outer-space",
          false, false, look_at_environment},
};

void make(const Check& check, Checkup& checkup, const CheckupOptions& options) {
  const std::size_t before = checkup.findings.size();
  check.look(checkup, options);
  for (std::size_t i = before; i < checkup.findings.size(); ++i)
    checkup.findings[i].is_about_registry = check.is_about_registries;
}

// A remedy is told as its finding's last hint, for the config that was named.
void tell_remedies(Checkup& checkup, const std::optional<std::string>& named) {
  const std::string config = named ? " --config " + shell_word(*named) : "";
  for (Finding& finding : checkup.findings) {
    Remedy& remedy = finding.remedy;
    if (!has_mendable_file(checkup)) {
      remedy.command.clear();
      remedy.change = {};
    }
    if (!remedy.command.empty())
      finding.add_hint(fmt::format("{}`pullsecret {}{}`{}",
                                   checkup.is_writable ? "" : "once the file can be written: ",
                                   remedy.command, config, remedy.effect));
  }
}

}  // namespace

std::span<const Check> all_checks() {
  return check_list;
}

bool has_mendable_file(const Checkup& checkup) {
  return checkup.location && checkup.json && is_config_json(*checkup.location);
}

Checkup check_text(const ConfigLocation& location, JsonText json, const CheckupOptions& options) {
  Checkup checkup{.location = location, .json = std::move(json)};
  for (const Check& check : check_list)
    if (check.is_of_text) make(check, checkup, options);
  return checkup;
}

Checkup check_all(const CheckupOptions& options) {
  Checkup checkup;
  for (const Check& check : check_list)
    make(check, checkup, options);
  tell_remedies(checkup, options.named);
  return checkup;
}

}  // namespace pullsecret
