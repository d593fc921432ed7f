#include "helpers/route/route_status.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "credential/issuers.h"
#include "helper/client.h"
#include "helper/way_to_have.h"
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

std::vector<StoreFault> missing_helpers(const std::vector<Rule>& rules) {
  std::set<std::string> named;
  for (const Rule& rule : rules)
    named.insert(rule.helpers.begin(), rule.helpers.end());
  std::vector<StoreFault> faults;
  for (const std::string& helper : named)
    if (!find_on_path(helper_program_name(helper)).found)
      faults.push_back({"helper-missing", Prevents::both,
                        fmt::format("{} is not on PATH", program_of(helper)),
                        std::string(way_to_have(helper))});
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
  if (!status.faults.empty()) status.state = StoreState::unusable;
  const auto forbidden = session_keyring_fault();
  status.facts.push_back({"Cache", forbidden
                                       ? fmt::format("nothing is remembered: {}", forbidden->what())
                                       : "in the kernel's session keyring"});
  if (const std::string secrets = secrets_among(rules); !secrets.empty())
    status.facts.push_back(
        {"Warning", fmt::format("{} in env looks like a secret: each program of this user can read "
                                "it in the helper's environment",
                                secrets)});
  return status;
}

}  // namespace pullsecret
