#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "docker/config.h"
#include "docker/config_change.h"
#include "doctor/helper_state.h"
#include "helper/client.h"

namespace pullsecret {

using CheckedHelpers = std::map<std::string, HelperCheck>;  ///< by name, as in the config

/// Which of the helpers that were checked have to go, and what takes their place: with `use` that
/// store, of every one with which something is wrong; else the first store that works, of those
/// that are lost: one that is locked or has no bus just now may hold what the user needs. A helper
/// that has a remedy of its own stays.
class Replacement {
 public:
  Replacement(const CheckedHelpers& checked, const std::optional<std::string>& use,
              HelperClient& helpers);

  /// Nothing if none works. It is looked for when it is needed, and once.
  const std::optional<std::string>& store();

  /// Sets the remedies of helpers that have to go, or that `--use` would replace.
  void set_remedies(CheckedHelpers& checked, const Config& config);

  /// Whether a helper has to go, and no store works here that could take its place.
  bool is_wanting() { return !going_.empty() && !store(); }

 private:
  Remedy remedy_for(const std::string& helper, const HelperState& state, const Config& config,
                    bool is_covered);

  HelperClient& helpers_;
  std::optional<std::string> use_;
  std::set<std::string> going_, useless_;
  std::optional<std::optional<std::string>> store_;
};

/// Adds to changes that give a helper its right name what keeps inline credentials in use: Docker
/// finds them while the helper that it asks is not there.
void keep_inline_beside_names(CheckedHelpers& checked, const Config& config);

// The lines of `credHelpers` by which Docker goes on finding what it found, where another helper
// takes the place of one.

/// Adds a line for each inline credential that Docker takes because `helper`, which it asks, fails:
/// an empty name, or none where there is no `credsStore`.
void keep_inline(HelperChanges& lines, const Config& config, const std::string& helper);

/// Where there is a podman, which does not take an empty name for the file, and fails: names no
/// store in the place of one that would need such lines, so that the file counts for all that no
/// line is about, and returns true; else leaves the lines as they are that would get one.
bool leave_to_file(ConfigChange& change);

/// The names by which Docker may find something in `helper`: of the config's registries, and of
/// what it has `listed`.
std::vector<std::string> names_asked_for(const Config& config, const std::string& helper,
                                         const std::optional<std::vector<std::string>>& listed);

/// Adds a line for each of these that `helper` gives, such as one that cannot store: it goes on
/// giving it.
void keep_given(HelperChanges& lines, const Config& config, const std::string& helper,
                const HelperState& state, HelperClient& helpers);

}  // namespace pullsecret
