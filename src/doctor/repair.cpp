#include "doctor/repair.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "doctor/default_store.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// The first finding to name something decides about it.
void merge(ConfigChange& change, const ConfigChange& more) {
  change.setting_names.insert(more.setting_names.begin(), more.setting_names.end());
  change.cred_helpers.insert(more.cred_helpers.begin(), more.cred_helpers.end());
  change.entries.insert(more.entries.begin(), more.entries.end());
  if (!change.creds_store) change.creds_store = more.creds_store;
}

bool takes_entry_out(const ConfigChange& change) {
  return std::any_of(change.entries.begin(), change.entries.end(), [](const auto& entry) {
    return std::holds_alternative<Removed>(entry.second);
  });
}

// An entry that held nothing is gone without a trace, unless the user is told to log in again.
void note_logins(std::vector<std::string>& notes, const Findings& findings,
                 const ConfigChange& change) {
  if (change.entries.empty()) return;
  for (const Finding& finding : findings) {
    const bool was_login = finding.name == "entry-empty" || finding.name == "entry-not-in-store";
    if (was_login && takes_entry_out(finding.change))
      notes.push_back("log in again: " + finding.hint);
  }
}

/// Which helpers have to go, and what takes their place.
class Replacement {
 public:
  Replacement(const std::optional<std::string>& use, HelperClient& helpers)
      : use_(use), helpers_(helpers) {}

  bool has_to_go(const Checkup& checkup, const std::string& helper) const {
    const auto state = checkup.helpers.find(helper);
    if (state == checkup.helpers.end() || helper == use_) return false;
    return state->second.is_lost || (use_ && !state->second.works);
  }

  // Nothing if no store works. It is looked for when it is needed, and once.
  const std::optional<std::string>& store() {
    if (!found_) found_ = use_ ? use_ : find_working_store(helpers_);
    return *found_;
  }

  bool is_wanting() const { return found_ && !*found_; }

 private:
  const std::optional<std::string>& use_;
  HelperClient& helpers_;
  std::optional<std::optional<std::string>> found_;
};

// A line of credHelpers that goes leaves its registry to credsStore, where there is one.
ConfigChange replace_helpers(const Checkup& checkup, Replacement& replacement) {
  ConfigChange change;
  const Config& config = *checkup.config;
  const bool store_goes = replacement.has_to_go(checkup, config.creds_store) ||
                          has_broken_default_store(checkup.findings);
  if (store_goes && replacement.store()) change.creds_store = *replacement.store();
  for (const auto& [key, helper] : config.cred_helpers)
    if (replacement.has_to_go(checkup, helper) && replacement.store())
      change.cred_helpers[key] = config.creds_store.empty() ? *replacement.store() : "";
  return change;
}

// Settings come first, then stores, then entries: what there is to say of one layer changes with
// the one before.
ConfigChange first_layer(ConfigChange change) {
  if (!change.setting_names.empty()) return {.setting_names = std::move(change.setting_names)};
  if (change.creds_store || !change.cred_helpers.empty()) change.entries.clear();
  return change;
}

ConfigChange plan_change(const Checkup& checkup, Replacement& replacement) {
  ConfigChange change;
  for (const Finding& finding : checkup.findings)
    merge(change, finding.change);
  if (checkup.config) merge(change, replace_helpers(checkup, replacement));
  return first_layer(std::move(change));
}

bool closes_file(const Checkup& checkup) {
  return std::any_of(checkup.findings.begin(), checkup.findings.end(),
                     [](const Finding& finding) { return finding.name == "file-mode"; });
}

// A text that is there, and laid out as config.json is.
bool has_mendable_file(const Checkup& checkup) {
  return checkup.place && checkup.json && checkup.place->file.filename() != ".dockercfg";
}

void check_usable(const std::string& store, HelperClient& helpers) {
  if (const auto reason = why_not_usable(store, helpers))
    throw Error("--use", fmt::format("{} does not work: {}", printable(store), reason->what()),
                reason->hint());
}

}  // namespace

bool is_mendable(const Checkup& checkup) {
  if (closes_file(checkup)) return true;
  if (!has_mendable_file(checkup)) return false;
  const auto is_lost = [](const auto& helper) { return helper.second.is_lost; };
  const auto has_change = [](const Finding& finding) { return !finding.change.empty(); };
  return has_broken_default_store(checkup.findings) ||
         std::any_of(checkup.helpers.begin(), checkup.helpers.end(), is_lost) ||
         std::any_of(checkup.findings.begin(), checkup.findings.end(), has_change);
}

Repair plan_repair(const Checkup& checkup, const std::optional<std::string>& use,
                   HelperClient& helpers) {
  // Each round shows what the one before made visible, such as entries that the new store does not
  // have. There are no more than a few layers.
  constexpr int most_rounds = 8;
  if (use) check_usable(*use, helpers);
  Repair repair;
  repair.closes_file = closes_file(checkup);
  if (!has_mendable_file(checkup)) return repair;
  Replacement replacement(use, helpers);
  Checkup current = checkup;
  for (int round = 0; round < most_rounds; ++round) {
    const ConfigChange change = plan_change(current, replacement);
    if (change.empty()) break;
    note_logins(repair.notes, current.findings, change);
    repair.text = changed_config(*current.json, change);
    current = check_text(checkup.place->file, {checkup.json->file, *repair.text}, helpers);
  }
  if (replacement.is_wanting())
    repair.notes.emplace_back(
        "no store works here that could take over; "
        "docker-credential-encryptedfile needs nothing but itself");
  repair.notes = without_repeats(std::move(repair.notes));
  return repair;
}

}  // namespace pullsecret
