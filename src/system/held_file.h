#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "system/folder.h"

namespace pullsecret {

/// A file's name that was looked up once: its folder is held, and so is the file once it was read.
/// What is then done to it (file.h) is done there and to that file, whatever the names on the way
/// lead to by then. A value; its copies hold the same.
///
/// Who may write into a folder can plant there, in the place of a file that somebody is going to
/// write, a symbolic link to a place of their choice, or a pipe to read from. So of the links in
/// every folder on the way, and of the pipes, devices and sockets at its end, only the caller's own
/// and root's are written through (the kernel does the like in sticky folders alone, and not
/// everywhere: proc_sys_fs(5), protected_symlinks and protected_fifos); but for what is in /dev
/// itself, and for links in /proc, which are the kernel's own: in a user namespace root's files
/// have another owner. A regular file is replaced, not written to, so anyone's will do.
struct HeldFile {
  std::string asked_for;              ///< the path that was looked up, for messages
  FilePlace place;                    ///< the end of a chain of symbolic links
  Folder beside;                      ///< where the path itself is: other than that if it is a link
  std::optional<struct stat> status;  ///< of what is there, or was read; none if nothing was there
  bool is_open_file = false;          ///< a descriptor's link: /dev/stdout, /dev/fd/N
  std::optional<Error> planted = {};  ///< why it is not to be written
  std::shared_ptr<const FileDescriptor> content = {};  ///< of a regular file that was read

  bool is_folder() const { return status && S_ISDIR(status->st_mode); }

  /// Whether it is read and written to as it is: a pipe, a device, an open file. Else it is
  /// replaced.
  bool is_stream() const {
    return status && (is_open_file || (!S_ISREG(status->st_mode) && !is_folder()));
  }
};

/// Looks `file` up; symbolic links are followed. Throws Error with `file` as its place if there is
/// no way to it.
HeldFile hold_file(const std::filesystem::path& file);

enum class MissingFolder { refused, made };

/// The folder `path`, looked up in the same way. What is missing of it is refused, or made, each
/// folder with mode 0700 and on disk when this returns, but for what another user's link leads to.
Folder hold_folder(const std::filesystem::path& path,
                   MissingFolder missing = MissingFolder::refused);

/// Opens a stream. Throws Error if that fails, or if something else is there than was found.
FileDescriptor open_to_read(const HeldFile& stream);

/// The same for writing; text is appended to an open file that is regular.
FileDescriptor open_to_write(const HeldFile& stream);

}  // namespace pullsecret
