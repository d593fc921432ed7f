#include "system/write_obstacle.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "system/file.h"
#include "system/held_file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;
using Kind = WriteObstacle::Kind;

WriteObstacle obstacle(Kind kind, const fs::path& at, const char* call, const struct stat& status) {
  return {.kind = kind,
          .at = at.lexically_normal(),
          .call = call,
          .is_own = status.st_uid == geteuid()};
}

// ---- What the kernel says

// In a user namespace it counts for the files of the users that this one has, as far as those are
// seen here at all.
bool may_act_as_owner() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  if (syscall(SYS_capget, &header, sets.data()) != 0) return geteuid() == 0;
  return (sets[0].effective & CAP_TO_MASK(CAP_FOWNER)) != 0;
}

bool is_immutable(int folder, const char* name) {
  struct statx status {};
  constexpr int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
  return statx(folder, name, flags, STATX_TYPE, &status) == 0 &&
         (status.stx_attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND)) != 0;
}

// With AT_EACCESS it is a younger system call, which an older container's seccomp refuses.
bool may_write_into(int folder) {
  return faccessat(folder, ".", W_OK | X_OK, geteuid() == getuid() ? 0 : AT_EACCESS) == 0;
}

// The mount's flag is among those of the file system.
bool is_read_only(const struct statvfs& system) {
  return (system.f_flag & ST_RDONLY) != 0;
}

bool is_full(const struct statvfs& system) {
  const bool is_root = geteuid() == 0;  // for whom some space is kept
  const auto blocks = is_root ? system.f_bfree : system.f_bavail;
  const auto files = is_root ? system.f_ffree : system.f_favail;
  return (system.f_blocks > 0 && blocks == 0) || (system.f_files > 0 && files == 0);
}

// The mount that something open is on. Two of one file system are told apart by /proc alone.
unsigned long long mount_of(int descriptor) {
  struct stat status {};
  unsigned long long mount = fstat(descriptor, &status) == 0 ? status.st_dev : 0;
  try {
    for (const std::string& line :
         split(read_input(fmt::format("/proc/self/fdinfo/{}", descriptor), 65536), '\n')) {
      constexpr std::string_view field = "mnt_id:";
      if (!line.starts_with(field)) continue;
      const std::string_view number = trim(std::string_view(line).substr(field.size()));
      std::from_chars(number.data(), number.data() + number.size(), mount);
    }
  } catch (const Error&) {
    return mount;
  }
  return mount;
}

// ---- One thing after the other, as who writes comes upon it

std::optional<WriteObstacle> why_nothing_is_made_in(const Folder& folder, const char* first) {
  const struct stat status = folder.status();
  const auto because = [&](Kind kind, const char* call) {
    return obstacle(kind, folder.path(), call, status);
  };
  struct statvfs system {};
  if (fstatvfs(folder.get(), &system) != 0) throw system_error(place_of(folder.path()));
  if (is_read_only(system)) return because(Kind::read_only, first);
  const bool may_write = may_write_into(folder.get());
  // In one that may only be added to, a file can be made, and not be renamed.
  if (is_immutable(folder.get(), "."))
    return because(Kind::immutable, may_write ? "rename" : first);
  if (!may_write) return because(Kind::no_leave, first);
  if (is_full(system)) return because(Kind::full, "write");
  return std::nullopt;
}

std::optional<WriteObstacle> why_it_is_not_replaced(const HeldFile& file) {
  const auto& [folder, name] = file.place;
  const FileDescriptor found = folder.open(name, O_PATH | O_NOFOLLOW);
  if (!found.is_open()) return std::nullopt;
  const auto because = [&](Kind kind) {
    return obstacle(kind, file.place.path(), "rename", *file.status);
  };
  if (mount_of(found.get()) != mount_of(folder.get())) return because(Kind::mounted);
  if (is_immutable(folder.get(), name.c_str())) return because(Kind::immutable);
  const struct stat around = folder.status();
  const bool is_sticky = (around.st_mode & S_ISVTX) != 0 && around.st_uid != geteuid();
  if (is_sticky && file.status->st_uid != geteuid() && !may_act_as_owner())
    return because(Kind::not_own);
  return std::nullopt;
}

std::optional<WriteObstacle> find_obstacle(const fs::path& name, NewFileBeside beside) {
  const HeldFile file = hold_file(name);
  if (file.is_folder() || file.is_stream()) return std::nullopt;
  const Folder& end = file.place.folder;
  const Folder& first = beside == NewFileBeside::name ? file.beside : end;
  if (auto found = why_nothing_is_made_in(first, "open")) return found;
  if (mount_of(first.get()) != mount_of(end.get()))
    return obstacle(Kind::other_mount, name, "rename", first.status());
  if (first.get() != end.get())
    if (auto found = why_nothing_is_made_in(end, "rename")) return found;
  return file.status ? why_it_is_not_replaced(file) : std::nullopt;
}

// Its folder is not there yet: the first one above that is decides.
std::optional<WriteObstacle> find_obstacle_above(fs::path folder) {
  struct stat status {};
  while (lstat(folder.c_str(), &status) != 0 && folder.has_relative_path())
    folder = folder.has_parent_path() ? folder.parent_path() : ".";
  const bool is_link = S_ISLNK(status.st_mode);
  if (stat(folder.c_str(), &status) != 0)
    return is_link ? std::optional(obstacle(Kind::dangling_link, folder, "mkdir", status))
                   : std::nullopt;
  if (!S_ISDIR(status.st_mode)) return obstacle(Kind::no_folder, folder, "mkdir", status);
  return why_nothing_is_made_in(hold_folder(folder), "mkdir");
}

// ---- Words

std::string reason(const WriteObstacle& obstacle) {
  switch (obstacle.kind) {
    case Kind::no_folder:
      return "it is no folder";
    case Kind::dangling_link:
      return "a symbolic link to nothing, where a folder has to be";
    case Kind::no_leave:
      return "nothing may be made in this folder";
    case Kind::not_own:
      return "it is another user's, in a folder where nobody may replace another's files";
    case Kind::read_only:
      return "it is mounted read-only";
    case Kind::mounted:
      return "it is mounted by itself, as by docker run -v, and nothing can take its place";
    case Kind::other_mount:
      return "a symbolic link to another mount, across which nothing can be renamed";
    case Kind::immutable:
      return "chattr made it immutable";
    case Kind::full:
      return "no space is left on its file system";
  }
  return "";
}

std::string hint(const WriteObstacle& obstacle) {
  const std::string at = shell_operand(obstacle.at.string());
  switch (obstacle.kind) {
    case Kind::no_folder:
      return fmt::format("move it away: `mv {} {}.old`", at, at);
    case Kind::dangling_link:
      return fmt::format("make the folder: `mkdir -p \"$(readlink -m {})\"`", at);
    case Kind::no_leave:
      return obstacle.is_own ? fmt::format("`chmod u+rwx {}`", at) : "";
    case Kind::mounted:
      return "mount its folder instead";
    case Kind::other_mount:
      return fmt::format(
          "put the file in the link's place: `cp --remove-destination \"$(readlink "
          "-f {})\" {}`",
          at, at);
    case Kind::read_only:
      return "mount it so that it can be written";
    case Kind::immutable:
      return fmt::format("`sudo chattr -ia {}`", at);
    case Kind::full:
      return fmt::format("make room there: `df -h {}` and `df -i {}` show what is left", at, at);
    case Kind::not_own:
      break;
  }
  return "";
}

int error_number(Kind kind) {
  switch (kind) {
    case Kind::no_folder:
      return ENOTDIR;
    case Kind::dangling_link:
      return EEXIST;
    case Kind::no_leave:
      return EACCES;
    case Kind::read_only:
      return EROFS;
    case Kind::mounted:
      return EBUSY;
    case Kind::other_mount:
      return EXDEV;
    case Kind::full:
      return ENOSPC;
    case Kind::not_own:
    case Kind::immutable:
      break;
  }
  return EPERM;
}

}  // namespace

std::optional<WriteObstacle> find_write_obstacle(const fs::path& file, NewFileBeside beside) {
  try {
    const fs::path folder = file.has_parent_path() ? file.parent_path() : ".";
    std::error_code unknown;
    if (!fs::is_directory(folder, unknown)) return find_obstacle_above(folder);
    return find_obstacle(file, beside);
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool is_mounted_read_only(const fs::path& path) {
  struct statvfs system {};
  return statvfs(path.c_str(), &system) == 0 && is_read_only(system);
}

Error error_of(const WriteObstacle& obstacle) {
  return {place_of(obstacle.at), reason(obstacle), hint(obstacle)};
}

std::string system_reason(const WriteObstacle& obstacle) {
  return error_text(error_number(obstacle.kind));
}

std::string in_words_of_go(const WriteObstacle& obstacle) {
  return fmt::format("{} …: {}", obstacle.call, system_reason(obstacle));
}

}  // namespace pullsecret
