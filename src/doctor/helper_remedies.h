#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "docker/config.h"
#include "doctor/finding.h"
#include "doctor/helper_checks.h"
#include "doctor/helper_program.h"
#include "helper/client.h"

namespace pullsecret {

// What can be done about the helpers that were checked.

using CheckedHelpers = std::map<std::string, HelperCheck>;  ///< by name

/// The store that can take over. It is looked for when it is needed, and once.
class Substitute {
 public:
  /// One of those that are `useless` it is not.
  Substitute(std::set<std::string> useless, HelperClient& helpers)
      : useless_(std::move(useless)), helpers_(helpers) {}

  const std::set<std::string>& useless() const { return useless_; }

  const std::optional<WorkingStore>& store() {
    if (!found_) found_ = find_working_store(helpers_, useless_);
    return *found_;
  }

 private:
  std::set<std::string> useless_;
  HelperClient& helpers_;
  std::optional<std::optional<WorkingStore>> found_;
};

/// Adds what `doctor --fix` would put in the place of each useless helper to the hints of its
/// problems, or that nothing here can take it.
void offer_substitute(CheckedHelpers& checked, Substitute& substitute);

/// Adds to changes that give a helper its right name what keeps inline credentials in use: Docker
/// finds them while the helper that it asks is not there.
void keep_inline_beside_names(CheckedHelpers& checked, const Config& config);

/// `helper-read-only`, if `credsStore` names a helper that only mints tokens. The change moves it
/// to lines of `credHelpers`, where some of its registries are known and a store works.
std::optional<Finding> check_read_only(const Config& config, const HelperStates& states,
                                       Substitute& substitute, HelperClient& helpers);

}  // namespace pullsecret
