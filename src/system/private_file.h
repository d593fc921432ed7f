#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "system/folder.h"

namespace pullsecret {

// Files and folders for one user alone, under rules like those of ssh for ~/.ssh:
//
// - A file of another user is refused, root's excepted: who owns it can change it at any time.
// - A file that group or others may read, write or execute is refused or mended (mode 0600), as the
//   caller says: a key that others could read may have been read, and closing it would hide that.
//   What is root's this user cannot mend.
// - A symbolic link in the place of a file is refused, unless the user named that place, as
//   Kubernetes mounts every file of a Secret as a link. Folders may be links.
// - Only a regular file is read: no pipe, no device.

/// What becomes of a file that group or others may use.
enum class OpenMode {
  refused,
  refused_but_of_root,  ///< root's is taken, as systemd gives its credentials to a unit's user
  mended,               ///< the user's own; root's is taken
};

/// The whole content of `file`; nothing if there is no such file. Throws Error with `file` as its
/// place if it is refused, cannot be read or holds more than `max_bytes`.
std::optional<std::string> read_private_file(const FilePlace& file, std::size_t max_bytes,
                                             OpenMode open_mode);
std::optional<std::string> read_private_file(const std::filesystem::path& file,
                                             std::size_t max_bytes, OpenMode open_mode,
                                             SymbolicLink symbolic_link);

/// Makes the folder `path` and what is missing above it, each with mode 0700 and on disk when this
/// returns. An existing one is mended to 0700 if group or others may use it, and refused if it is
/// another user's, root's excepted. Throws Error with the folder as its place; it is then not made.
Folder make_private_folder(const std::filesystem::path& path);

/// The hint that opens what one's own is closed to oneself on the way to `path`, or itself; empty:
/// nothing is.
std::string way_into(const std::filesystem::path& path);

/// Whether it would mend the existing folder `path`. Throws Error where it would refuse it as
/// another user's.
bool is_mended_when_used(const std::filesystem::path& path);

}  // namespace pullsecret
