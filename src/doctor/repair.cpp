#include "doctor/repair.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "credential/issuers.h"
#include "credential/registry.h"
#include "docker/config_change.h"
#include "docker/config_file.h"
#include "docker/resolve.h"
#include "doctor/checked_registry.h"
#include "doctor/store_checks.h"
#include "helper/own_stores.h"
#include "system/error.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

// The first finding to name something decides about it.
void merge(ConfigChange& change, const ConfigChange& more) {
  change.setting_names.insert(more.setting_names.begin(), more.setting_names.end());
  change.cred_helpers.insert(more.cred_helpers.begin(), more.cred_helpers.end());
  change.entries.insert(more.entries.begin(), more.entries.end());
  if (!change.creds_store) change.creds_store = more.creds_store;
}

// The commands that log in to what the config names no more under any name, and Docker does not
// find without that either.
std::vector<std::string> logins_lost(const Config& before, const Config& after,
                                     HelperClient& helpers) {
  std::set<std::string> named;
  for (const std::string& key : named_registries(after))
    named.insert(docker_lookup_name(key));
  std::vector<std::string> gone;
  for (const std::string& key : registries_looked_for(before))
    if (std::string name = docker_lookup_name(key); !named.contains(name))
      gone.push_back(std::move(name));
  std::vector<std::string> logins;
  for (const Resolved& registry : resolve(after, without_repeats(std::move(gone)), helpers))
    if (!std::holds_alternative<Credential>(registry.outcome) || !registry.stored_as.empty())
      logins.push_back(registry_of(after, registry.key).login());
  return logins;
}

// What was minted for them is now a login that ends.
std::vector<std::string> tokens_lost(const Config& before, const Config& after) {
  std::vector<std::string> notes;
  for (const std::string& key : registries_looked_for(before)) {
    const std::string* helper = store_for(before, key);
    const std::string* store = store_for(after, key);
    const bool is_kept = helper == nullptr || (store != nullptr && *store == *helper);
    if (!is_kept && mints_tokens_for(*helper, docker_lookup_name(key)))
      notes.push_back(
          fmt::format("{} minted tokens for {}: install it again and name it there, or "
                      "log in whenever a token ends",
                      printable(*helper), key_in_words(key)));
  }
  return notes;
}

// Settings come first, then stores, then entries: what there is to say of one layer changes with
// the one before.
ConfigChange first_layer(ConfigChange change) {
  if (!change.setting_names.empty()) return {.setting_names = std::move(change.setting_names)};
  if (change.creds_store || !change.cred_helpers.empty()) change.entries.clear();
  return change;
}

ConfigChange plan_change(const Findings& findings) {
  ConfigChange change;
  for (const Finding& finding : findings)
    merge(change, finding.remedy.change);
  return first_layer(std::move(change));
}

// What it does beside the text of the config.
void add_other_deeds(Repair& repair, const Remedy& remedy) {
  if (remedy.closes)
    repair.announcements.push_back(
        fmt::format("{} will be readable by you alone (mode 0600)", place_of(*remedy.closes)));
  if (remedy.removes)
    repair.announcements.push_back(fmt::format("{} will be removed", place_of(*remedy.removes)));
  repair.closes_file |= remedy.closes.has_value();
  repair.removes_abandoned |= remedy.removes.has_value();
}

Repair plan_repair(const Checkup& checkup, const std::optional<std::string>& use,
                   HelperClient& helpers) {
  // Each round shows what the one before made visible, such as entries that the new store does not
  // have. There are no more than a few layers.
  constexpr int most_rounds = 8;
  if (use) check_usable("--use", *use, helpers);
  Repair repair;
  for (const Finding& finding : checkup.findings)
    add_other_deeds(repair, finding.remedy);
  if (!has_mendable_file(checkup)) return repair;
  const CheckupOptions options{.helpers = &helpers, .use = use};
  Checkup current = use ? check_text(*checkup.location, *checkup.json, options) : checkup;
  for (int round = 0; round < most_rounds; ++round) {
    const ConfigChange change = plan_change(current.findings);
    if (change.empty()) break;
    repair.text = changed_config(*current.json, change);
    current = check_text(*checkup.location, {checkup.json->file, *repair.text}, options);
  }
  if (checkup.config && current.config) {
    repair.notes = tokens_lost(*checkup.config, *current.config);
    for (const std::string& login : logins_lost(*checkup.config, *current.config, helpers))
      repair.notes.push_back("log in again: " + login);
  }
  if (current.lacks_store)
    repair.notes.push_back(
        fmt::format("no store works here that could take over; {} needs nothing but itself",
                    helper_program_name(undemanding_store().name)));
  return repair;
}

// Does it to the config that was checked. Returns where the file is as it was, if it changed and
// was there.
fs::path apply(const Repair& repair, const Checkup& checkup) {
  const ConfigLocation& location = *checkup.location;
  fs::path backup;
  if (repair.closes_file) close_to_others(location);
  if (repair.text && location.is_there)
    backup = write_config_with_backup(location, *checkup.json, *repair.text);
  else if (repair.text)
    // There is nothing that a power cut could lose but this, which doctor would do again.
    std::ignore = write_config(location, *checkup.json, *repair.text);
  if (repair.removes_abandoned) remove_abandoned(location);
  return backup;
}

}  // namespace

bool mends_something(const Findings& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.remedy.is_by_fix(); });
}

Mended mend(const std::optional<std::string>& named, const std::optional<std::string>& use,
            HelperClient& helpers, const MendingTalk& talk) {
  const CheckupOptions options{.named = named, .helpers = &helpers, .is_for_fix = true};
  Checkup checkup = check_all(options);
  Repair repair = plan_repair(checkup, use, helpers);
  if (repair.empty()) return {std::move(repair), std::move(checkup.findings)};
  if (repair.text) require_writable(*checkup.location);
  if (!talk.is_wanted(checkup, repair)) throw Error("", "nothing was changed");
  if (const fs::path backup = apply(repair, checkup); !backup.empty()) talk.tell_backup(backup);
  return {std::move(repair), check_all(options).findings};
}

}  // namespace pullsecret
