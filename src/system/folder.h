#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "system/error.h"
#include "system/file_descriptor.h"

namespace pullsecret {

/// Nothing; or an Error which says why a power cut may yet undo what has been done in a folder.
/// Only who is about to destroy what would then be missing has to act on it; everyone else says why
/// not. A folder that may be written to and not read, or whose file system has no syncing, counts
/// as synced.
struct [[nodiscard]] Unsynced : std::optional<Error> {
  using std::optional<Error>::optional;
};

/// A folder that is held by its descriptor: what is done in it is done in this one, wherever its
/// path leads by then. A value; its copies hold the same folder.
class Folder {
 public:
  /// `path` is what messages call it.
  Folder(FileDescriptor descriptor, std::filesystem::path path);

  const std::filesystem::path& path() const { return path_; }
  int get() const { return descriptor_->get(); }

  /// openat(2), with O_CLOEXEC. If it fails the descriptor is not open, and errno says why.
  FileDescriptor open(const std::string& name, int flags, mode_t mode = 0) const;

  /// What fstat(2) says of it. Throws Error.
  struct stat status() const;

  /// What is in it, in order; nothing where that cannot be read.
  std::vector<std::string> names() const;

  /// Returns once what was made, renamed or removed in it is on disk.
  Unsynced sync() const;

 private:
  std::shared_ptr<const FileDescriptor> descriptor_;
  std::filesystem::path path_;
};

/// A name in a folder that is held.
struct FilePlace {
  Folder folder;
  std::string name;

  std::filesystem::path path() const { return folder.path() / name; }
};

/// A regular file that was opened, and what fstat(2) says of it.
struct OpenFile {
  FileDescriptor descriptor;
  struct stat status {};
};

enum class SymbolicLink { refused, followed };

/// Opens a file of ours: a regular one, and without waiting for anybody, as open(2) would for the
/// writer of a named pipe. Nothing if there is no such file. Throws Error with `place` as its place
/// if it is something else, or cannot be opened. `flags` are O_RDONLY or O_RDWR | O_CREAT.
std::optional<OpenFile> open_regular(const FilePlace& file, int flags = O_RDONLY);
std::optional<OpenFile> open_regular(const std::filesystem::path& file,
                                     SymbolicLink symbolic_link = SymbolicLink::followed);

}  // namespace pullsecret
