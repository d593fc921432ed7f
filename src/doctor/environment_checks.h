#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "docker/config.h"
#include "doctor/finding.h"

namespace pullsecret {

/// Checks DOCKER_AUTH_CONFIG, which Docker reads since 28.3: `environment-ok`,
/// `environment-overrides` (a registry that the config has, too: the variable counts),
/// `environment-spelling` (a key that Docker does not ask for), `environment-refused` (Docker
/// ignores the variable), and of its credentials `entry-no-password` and what
/// remarks_on_white_space() says. Nothing if it is not set. `config` is absent if there is none.
Findings check_environment(const std::optional<Config>& config);

/// `snap-confined`: the config `file` is that of Docker's snap, which can run no helper of this
/// machine, and names one.
std::optional<Finding> check_snap(const std::filesystem::path& file, const Config& config);

// Where the user's shell ($SHELL, else the passwd entry's) finds programs, as $PATH. Both run the
// shell with the user's start-up files, without a terminal; nothing if it does not answer within
// `patience`.
inline constexpr std::chrono::milliseconds shell_patience = std::chrono::seconds(5);

/// As in a new terminal: an interactive shell on top of the caller's environment.
std::optional<std::string> interactive_search_path(
    std::chrono::milliseconds patience = shell_patience);

/// As for what no terminal starts, a desktop's programs and services: a login shell that gets
/// nothing of the caller's PATH.
std::optional<std::string> login_search_path(std::chrono::milliseconds patience = shell_patience);

}  // namespace pullsecret
