#include "helpers/route/route_status.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "credential/issuers.h"
#include "helper/client.h"
#include "helper/way_to_have.h"
#include "helpers/route/remembered.h"
#include "helpers/route/rules.h"
#include "system/run_programs.h"
#include "system/session_keyring.h"
#include "system/text.h"

namespace pullsecret {
namespace {

bool looks_secret(const std::string& name, const std::string& value) {
  const std::string word = lower_case(name);
  const auto has = [&](std::string_view part) { return word.find(part) != std::string::npos; };
  const bool is_path = value.starts_with('/') || value.starts_with("~/");
  return !token_prefix(value).empty() ||
         (!is_path && (has("password") || has("passphrase") || has("secret") || has("token") ||
                       has("private_key") || has("api_key")));
}

bool is_missing(const std::string& helper) {
  return !find_on_path(helper_program_name(helper)).found;
}

// Whether one that is not there keeps the rule from answering.
bool is_broken(const Rule& rule) {
  const auto missing = std::count_if(rule.helpers.begin(), rule.helpers.end(), is_missing);
  const auto all = static_cast<std::ptrdiff_t>(rule.helpers.size());
  return rule.goes_on_after_errors ? missing == all : missing > 0;
}

// Of some rules alone, the faults say of which registries.
std::vector<StoreFault> missing_helpers(const std::vector<Rule>& rules) {
  std::map<std::string, std::vector<std::string>> matches;  // by helper
  std::size_t broken = 0;
  for (const Rule& rule : rules) {
    if (!is_broken(rule)) continue;
    ++broken;
    for (const std::string& helper : rule.helpers)
      if (is_missing(helper))
        matches[helper].push_back(rule.match == "*" ? "all others" : rule.match);
  }
  std::vector<StoreFault> faults;
  faults.reserve(matches.size());
  for (const auto& [helper, registries] : matches)
    faults.push_back(
        {"helper-missing", Prevents::both, fmt::format("{} is not on PATH", program_of(helper)),
         std::string(way_to_have(helper)),
         broken == rules.size() ? "" : printable(join(without_repeats(registries), ", "))});
  return faults;
}

std::string secrets_among(const std::vector<Rule>& rules) {
  std::set<std::string> names;
  for (const Rule& rule : rules)
    for (const auto& [name, value] : rule.variables)
      if (looks_secret(name, value)) names.insert(name);
  return join({names.begin(), names.end()}, ", ");
}

}  // namespace

StoreStatus route_status() {
  const StoreStatus::Fact file{"Rules", printable(rules_file().string())};
  std::vector<Rule> rules;
  try {
    rules = load_rules();
  } catch (const Error& error) {
    StoreStatus status = unusable(fault("no-rules", Prevents::both, error));
    status.facts = {file};
    return status;
  }
  StoreStatus status{.faults = missing_helpers(rules), .facts = {file}};
  if (is_about_all(status.faults)) status.state = StoreState::unusable;
  const auto forbidden = session_keyring_fault();
  const auto room = keyring_room();
  status.facts.push_back(
      {"Cache", forbidden
                    ? fmt::format("nothing is remembered: {}", forbidden->what())
                    : "in the kernel's session keyring" + (room ? "; " + in_words(*room) : "")});
  std::vector<std::string> warnings = vain_rules(rules);
  if (const std::string secrets = secrets_among(rules); !secrets.empty())
    warnings.push_back(
        fmt::format("{} in env looks like a secret: each program of this user can "
                    "read it in the helper's environment",
                    secrets));
  status.warning = join(warnings, "; ");
  return status;
}

}  // namespace pullsecret
