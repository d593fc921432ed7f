#pragma once

#include <string>
#include <vector>

#include "docker/config_change.h"

namespace pullsecret {

enum class Severity { ok, warning, problem };

/// One thing that was looked at, and what came of it.
struct Finding {
  std::string
      name;  ///< stable and for scripts, such as `helper-not-found`; man/pullsecret.1 has all
  Severity severity = Severity::ok;
  std::string subject;    ///< what it is about: a file, a program, a registry key, a variable
  std::string message;    ///< what is so, and what it means; a phrase, printable, without secrets
  std::string hint = {};  ///< what to do about it; empty where nothing is
  ConfigChange change = {};  ///< what mends it in the config file; empty: that takes a person
};

using Findings = std::vector<Finding>;

}  // namespace pullsecret
