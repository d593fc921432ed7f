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
  std::optional<std::string> text;         ///< the config file's new text, if it changes
  bool closes_file = false;                ///< its mode becomes 0600
  bool removes_abandoned = false;          ///< remove_abandoned() does
  std::vector<std::string> announcements;  ///< what it does beside the text, in words
  std::vector<std::string> notes;          ///< what the user has to know, such as to log in again

  bool empty() const { return !text && !closes_file && !removes_abandoned; }
};

/// Whether plan_repair() without `use` has anything to mend.
bool mends_something(const Findings& findings);

/// Plans what the remedies of all that `checkup` found do, as far as that is safe: nothing that
/// could log in is lost, and no plain text comes about. `use` is the store that takes the place of
/// those that do not work (Replacement). Throws Error if it does not work.
Repair plan_repair(const Checkup& checkup, const std::optional<std::string>& use,
                   HelperClient& helpers);

/// Does it to the config that was checked. Returns where the file is as it was, if it changed and
/// was there. Throws Error as write_config_with_backup() does.
std::filesystem::path apply(const Repair& repair, const Checkup& checkup);

}  // namespace pullsecret
