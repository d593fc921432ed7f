#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "system/held_file.h"

namespace pullsecret {

// Whose folder root changes files in, and as whom.
//
// Who owns a folder, or may write to it, chooses what is in it at every moment: what root reads
// there and what becomes of what root writes there. So git reads no repository of another user
// (git-config(1), safe.directory) and sudo edits no file in a folder that its caller may write to
// (sudoers(5), sudoedit_checkdir). Here root changes a file
//
// - in a folder of root's own that nobody else may write to (its group may, if that is root's: as
//   sudo does for its own files). In a sticky one, such as /tmp, others can exchange nothing but
//   what is theirs: there the file has to be root's, or not be there yet;
// - in a folder of the user for whom it acts, and then as that user: each call on files is made
//   with that user's IDs and groups, the file itself has to be that user's, and the same is asked
//   of the folder. That is the user who called sudo(8), in any folder of theirs (SUDO_UID: sudo
//   sets it, and who could forge it runs as root already), and the owner of the folder, below their
//   home, of a file that was named;
// - in no other folder.
//
// Other users than root have nothing but their own to lose; the kernel says what they may.

/// A user, as getpwuid(3) has it: one without an entry is called `#1000`, as sudo does, and has no
/// group and no home.
struct User {
  uid_t id;
  gid_t group;
  std::string name;
  std::filesystem::path home;
};
User user_of(uid_t id);

/// The user who called sudo, if this is root for somebody else.
std::optional<User> sudo_caller();

/// A file that is to be changed.
struct FileToChange {
  HeldFile file;
  std::optional<User> changed_as;  ///< if root changes it for a user
};

/// Looks `file` up as hold_file() does, as the user who will change it; `is_named`: the user named
/// it. What is refused can still be read. Throws Error if there is no way to it.
FileToChange hold_to_change(const std::filesystem::path& file, bool is_named);

/// The shell's command, in back quotes, by which `user` runs `command`.
std::string as_user(const std::string& user, const std::string& command);

/// Throws Error if the file is not to be changed. The hint says what to do instead: `command` is
/// the shell's that would do the same, for its owner.
void require_changeable(const FileToChange& change, const std::string& command);

/// While it lives, all calls on files are made as `user`, if there is one: by seteuid(2), with that
/// user's groups. The process ends (std::abort) if it cannot become root again.
class FilesAs {
 public:
  /// Throws Error.
  explicit FilesAs(const std::optional<User>& user);
  FilesAs(const FilesAs&) = delete;
  FilesAs& operator=(const FilesAs&) = delete;
  ~FilesAs();

 private:
  void change_back() const;

  bool is_changed_ = false;
  gid_t group_ = 0;
  std::vector<gid_t> groups_;
};

}  // namespace pullsecret
