#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "system/error.h"

namespace pullsecret {

// Whether a file can be made or replaced, found without writing anything: by what the kernel says
// of leave, mounts, attributes and free space, for the user as whom this program acts. What a
// quota, a server behind a network file system or a security module refuses shows at the moment of
// writing alone.

/// What keeps a file from being replaced in the way that Docker, podman and this project do it: by
/// a new file beside it, which is then renamed.
struct WriteObstacle {
  enum class Kind {
    no_folder,      ///< what should be its folder is something else
    dangling_link,  ///< its folder is a link to nothing, and none can be made in its place
    no_leave,       ///< nothing may be made in its folder
    not_own,        ///< in a sticky folder, such as /tmp, it is another user's
    read_only,      ///< its folder is mounted so
    mounted,        ///< it is a mount by itself: nothing can take its place
    other_mount,    ///< a link to it is on another mount than it: nothing is renamed across
    immutable,      ///< chattr(1) said that it or its folder stays as it is
    full,           ///< no space is left
  };
  Kind kind;
  std::filesystem::path at;  ///< the file itself, or the folder or link that is in the way
  const char* call;          ///< the system call that fails: "mkdir", "open", "write", "rename"
  bool is_own = true;        ///< whether `at` is the user's
};

/// Where the new file is made, if the file's name is a symbolic link.
enum class NewFileBeside { target, name };

/// What would keep `file` from being made or replaced, with the folders that it lacks. Nothing
/// where nothing does, and where that is no question of writing: something else than a file is
/// there, or no way leads to it.
std::optional<WriteObstacle> find_write_obstacle(const std::filesystem::path& file,
                                                 NewFileBeside beside = NewFileBeside::target);

/// Whether `path` is there and mounted so that nobody can change it, whoever owns it.
bool is_mounted_read_only(const std::filesystem::path& path);

/// As an Error says it: where, why, and what to do about it, if that can be told.
Error error_of(const WriteObstacle& obstacle);

/// As the system says it: "device or resource busy"; and as programs in Go do: "rename …: device or
/// resource busy".
std::string system_reason(const WriteObstacle& obstacle);
std::string in_words_of_go(const WriteObstacle& obstacle);

}  // namespace pullsecret
