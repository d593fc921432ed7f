#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/finding.h"
#include "doctor/helper_state.h"
#include "system/user_shell.h"

namespace pullsecret {

/// Who names a helper in a config.
struct HelperUse {
  std::string helper;                   ///< its name
  bool is_creds_store = false;          ///< `credsStore` names it
  std::vector<std::string> registries;  ///< `credHelpers` names it for these; else, where
                                        ///< `credsStore` does not, podman's credential-helpers do
  bool is_podmans = false;              ///< podman alone asks it, and not docker

  std::string_view client() const { return is_podmans ? "podman" : "docker"; }
  bool is_one_of_several() const { return is_podmans && registries.empty(); }
};

/// The use as a message says it: `credsStore`, `credHelpers for gcr.io and 2 more`,
/// `credential-helpers`.
std::string in_words(const HelperUse& use);

/// What fails where the helper does, and `with` which words. Docker's pull does since 29.0: before,
/// it goes on with what stands in the file, if anything (docker/cli, cli/command/image/pull.go).
std::string what_fails(const HelperUse& use, std::string_view with = "");

/// What there is to say of Docker's pull before 29.0, behind that it fails.
std::string_view older_pull(const HelperUse& use);

/// Why Docker cannot find the helper's program, or may not run it; nothing if it can, or
/// find_elsewhere() finds it. Also sets what the finding changes: a name that only has
/// `docker-credential-` too much, or is spelled nearly as a helper's that is there.
std::optional<HelperCheck> check_presence(const HelperUse& use, UserShell& shell);

/// The helper's program, if that is not on PATH but where the user's interactive shell finds it.
std::optional<std::filesystem::path> find_elsewhere(const HelperUse& use, UserShell& shell);

/// The hint where it answers what is none.
std::string see_answer(const std::string& helper, const std::string& server_url);

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

}  // namespace pullsecret
