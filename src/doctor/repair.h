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

/// Whether `doctor --fix` has anything to mend.
bool mends_something(const Findings& findings);

/// What mend() asks and tells on its way.
struct MendingTalk {
  std::function<bool(const Checkup&, const Repair&)> is_wanted;
  std::function<void(const std::filesystem::path& file)> tell_backup;  ///< the file as it was
};

struct Mended {
  Repair repair;      ///< what was done; empty: there was nothing to do
  Findings findings;  ///< of the config as it is now
};

/// Makes all checks of the config that load_config(named) would read; does what the remedies of all
/// that it found do, if that is wanted, and as far as it is safe: nothing that could log in is
/// lost, and no plain text comes about; and makes the checks again. `use` is the store that takes
/// the place of those that do not work (Replacement). Throws Error if that does not work, if it is
/// not wanted, and as check_all() for a fix and write_config_with_backup() do.
Mended mend(const std::optional<std::string>& named, const std::optional<std::string>& use,
            HelperClient& helpers, const MendingTalk& talk);

}  // namespace pullsecret
