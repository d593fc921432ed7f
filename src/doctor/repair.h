#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "doctor/checkup.h"
#include "helper/client.h"

namespace pullsecret {

/// What `--fix` would do. Applying it leaves nothing more to do.
struct Repair {
  std::optional<std::string> text;               ///< the config file's new text, if it changes
  bool closes_file = false;                      ///< its mode becomes 0600
  std::vector<std::filesystem::path> abandoned;  ///< these files beside it are removed
  std::vector<std::string> notes;  ///< what the user has to know, such as to log in again

  bool empty() const { return !text && !closes_file && abandoned.empty(); }
};

/// Whether plan_repair() without `use` has anything to mend.
bool mends_something(const Checkup& checkup, HelperClient& helpers);

/// Plans the mending of what `checkup` found, as far as that is safe: nothing that could log in is
/// lost, and no plain text comes about. `use` is the store that takes the place of those that do
/// not work; without it, find_working_store() chooses, and only for helpers that are lost: one that
/// is locked or has no bus just now may hold what the user needs. Throws Error if `use` does not
/// work.
Repair plan_repair(const Checkup& checkup, const std::optional<std::string>& use,
                   HelperClient& helpers);

}  // namespace pullsecret
