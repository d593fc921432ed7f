#include "system/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "system/error.h"
#include "system/file.h"
#include "system/file_calls.h"
#include "system/held_file.h"
#include "system/text.h"
#include "system/uninterrupted.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr mode_t group_and_others = S_IRWXG | S_IRWXO;

void refuse_other_owner(const fs::path& path, const struct stat& status) {
  if (status.st_uid == geteuid() || status.st_uid == 0) return;
  throw Error(place_of(path),
              fmt::format("belongs to user {}, and this is user {}", status.st_uid, geteuid()),
              "run as its owner; sudo -H gives root a home folder of its own");
}

Error open_to_others(const fs::path& file, const struct stat& status) {
  const bool is_own = status.st_uid == geteuid();
  return {place_of(file),
          fmt::format("{}others can use it, its mode is {:04o}", is_own ? "" : "it is root's, and ",
                      status.st_mode & 07777U),
          is_own ? fmt::format("if nobody else has read it: `chmod 600 {}`",
                               shell_operand(file.string()))
                 : "copy it to a file of your own with mode 0600; systemd's LoadCredential= gives "
                   "root's file to a service"};
}

void close_to_others(const fs::path& path, const OpenFile& file, OpenMode open_mode) {
  if ((file.status.st_mode & group_and_others) == 0) return;
  const bool is_own = file.status.st_uid == geteuid();
  if (open_mode == OpenMode::refused || (is_own && open_mode == OpenMode::refused_but_of_root))
    throw open_to_others(path, file.status);
  if (!is_own) return;
  // On a read-only file system others keep what they have; that is no reason not to read.
  if (uninterrupted(file_calls().fchmod, file.descriptor.get(), mode_t{S_IRUSR | S_IWUSR}) != 0 &&
      errno != EROFS)
    throw system_error(place_of(path));
}

std::optional<std::string> read_private(const std::optional<OpenFile>& file, const fs::path& path,
                                        std::size_t max_bytes, OpenMode open_mode) {
  if (!file) return std::nullopt;
  refuse_other_owner(path, file->status);
  close_to_others(path, *file, open_mode);
  return read_all(file->descriptor.get(), place_of(path), max_bytes);
}

}  // namespace

std::optional<std::string> read_private_file(const FilePlace& file, std::size_t max_bytes,
                                             OpenMode open_mode) {
  return read_private(open_regular(file), file.path(), max_bytes, open_mode);
}

std::optional<std::string> read_private_file(const fs::path& file, std::size_t max_bytes,
                                             OpenMode open_mode, SymbolicLink symbolic_link) {
  return read_private(open_regular(file, symbolic_link), file, max_bytes, open_mode);
}

bool is_mended_when_used(const fs::path& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return false;
  refuse_other_owner(path, status);
  return status.st_uid == geteuid() && (status.st_mode & group_and_others) != 0;
}

std::string way_into(const fs::path& path) {
  fs::path way;
  for (const fs::path& name : path) {
    way /= name;
    struct stat status {};
    if (stat(way.c_str(), &status) != 0) break;
    const bool is_folder = S_ISDIR(status.st_mode);
    const int needed = (is_folder ? X_OK : 0) | (!is_folder || way == path ? R_OK : 0);
    if (status.st_uid == geteuid() && access(way.c_str(), needed) != 0)
      return fmt::format("`chmod u+rw{} {}`", is_folder ? "x" : "", shell_operand(way.string()));
  }
  return "";
}

Folder make_private_folder(const fs::path& path) {
  Folder folder = hold_folder(path, MissingFolder::made);
  const struct stat status = folder.status();
  refuse_other_owner(path, status);
  if (status.st_uid != geteuid() || (status.st_mode & group_and_others) == 0) return folder;
  const FileDescriptor descriptor = folder.open(".", O_RDONLY | O_DIRECTORY);
  if (!descriptor.is_open() ||
      uninterrupted(file_calls().fchmod, descriptor.get(), mode_t{S_IRWXU}) != 0)
    throw system_error(place_of(path));
  return folder;
}

}  // namespace pullsecret
