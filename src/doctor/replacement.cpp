#include "doctor/replacement.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "credential/issuers.h"
#include "credential/registry.h"
#include "docker/ask_stores.h"
#include "docker/podman.h"
#include "docker/resolve.h"
#include "doctor/checked_registry.h"
#include "doctor/store_checks.h"
#include "helper/own_stores.h"
#include "system/text.h"

namespace pullsecret {
namespace {

bool has_own_remedy(const HelperCheck& check) {
  return std::any_of(check.findings.begin(), check.findings.end(),
                     [](const Finding& finding) { return finding.remedy.is_by_fix(); });
}

std::string consequence(const std::string& helper) {
  const std::string_view issuer = token_issuer(helper);
  return issuer.empty()
             ? ""
             : fmt::format(", which mints no tokens: log in to {} by hand, whenever one ends",
                           issuer);
}

}  // namespace

Replacement::Replacement(const CheckedHelpers& checked, const std::optional<std::string>& use,
                         HelperClient& helpers)
    : helpers_(helpers), use_(use) {
  const Condition least = use ? Condition::impaired : Condition::lost;
  for (const auto& [helper, check] : checked) {
    if (check.state.condition >= least && helper != use && !has_own_remedy(check))
      going_.insert(helper);
    if (check.state.condition >= Condition::useless) useless_.insert(helper);
  }
}

const std::optional<std::string>& Replacement::store() {
  if (!store_) store_ = find_substitute(use_, useless_, helpers_);
  return *store_;
}

// A line of credHelpers that goes leaves its registry to credsStore, if that works.
Remedy Replacement::remedy_for(const std::string& helper, const HelperState& state,
                               const Config& config, bool is_covered) {
  const bool is_going = going_.contains(helper);
  ConfigChange change;
  if (config.creds_store == helper) change.creds_store = store();
  for (const auto& [key, named] : config.cred_helpers)
    if (named == helper) change.cred_helpers[key] = is_covered ? std::nullopt : store();
  // Where a helper fails, Docker takes what the file has, and is to go on doing so.
  keep_inline(change.cred_helpers, config, helper);
  if (is_going && state.condition != Condition::lost)
    keep_given(change.cred_helpers, config, helper, state, helpers_);
  std::erase_if(change.cred_helpers, [&](const auto& line) {
    const auto before = config.cred_helpers.find(line.first);
    return before != config.cred_helpers.end() && line.second == before->second;
  });
  const bool is_left_to_file = leave_to_file(change);
  if (change.empty()) return {};
  if (!is_going) return {.command = "doctor --fix --use " + *store()};
  if (is_left_to_file)
    return fix(" takes it out: what stands in the file stays in use", std::move(change));
  const bool is_left = is_covered && !going_.contains(config.creds_store);
  return fix(fmt::format(" puts {} in its place{}", is_left ? config.creds_store : *store(),
                         consequence(helper)),
             std::move(change));
}

void Replacement::set_remedies(CheckedHelpers& checked, const Config& config) {
  const auto creds_store = checked.find(config.creds_store);
  const bool is_covered = going_.contains(config.creds_store) ||
                          (creds_store != checked.end() && creds_store->second.state.works());
  for (auto& [helper, check] : checked) {
    if (!going_.contains(helper) && !useless_.contains(helper)) continue;
    for (Finding& finding : check.findings)
      if (finding.severity != Severity::problem && !use_)
        continue;
      else if (store()) {
        finding.remedy = remedy_for(helper, check.state, config, is_covered);
        if (finding.remedy.command.empty())
          finding.add_hint("take its lines out of credHelpers, and log in again");
      } else if (helper != undemanding_store().name)
        finding.add_hint(fmt::format("install a store that works here, such as {}",
                                     helper_program_name(undemanding_store().name)));
  }
}

void keep_inline_beside_names(CheckedHelpers& checked, const Config& config) {
  for (auto& [helper, check] : checked)
    for (Finding& finding : check.findings)
      if (ConfigChange& change = finding.remedy.change; !change.empty()) {
        keep_inline(change.cred_helpers, config, helper);
        leave_to_file(change);
        if (change.empty()) finding.remedy = {};
      }
}

void keep_inline(HelperChanges& lines, const Config& config, const std::string& helper) {
  for (const AuthEntry& entry : config.auths) {
    const std::string* store = store_for(config, entry.key);
    if (is_empty(entry.credential) || is_docker_hub_token(entry.key) || store == nullptr) continue;
    const std::string name = docker_lookup_name(entry.key);
    if (!is_used_by_docker(entry.key) || *store != helper) continue;
    std::optional<std::string>& line = lines[name];
    line.reset();
    if (!config.creds_store.empty()) line.emplace();
  }
}

bool leave_to_file(ConfigChange& change) {
  const auto is_empty_name = [](const auto& line) {
    return line.second == "" && is_podmans_name(line.first);
  };
  const bool has_empty_names =
      std::any_of(change.cred_helpers.begin(), change.cred_helpers.end(), is_empty_name);
  if (!has_empty_names || podmans_here().empty()) return false;
  if (!change.creds_store) {
    std::erase_if(change.cred_helpers, is_empty_name);
    return false;
  }
  change.creds_store = "";
  for (auto& [key, helper] : change.cred_helpers)
    if (helper == "") helper = std::nullopt;
  return true;
}

std::vector<std::string> names_asked_for(const Config& config, const std::string& helper,
                                         const std::optional<std::vector<std::string>>& listed) {
  std::vector<std::string> keys = registries_looked_for(config);
  if (listed) keys.insert(keys.end(), listed->begin(), listed->end());
  std::vector<std::string> names;
  for (const std::string& key : keys)
    if (const std::string* store = store_for(config, key); store != nullptr && *store == helper)
      names.push_back(docker_lookup_name(key));
  return without_repeats(std::move(names));
}

void keep_given(HelperChanges& lines, const Config& config, const std::string& helper,
                const HelperState& state, HelperClient& helpers) {
  std::vector<StoreKey> keys;
  for (const std::string& name : names_asked_for(config, helper, state.listed))
    keys.push_back({helper, name});
  const std::vector<StoreAnswer> answers = get_from_stores(keys, helpers);
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (std::holds_alternative<Credential>(answers[i])) lines[keys[i].server_url] = helper;
}

}  // namespace pullsecret
