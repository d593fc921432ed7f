#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "system/file_descriptor.h"
#include "system/held_signals.h"

namespace pullsecret {

// A file is made or replaced in one way: a new file beside it, `.NAME.pullsecret-` and six
// characters, is written and synced, and then renamed to it. Its writer holds a lock on it (flock)
// for as long as it lives, so that others can tell it from one that SIGKILL left behind.

/// The new file beside `target`, until it has that name; else it is removed. It is for the user
/// alone (mode 0600). Signals are held while there is one.
class NewFile {
 public:
  /// Makes it; `target` has a folder. `place` is that of errors, in all that follows.
  NewFile(std::filesystem::path target, std::string place);
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();

  /// As far as the system lets it: only root may give a file to another user, and others to their
  /// own groups alone. What is not allowed is no error.
  void give_to_owner_of(const struct stat& status) const;

  /// The same, with the mode; what the group might do is for no other group.
  void take_access_of(const struct stat& status) const;

  /// Returns once `content` is on disk.
  void write(std::string_view content) const;

  /// Gives it the name of the target, in the place of what is there.
  void take_place();

  /// The same; but false, and it has done nothing, if something is at that place.
  bool take_free_place();

 private:
  FileDescriptor make();
  void remove();

  const HeldSignals signals_;
  const std::filesystem::path target_;
  const std::string place_;
  std::string path_;  ///< nothing once it is not there any more
  const FileDescriptor descriptor_;
};

/// The new files beside `target`, which has a folder, that nobody writes any more: regular files of
/// such a name and of this user, whose lock is free. None where they cannot be looked for.
std::vector<std::filesystem::path> abandoned_new_files(const std::filesystem::path& target);

/// Removes them.
void remove_abandoned_new_files(const std::filesystem::path& target);

}  // namespace pullsecret
