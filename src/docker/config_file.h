#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "docker/config.h"
#include "docker/find_config.h"
#include "system/file.h"

namespace pullsecret {

/// The most bytes of a config. Docker has no such bound.
inline constexpr std::size_t max_config_size = 16UL * 1024 * 1024;

/// The config that counts, and what its reader should tell the user about it.
struct LoadedConfig {
  Config config;
  JsonText json = {};          ///< the config.json it was read from; empty if that was another file
  bool is_dockers_own = true;  ///< false: podman's file, or ~/.dockercfg
};

/// Reads the config that search_config() finds. Unless `named` is given, DOCKER_AUTH_CONFIG takes
/// part; where Docker ignores it, so is it here, and the config's environment_refused says why. A
/// file named `.dockercfg` is read as the map it is. At most 16 MiB are read, and of what neither
/// `named` nor $REGISTRY_AUTH_FILE names only a regular file. Throws Error if there is no config at
/// all, or it is refused.
LoadedConfig load_config(const std::optional<std::string>& named);

/// One of podman_files_here(), which has to be a regular file. Throws Error.
Config read_podmans_file(const std::filesystem::path& file);

/// Whether it is Docker's config.json, whatever its name: a regular file, or none yet, and not
/// podman's auth.json or a .dockercfg, which follow other rules.
bool is_config_json(const ConfigLocation& location);

/// The text of the config, which for `-` is standard input; it is empty where there was no config,
/// and still is none. A file is held from then on. One that was not named has to be a regular file.
/// Throws Error with the file as its place, also for more than `max_size` bytes, with the hint
/// `way_to_less`.
JsonText read_config_text(ConfigLocation& location, std::size_t max_size = max_config_size,
                          std::string_view way_to_less = {});

/// The config that `json` is, the text at `location`.
LoadedConfig loaded_config(const ConfigLocation& location, JsonText json);

/// Reads the text of the file as parse_config() does, or parse_dockercfg() for a file of that name;
/// of podman's, an auth.json, is_podmans is set, and its credential-helpers.
Config parse_config_file(const ConfigLocation& location, JsonText json);

/// Throws Error if root is not to change it (whose_folder.h), as what follows does: for who has
/// something else to do before.
void require_changeable(const ConfigLocation& location);

/// Throws Error if root would change it, or make it, for a user: its credentials are in that user's
/// stores, and the helpers that root calls are root's.
void require_own_stores(const ConfigLocation& location);

/// Throws Error if something keeps it from being replaced (write_obstacle.h), as far as that shows
/// before: for who has something else to do first.
void require_writable(const ConfigLocation& location);

/// Puts `text` into the config file in one step, as Docker does: a symbolic link is followed, owner
/// and mode stay as they were, a new file is 0600 and a new folder 0700. Throws Error if the name
/// does not lead to the file that was read any more or its text is not `before`, if root is not to
/// change it, or it cannot be written; the file is then as it was, and a new
/// folder may be left. Until the file is synced, nothing may be destroyed that it took over. What
/// a killed writer left beside it is removed (remove_abandoned).
///
/// The text is compared last, directly before the rename. Docker locks nothing (docker/cli,
/// config/configfile/file.go: Save), so that a lock would keep no `docker login` away, and two
/// moments remain: one that writes between the comparison and the rename, a few system calls apart,
/// is lost; one that read the file before, such as to wait for a password, and writes after, puts
/// back what it read.
Unsynced write_config(const ConfigLocation& location, const JsonText& before,
                      const std::string& text);

/// The same, after `before` is on disk in a new file beside the config (and, if that is a symbolic
/// link, beside the link): `config.json.bak-20261121T140512Z`, mode 0600, of the same owner. A
/// second one within the same second gets `-2`, and so on. Returns its path. If this throws, the
/// backup is gone again, unless it cannot be removed, or the config does not read as `before`.
std::filesystem::path write_config_with_backup(const ConfigLocation& location,
                                               const JsonText& before, const std::string& text);

/// Whether others than its owner may use the config file, which was read.
bool is_open_to_others(const ConfigLocation& location);

/// Takes that leave from them: mode 0600. Throws Error as write_config() does.
void close_to_others(const ConfigLocation& location);

/// What killed writers left beside the config: abandoned_files().
std::vector<std::filesystem::path> abandoned_files(const ConfigLocation& location);

/// Removes it. Throws Error as write_config() does, if it is not to be changed.
void remove_abandoned(const ConfigLocation& location);

/// The backups of `file` that hold a credential inline, by name.
std::vector<std::filesystem::path> plain_text_backups(const std::filesystem::path& file);

}  // namespace pullsecret
