#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "system/folder.h"
#include "system/held_signals.h"

namespace pullsecret {

// A file is made or replaced in one way: a new file beside it, `.NAME.pullsecret-` and six
// characters, is written and synced, and then renamed to it. Its writer holds a lock on it (flock)
// for as long as it lives, so that others can tell it from one that SIGKILL left behind.

/// The new file beside `target`, until it has that name; else it is removed. It is for the user
/// alone (mode 0600). Signals are held while there is one.
class NewFile {
 public:
  /// Makes it. `place` is that of errors, in all that follows.
  NewFile(FilePlace target, std::string place);
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();

  /// As far as the system lets it: only root may give a file to another user, and others to their
  /// own groups alone. What is not allowed is no error.
  void give_to_owner_of(const struct stat& status) const;

  /// The same, with the mode and the access control list (acl(5)); what the group might do, with a
  /// list those whom it names, is for no other group, and for nobody if the list is not to be had.
  void take_access_of(const struct stat& status, const FileDescriptor& original) const;

  /// Returns once `content` is on disk.
  void write(std::string_view content) const;

  /// Gives it the name of the target, in the place of what is there.
  void take_place();

  /// The same; but false, and it has done nothing, if something is at that place.
  bool take_free_place();

 private:
  FileDescriptor make();
  bool take_list_of(const FileDescriptor& original) const;
  void remove();

  const HeldSignals signals_;
  const FilePlace target_;
  const std::string place_;
  std::string name_;  ///< nothing once it is not there any more
  const FileDescriptor descriptor_;
};

/// The new files beside `target` that were left when their writer was killed: only what is
/// certainly its (by its name, owner and type), and what no process is writing. None where they
/// cannot be looked for.
std::vector<std::filesystem::path> abandoned_files(const FilePlace& target);

/// Removes them, as far as it can.
void remove_abandoned(const FilePlace& target);

}  // namespace pullsecret
