#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "docker/registries_conf.h"
#include "system/error.h"
#include "system/whose_folder.h"

namespace pullsecret {

/// Where a config is.
struct ConfigLocation {
  std::filesystem::path file;
  bool is_dockers_own = true;  ///< false: podman's file, or ~/.dockercfg
  std::optional<CredentialHelpers> credential_helpers = {};  ///< podman's, beside its file
  bool is_there = true;   ///< false: there is none yet, and Docker would make it here
  bool is_named = false;  ///< the user named it
  std::optional<FileToChange> held = {};  ///< as it was looked up; none where that failed
};

/// Finds the config as Docker would, then as podman would:
///
/// 1. `named`, a file, a folder with a config.json, or `-` for standard input;
/// 2. $DOCKER_CONFIG/config.json, and with DOCKER_CONFIG set nothing else;
/// 3. ~/.docker/config.json;
/// 4. $REGISTRY_AUTH_FILE, else $XDG_RUNTIME_DIR/containers/auth.json, or without that variable
///    /run/containers/UID/auth.json, and ${XDG_CONFIG_HOME:-~/.config}/containers/auth.json; not in
///    a folder that may not be looked into;
/// 5. ~/.dockercfg.
///
/// Podman's config is there, too, where its credential-helpers name one (registries_conf.h). The
/// first that exists counts, even if it cannot be read; what is `named`, there or not. Nothing if
/// there is none.
std::optional<ConfigLocation> search_config(const std::optional<std::string>& named);

/// Says where none was found.
Error no_config();

/// Whether load_config() would find one; what is `named` counts as found.
bool is_any_config(const std::optional<std::string>& named);

/// The file of search_config(), else the one that Docker would make. `named` counts even
/// if there is no such file. It is held from then on: what is read, and then changed, is this one,
/// whatever its name leads to by then. Throws Error if Docker has no place for it: there is no home
/// folder.
ConfigLocation find_config(const std::optional<std::string>& named);

/// Docker's own config.json, there or not; nothing if Docker has no place for it.
std::optional<std::filesystem::path> dockers_config();

/// The shell's command, in back quotes, that makes the config.json which Docker looks for, with
/// `text`, where there is none. Throws Error if Docker has no place for it.
std::string command_for_first_config(std::string_view text);

/// Where podman keeps its logins: $XDG_RUNTIME_DIR/containers/auth.json, or without that variable
/// /run/containers/UID/auth.json.
std::filesystem::path podman_runtime_file();

/// Whether the folders above it let this user see whether it is there. After `su` XDG_RUNTIME_DIR
/// is another user's.
bool may_look_at(const std::filesystem::path& file);

/// The files of podman's that are there: those of 4. above.
std::vector<std::filesystem::path> podman_files_here();

}  // namespace pullsecret
