#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "helper/client.h"
#include "helper/status.h"

namespace pullsecret {

/// A store that comes with pullsecret. Its program docker-credential-NAME tells its status
/// (status.h), and that of the same store behind another program of that name.
struct OwnStore {
  std::string_view name;
  std::string_view origin;          ///< what brings its program, as a hint
  std::vector<std::string> faults;  ///< the kinds in its status; doctor finds NAME-KIND
  bool keeps_logins = true;         ///< itself; else it asks other helpers, and is never chosen;
                                    ///< `accounts -o json` lists what its `list` leaves out
  /// A desktop's session keeps it: it asks in a window, and is nowhere else. Upstream's helper
  /// lists entries without a server URL where it is locked, and has no status.
  bool needs_desktop = false;
  /// Docker takes it by itself where a program of this name is on PATH; empty: wherever its helper
  /// is (docker/cli, cli/config/credentials: DetectDefaultStore).
  std::optional<std::string_view> default_beside = std::nullopt;
  std::string_view way_to_key_file = {};   ///< the hint by which it needs no passphrase, if it can
  std::vector<std::string> programs = {};  ///< that it runs
  std::vector<std::string_view> variables = {};  ///< by which it finds what it keeps; no secrets
};

/// All of them, in the order in which one is chosen. The last needs nothing but itself.
const std::vector<OwnStore>& own_stores();

/// The one that needs no desktop, no other program and nobody to set it up.
const OwnStore& undemanding_store();

/// nullptr: it is none of them.
const OwnStore* find_own_store(std::string_view name);

/// The helper of an own store that was installed with this program, if it is there.
std::optional<std::filesystem::path> find_installed_helper(std::string_view store);

/// Asks each of `stores` that is pullsecret's own for its status, side by side: by the helper on
/// PATH if that tells it, and was not `in_vain` asked before; else by the one beside this program.
void ask_for_status(const std::vector<std::string>& stores, const std::vector<std::string>& in_vain,
                    HelperClient& helpers);

/// What came of that; nothing where no helper told it.
std::optional<StoreStatus> known_status(const std::string& store, const HelperClient& helpers);

}  // namespace pullsecret
