#pragma once

#include <functional>
#include <optional>

#include "credential/json_syntax.h"
#include "docker/config.h"
#include "doctor/finding.h"

namespace pullsecret {

/// Answers with the major version of the docker that is installed, if there is one.
using DockerVersion = std::function<std::optional<int>()>;

/// Checks the text of a config file for what Docker refuses. If there is nothing, for names that do
/// not do what they seem to, such as `credStore`, which Docker does not read, and `CredsStore`,
/// which programs in Go read, and those in Java and Python do not; for a `credsStore` without a
/// name; and for what stands in the file twice.
///
/// The changes give a setting its right name, where that alters no login that works: a store that
/// comes into effect would hide the plain text in the file from Docker.
///
/// `docker_version` is asked where Docker's versions do not take the same types.
Findings check_settings(
    const JsonText& json, const DockerVersion& docker_version = [] { return std::nullopt; });

/// `entry-not-in-auths` for each registry's credential that stands beside `auths`, as in the oldest
/// Docker's file, or in another entry: Docker does not read it. `config` is that of `json`.
Findings check_misplaced_entries(const JsonText& json, const Config& config);

}  // namespace pullsecret
