#pragma once

#include <optional>
#include <string>
#include <vector>

#include "docker/config_change.h"
#include "system/remark.h"

namespace pullsecret {

/// What pullsecret itself can do about a finding: "doctor --fix", " puts pass in its place".
struct WayOut {
  std::string command;
  std::string effect = {};
};

/// What came of one thing that was looked at.
struct Finding : Remark {
  std::string subject;       ///< what it is about: a file, a program, a registry key, a variable
  ConfigChange change = {};  ///< what mends it in the config file; empty: that takes a person

  std::optional<WayOut> way_out = {};  ///< in a file that pullsecret can change

  /// Adds another thing to do to the hint.
  void add_hint(const std::string& other) { hint += (hint.empty() ? "" : "; or ") + other; }
};

using Findings = std::vector<Finding>;

/// A finding of severity ok, warning, or problem.
Finding fine(std::string name, std::string subject, std::string message);
Finding warning(std::string name, std::string subject, std::string message, std::string hint);
Finding problem(std::string name, std::string subject, std::string message, std::string hint);

void append(Findings& findings, Findings more);
void append(Findings& findings, std::optional<Finding> one);

/// Problems, then warnings, then what is ok; of one severity in their order.
Findings worst_first(Findings findings);

/// The worst of the findings; ok if there is none.
Severity worst(const Findings& findings);

}  // namespace pullsecret
