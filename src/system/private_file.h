#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace pullsecret {

// Files and folders for one user alone, under rules like those of ssh for ~/.ssh:
//
// - A file of another user is refused, root's excepted: who owns it can change it at any time.
// - A file that group or others may read, write or execute is refused or mended (mode 0600), as the
//   caller says: a key that others could read may have been read, and closing it would hide that.
//   The rule is for the user's own files: for root's (a Docker secret is 0444) nothing can be done.
// - A symbolic link in the place of a file is refused, unless the user named that place, as
//   Kubernetes mounts every file of a Secret as a link. Folders may be links.
// - Only a regular file is read: no pipe, no device.

enum class OpenMode { refused, mended };
enum class SymbolicLink { refused, followed };

/// The whole content of `file`; nothing if there is no such file. Throws Error with `file` as its
/// place if it is refused, cannot be read or holds more than `max_bytes`.
std::optional<std::string> read_private_file(const std::filesystem::path& file,
                                             std::size_t max_bytes, OpenMode open_mode,
                                             SymbolicLink symbolic_link);

/// Makes `folder` and what is missing above it, each with mode 0700 and on disk when this returns.
/// An existing one is mended to 0700 if group or others may use it, and refused if it is another
/// user's. Throws Error with the folder as its place; it is then not made.
void make_private_folder(const std::filesystem::path& folder);

}  // namespace pullsecret
