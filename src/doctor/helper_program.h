#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "doctor/environment_checks.h"
#include "doctor/finding.h"
#include "doctor/helper_checks.h"

namespace pullsecret {

/// Where the user's shell finds programs (environment_checks.h); empty where it does not say. It is
/// asked when it matters, and once: its start-up files may take long.
class UserShell {
 public:
  /// One that is not asked, and so finds nothing.
  static UserShell not_asked() {
    UserShell shell;
    shell.interactive_ = shell.login_ = "";
    return shell;
  }

  const std::string& interactive_path() {
    if (!interactive_) interactive_ = interactive_search_path().value_or("");
    return *interactive_;
  }
  const std::string& login_path() {
    if (!login_) login_ = login_search_path().value_or("");
    return *login_;
  }

 private:
  std::optional<std::string> interactive_, login_;
};

/// Who names a helper in a config.
struct HelperUse {
  std::string helper;                   ///< its name
  bool is_creds_store = false;          ///< `credsStore` names it
  std::vector<std::string> registries;  ///< `credHelpers` names it for these
};

/// The use as a message says it: `credsStore`, `credHelpers for gcr.io and 2 more`.
std::string in_words(const HelperUse& use);

/// What was found out about a helper.
struct HelperCheck {
  Findings findings;
  HelperState state;
};

/// Why Docker cannot find the helper's program, or may not run it; nothing if it can, or
/// find_elsewhere() finds it. Also sets what the finding changes: a name that only has
/// `docker-credential-` too much, or is spelled nearly as a helper's that is there.
std::optional<HelperCheck> check_presence(const HelperUse& use, UserShell& shell);

/// The helper's program, if that is not on PATH but where the user's interactive shell finds it.
std::optional<std::filesystem::path> find_elsewhere(const HelperUse& use, UserShell& shell);

/// The finding on a helper that works, and is `found` there alone.
HelperCheck interactive_only(const HelperUse& use, const std::filesystem::path& found);

/// A warning if the helper's program, which is on PATH, is not where programs look that no terminal
/// started.
std::optional<Finding> check_other_paths(const HelperUse& use, UserShell& shell);

/// Why the helper's program, `found` elsewhere or on PATH, could not be started: execve(2) failed
/// with `error_number`.
HelperCheck failed_start(const HelperUse& use, std::optional<std::filesystem::path> found,
                         int error_number);

/// Whether VS Code made the helper for a window: `dev-containers-UUID`.
bool is_dev_container(const std::string& helper);

/// The finding on a dev container's helper whose window is gone; `what` tells by what.
HelperCheck window_gone(const HelperUse& use, const std::string& what);

/// The subject of findings on a helper: its program's name, printable.
std::string program_of(const std::string& helper);

}  // namespace pullsecret
