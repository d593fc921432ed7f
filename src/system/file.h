#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace pullsecret {

/// The place of errors about `path`: itself, printable.
std::string place_of(const std::filesystem::path& path);

/// The whole content of `file`, which may be a pipe. Throws Error, with the file as its place, if
/// it cannot be read, is a directory or holds more than `max_bytes`.
std::string read_file(const std::filesystem::path& file, std::size_t max_bytes);

/// What is left to read from the open `descriptor`; `name` is the place of errors.
std::string read_all(int descriptor, const std::string& name, std::size_t max_bytes);

/// Writes all of `content`; `name` is the place of errors.
void write_all(int descriptor, const std::string& name, std::string_view content);

/// Who may use a file that takes the place of another one.
enum class Access {
  user_alone,  ///< the user who writes it: mode 0600
  as_before,   ///< owner, group and mode stay as far as the system lets them; a new file is 0600
};

/// Puts `content` into `file` in one step: whoever reads it sees the old or the new content, and
/// after a crash too. A new file in the same folder is written, synced and renamed. A symbolic link
/// is followed: what it points to is replaced. A device or pipe is written to. Throws Error with
/// `file` as its place; `file` is then as it was.
void replace_file(const std::filesystem::path& file, std::string_view content,
                  Access access = Access::user_alone);

/// Takes group's and others' leave to use `file` from them: mode 0600. Throws Error.
void close_to_others(const std::filesystem::path& file);

/// Makes the new file `copy`, with `content` and mode 0600, for the owner of `original` as far as
/// the system lets it be; it is on disk when this returns. False if something of that name is there
/// already. Throws Error with `copy` as its place; there is then no such file.
bool make_copy(const std::filesystem::path& copy, std::string_view content,
               const std::filesystem::path& original);

/// Removes the new files beside `file` that calls of replace_file() left when they were killed. To
/// be called only where no other process can be replacing `file`; does nothing if it cannot.
void remove_abandoned(const std::filesystem::path& file);

/// Returns once what was made, renamed or removed in `folder` is on disk. Throws Error.
void sync_folder(const std::filesystem::path& folder);

}  // namespace pullsecret
