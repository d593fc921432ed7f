#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <optional>

#include "system/file_descriptor.h"

namespace pullsecret {

/// Where that goes which is written to a file's name.
struct Destination {
  std::filesystem::path path;         ///< the end of a chain of symbolic links, with its folder
  std::optional<struct stat> status;  ///< of what is there; none if nothing is
  bool is_open_file = false;          ///< a descriptor's link: /dev/stdout, /dev/fd/N

  bool is_folder() const { return status && S_ISDIR(status->st_mode); }

  /// Whether it is written to as it is: a pipe, a device, an open file. Else it is replaced.
  bool is_stream() const {
    return status && (is_open_file || (!S_ISREG(status->st_mode) && !is_folder()));
  }
};

/// Follows `file` to where it leads. Who may write into a folder can plant there, in the place of a
/// file that somebody is going to write, a symbolic link to another file of theirs, or a pipe to
/// read from. So on the way only links, and at its end only pipes, devices and sockets, are taken
/// that are the caller's own or root's, in every folder (the kernel does the like in sticky ones
/// alone, and not everywhere: proc_sys_fs(5), protected_symlinks and protected_fifos); but for what
/// is in /dev itself, and for links to open files, which are the kernel's own: in a user namespace
/// root's files have another owner. A regular file is not written to, so anyone's will do.
///
/// Throws Error, with the link or the pipe as its place, if it is refused or cannot be looked at.
Destination find_destination(const std::filesystem::path& file);

/// Opens a stream for writing; text is appended to an open file that is regular. Throws Error if
/// that fails, or if something else is there than was found.
FileDescriptor open_stream(const Destination& stream);

}  // namespace pullsecret
