#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "system/error.h"
#include "system/folder.h"
#include "system/held_file.h"

namespace pullsecret {

/// The place of errors about `path`: itself, printable.
std::string place_of(const std::filesystem::path& path);

/// Whether anything is at `path`, a link to nothing among it. What cannot be looked at is there:
/// reading it says what is wrong.
bool is_there(const std::filesystem::path& path);

/// The whole content of `file`, one of ours: open_regular() opens it. Throws Error, with the file
/// as its place, if it is not there or refused, cannot be read or holds more than `max_bytes`.
std::string read_file(const std::filesystem::path& file, std::size_t max_bytes);

/// The same for one that the user named as an input: it may be a pipe, as of `<(…)`, and is then
/// waited for. `way_to_less` is the hint where it holds too much.
std::string read_input(const std::filesystem::path& file, std::size_t max_bytes,
                       std::string_view way_to_less = {});

/// The same for a file that was looked up; a regular file is held from then on.
std::string read_file(HeldFile& file, std::size_t max_bytes);
std::string read_input(HeldFile& file, std::size_t max_bytes, std::string_view way_to_less = {});

/// What is left to read from the open `descriptor`; `name` is the place of errors.
std::string read_all(int descriptor, const std::string& name, std::size_t max_bytes,
                     std::string_view way_to_less = {});

/// Whether somebody may still read what is written to `descriptor`: not if it is a pipe or a socket
/// whose other end is closed.
bool has_reader(int descriptor);

/// Writes all of `content`; `name` is the place of errors.
void write_all(int descriptor, const std::string& name, std::string_view content);

// A file is made or replaced in one way: a new file beside it, `.NAME.pullsecret-` and six
// characters, is written and synced, and then renamed to it; at last the folder is synced.
//
// - After success the file has the new content, and whoever reads it meanwhile has the old or the
//   new one.
// - After an Error it is as it was, and the new file is gone (unless the disk does not let it be
//   removed either).
// - After SIGINT, SIGTERM, SIGHUP and the others of held_signals.h it is as after success or as
//   after an Error: they wait while there is a new file. SIGKILL leaves that behind, for
//   abandoned_files().
// - After a power cut it has the old or the new content, and once its folder is synced the new one.
//   A folder that cannot be synced fails nothing, for the new content is in place: see Unsynced.
// - All of it is done in the folder that was held first (folder.h), and with the owner, mode and
//   access control list of the file that was read.
// - O_TMPFILE has no name that SIGKILL could leave behind, but linkat(2) cannot put such a file in
//   the place of another, and NFS does not have it: it would be a second way beside this one.

/// Who may use a file that takes the place of another one.
enum class Access {
  user_alone,  ///< the user who writes it: mode 0600
  as_before,   ///< owner, group, mode and access control list stay as far as the system lets them
               ///< (what the group might do is for no other group); a new file is 0600
};

/// Puts `content` into `file`, which is made if it is not there. A symbolic link is followed: what
/// it points to is replaced. A link, pipe or device that another user may have planted is refused:
/// held_file.h has the rule. Throws Error with `file`, or what it leads through, as its place.
///
/// `check` is called when the new file is on disk, directly before the rename: what it throws
/// leaves `file` as it is.
///
/// A device or pipe is written to, and a part may have been when that fails; no signal is held,
/// since its reader may never come.
Unsynced replace_file(
    const HeldFile& file, std::string_view content, Access access = Access::user_alone,
    const std::function<void()>& check = [] {});
Unsynced replace_file(const std::filesystem::path& file, std::string_view content,
                      Access access = Access::user_alone);

/// The same for the name itself, whatever is there.
Unsynced replace_file(const FilePlace& file, std::string_view content);

/// Makes the new file `file` with `content`, mode 0600, and the owner and group of `original`, if
/// that is given, as far as the system lets it. False if something of that name is there already.
/// When it returns true the file outlasts a power cut: one that cannot be synced is removed again.
/// Throws Error with `file` as its place; there is then no such file.
[[nodiscard]] bool make_file(const FilePlace& file, std::string_view content,
                             const std::optional<struct stat>& original = std::nullopt);

/// Renames `file` to `new_name`, in the same folder, in the place of what is there. Throws Error
/// with `new_name` as its place; both are then as they were.
Unsynced rename_file(const FilePlace& file, const std::string& new_name);

/// Removes `file`. Throws Error with `file` as its place; it is then still there.
Unsynced remove_file(const FilePlace& file);

/// Takes group's and others' leave to use `file`, which was read, from them: mode 0600. Throws
/// Error.
void close_to_others(const HeldFile& file);

}  // namespace pullsecret
