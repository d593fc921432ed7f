#include "doctor/repair.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "credential/issuers.h"
#include "credential/registry.h"
#include "docker/ask_stores.h"
#include "docker/resolve.h"
#include "doctor/helper_lines.h"
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

// What the config names no more under any name.
std::vector<std::string> logins_lost(const Config& before, const Config& after) {
  std::set<std::string> named;
  for (const std::string& key : named_registries(after))
    named.insert(docker_server_url(key));
  std::vector<std::string> lost;
  for (const std::string& key : named_registries(before))
    if (!named.contains(docker_server_url(key))) lost.push_back(docker_server_url(key));
  return without_repeats(std::move(lost));
}

// What was minted for them is now a login that ends.
std::vector<std::string> tokens_lost(const Config& before, const Config& after) {
  std::vector<std::string> notes;
  for (const std::string& key : named_registries(before)) {
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

std::optional<std::string> name_of(const std::optional<WorkingStore>& store) {
  if (!store) return std::nullopt;
  return store->name;
}

/// Which helpers have to go, and what takes their place.
class Replacement {
 public:
  Replacement(const std::optional<std::string>& use, HelperClient& helpers)
      : use_(use), helpers_(helpers) {}

  bool has_to_go(const Checkup& checkup, const std::string& helper) const {
    const auto state = checkup.helpers.find(helper);
    if (helper.empty() || helper == use_ || state == checkup.helpers.end()) return false;
    return state->second.is_lost || (use_ && state->second.is_faulty);
  }

  // Nothing if no store works. It is looked for when it is needed, and once.
  const std::optional<std::string>& store(const Checkup& checkup) {
    if (!found_)
      found_ =
          use_ ? use_ : name_of(find_working_store(helpers_, useless_helpers(checkup.helpers)));
    return *found_;
  }

  bool is_wanting() const { return found_ && !*found_; }

 private:
  const std::optional<std::string>& use_;
  HelperClient& helpers_;
  std::optional<std::optional<std::string>> found_;
};

// One that failed when it was asked for its version was not asked for this.
std::optional<std::vector<std::string>> list_now(const std::string& helper, HelperClient& helpers) {
  try {
    return list_store(helper, helpers);
  } catch (const Error&) {
    return std::nullopt;
  }
}

// What a faulty helper gives all the same, such as one that cannot store, it goes on giving.
void keep_given(HelperChanges& lines, const Checkup& checkup, const Replacement& replacement,
                HelperClient& helpers) {
  std::vector<StoreKey> keys;
  for (const auto& [helper, state] : checkup.helpers)
    if (replacement.has_to_go(checkup, helper) && !state.is_lost)
      for (const std::string& name : names_asked_for(
               *checkup.config, helper, state.listed ? state.listed : list_now(helper, helpers)))
        keys.push_back({helper, name});
  const std::vector<StoreAnswer> answers = get_from_stores(keys, helpers);
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (std::holds_alternative<Credential>(answers[i])) lines[keys[i].server_url] = keys[i].store;
}

// A line of credHelpers that goes leaves its registry to credsStore, if that works.
ConfigChange replace_helpers(const Checkup& checkup, Replacement& replacement,
                             HelperClient& helpers) {
  ConfigChange change;
  const Config& config = *checkup.config;
  const bool store_goes = replacement.has_to_go(checkup, config.creds_store) || checkup.lacks_store;
  if (store_goes && replacement.store(checkup)) change.creds_store = *replacement.store(checkup);
  const bool is_covered = change.creds_store || works(checkup.helpers, config.creds_store);
  for (const auto& [key, helper] : config.cred_helpers)
    if (replacement.has_to_go(checkup, helper) && replacement.store(checkup)) {
      std::optional<std::string>& line = change.cred_helpers[key];
      if (!is_covered) line = *replacement.store(checkup);
    }
  if (change.empty()) return change;
  // Where a helper fails, Docker takes what the file has, and is to go on doing so.
  keep_inline(change.cred_helpers, config, change.creds_store || !config.creds_store.empty(),
              [&](const std::string& helper) { return replacement.has_to_go(checkup, helper); });
  keep_given(change.cred_helpers, checkup, replacement, helpers);
  std::erase_if(change.cred_helpers, [&](const auto& line) {
    const auto before = config.cred_helpers.find(line.first);
    return before != config.cred_helpers.end() && line.second == before->second;
  });
  return change;
}

// Settings come first, then stores, then entries: what there is to say of one layer changes with
// the one before.
ConfigChange first_layer(ConfigChange change) {
  if (!change.setting_names.empty()) return {.setting_names = std::move(change.setting_names)};
  if (change.creds_store || !change.cred_helpers.empty()) change.entries.clear();
  return change;
}

ConfigChange plan_change(const Checkup& checkup, Replacement& replacement, HelperClient& helpers) {
  ConfigChange change;
  for (const Finding& finding : checkup.findings)
    merge(change, finding.change);
  if (checkup.config) merge(change, replace_helpers(checkup, replacement, helpers));
  return first_layer(std::move(change));
}

}  // namespace

bool mends_something(const Checkup& checkup, HelperClient& helpers) {
  if (checkup.is_open || !checkup.abandoned.empty()) return true;
  const std::optional<std::string> no_store;
  Replacement replacement(no_store, helpers);
  return has_mendable_file(checkup) && !plan_change(checkup, replacement, helpers).empty();
}

Repair plan_repair(const Checkup& checkup, const std::optional<std::string>& use,
                   HelperClient& helpers) {
  // Each round shows what the one before made visible, such as entries that the new store does not
  // have. There are no more than a few layers.
  constexpr int most_rounds = 8;
  if (use) check_usable("--use", *use, helpers);
  Repair repair;
  repair.closes_file = checkup.is_open;
  repair.abandoned = checkup.abandoned;
  if (!has_mendable_file(checkup)) return repair;
  Replacement replacement(use, helpers);
  Checkup current = checkup;
  for (int round = 0; round < most_rounds; ++round) {
    const ConfigChange change = plan_change(current, replacement, helpers);
    if (change.empty()) break;
    repair.text = changed_config(*current.json, change);
    current = check_text(*checkup.location, {checkup.json->file, *repair.text}, helpers);
  }
  if (checkup.config && current.config) {
    repair.notes = tokens_lost(*checkup.config, *current.config);
    for (const std::string& server_url : logins_lost(*checkup.config, *current.config))
      repair.notes.push_back("log in again: " + login_command(server_url));
  }
  if (replacement.is_wanting())
    repair.notes.emplace_back(
        "no store works here that could take over; "
        "docker-credential-encryptedfile needs nothing but itself");
  return repair;
}

}  // namespace pullsecret
