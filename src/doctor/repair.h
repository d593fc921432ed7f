#pragma once

#include <filesystem>
#include <functional>
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

/// What mend() asks and tells on its way.
struct MendingTalk {
  std::function<bool(const Checkup&, const Repair&)> is_wanted;
  std::function<void(const std::filesystem::path& file)> tell_backup;  ///< the file as it was
};

struct Mended {
  Repair repair;      ///< what was done; empty: there was nothing to do
  Findings findings;  ///< of the config as it is now
};

/// Makes all checks of the config that load_config(named) would read, does what plan_repair() plans
/// if that is wanted, and makes them again. Throws Error as check_all() for a fix, plan_repair()
/// and write_config_with_backup() do, and if it is not wanted.
Mended mend(const std::optional<std::string>& named, const std::optional<std::string>& use,
            HelperClient& helpers, const MendingTalk& talk);

}  // namespace pullsecret
