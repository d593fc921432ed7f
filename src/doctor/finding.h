#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "credential/remark.h"
#include "docker/config_change.h"
#include "system/append.h"

namespace pullsecret {

/// What pullsecret itself does about a finding, and its words: each is said where it is decided.
struct Remedy {
  std::string command = {};  ///< what does it, as the hint tells: "doctor --fix"; empty: the hint
                             ///< says what to do already, and `doctor --fix` does that
  std::string effect = {};   ///< as the hint goes on: " puts pass in its place"

  // What `doctor --fix` does.
  ConfigChange change = {};                                     ///< in the config file
  std::optional<std::filesystem::path> closes = std::nullopt;   ///< to others: mode 0600
  std::optional<std::filesystem::path> removes = std::nullopt;  ///< a file beside the config

  bool is_by_fix() const { return !change.empty() || closes || removes; }
};

/// The remedy that the hint tells as `doctor --fix`.
Remedy fix(std::string effect, ConfigChange change);

/// What came of one thing that was looked at.
struct Finding : Remark {
  std::string subject;  ///< what it is about: a file, a program, a registry key, a variable
  Remedy remedy = {};   ///< empty: it takes a person
  bool is_about_registry = false;  ///< the subject is a registry's key

  /// Adds another thing to do to the hint.
  void add_hint(const std::string& other) { hint += (hint.empty() ? "" : "; or ") + other; }
};

using Findings = std::vector<Finding>;

/// A finding of severity ok, warning, or problem.
Finding fine(std::string name, std::string subject, std::string message);
Finding warning(std::string name, std::string subject, std::string message, std::string hint,
                Remedy remedy = {});
Finding problem(std::string name, std::string subject, std::string message, std::string hint,
                Remedy remedy = {});

/// Puts it behind them, if there is one; for several see append.h.
void append(Findings& findings, std::optional<Finding> one);

/// Problems, then warnings, then what is ok; of one severity in their order.
Findings worst_first(Findings findings);

/// The worst of the findings; ok if there is none.
Severity worst(const Findings& findings);

}  // namespace pullsecret
