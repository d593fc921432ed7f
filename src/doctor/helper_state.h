#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "doctor/finding.h"

namespace pullsecret {

/// What a credential helper is good for, here and now; what comes later is worse.
enum class Condition {
  none,         ///< an empty name, which stands for the config file
  fine,         ///< it answered `get`, and what it says of its entries can be believed
  impaired,     ///< so it does, and something is wrong with it, or with what stands behind it
  unreachable,  ///< its name, its place, or a lock that can be opened, is in the way
  useless,      ///< it is there, and neither stores nor reads
  lost,         ///< there is no such program for this machine: another can take over
};

struct HelperState {
  Condition condition = Condition::none;
  std::optional<std::vector<std::string>> listed = std::nullopt;  ///< its server URLs, if it tells

  bool works() const { return condition == Condition::fine || condition == Condition::impaired; }
};

using HelperStates = std::map<std::string, HelperState>;  ///< by name, as in the config

/// Whether `helper` is among the states, and works.
inline bool works(const HelperStates& states, const std::string& helper) {
  const auto state = states.find(helper);
  return state != states.end() && state->second.works();
}

/// What was found out about a helper.
struct HelperCheck {
  Findings findings;
  HelperState state;
};

}  // namespace pullsecret
