#include "system/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "system/error.h"
#include "system/file.h"
#include "system/file_calls.h"
#include "system/file_descriptor.h"
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

void refuse_other_type(const fs::path& file, const struct stat& status) {
  if (S_ISREG(status.st_mode)) return;
  throw Error(place_of(file), S_ISDIR(status.st_mode) ? error_text(EISDIR) : "not a regular file");
}

Error open_to_others(const fs::path& file, const struct stat& status) {
  return {place_of(file),
          fmt::format("others can use it, its mode is {:04o}", status.st_mode & 07777U),
          fmt::format("if nobody else has read it: `chmod 600 {}`", shell_operand(file.string()))};
}

void close_to_others(const fs::path& file, const FileDescriptor& descriptor,
                     const struct stat& status, OpenMode open_mode) {
  if (status.st_uid != geteuid() || (status.st_mode & group_and_others) == 0) return;
  if (open_mode == OpenMode::refused) throw open_to_others(file, status);
  // On a read-only file system others keep what they have; that is no reason not to read.
  if (uninterrupted(file_calls().fchmod, descriptor.get(), mode_t{S_IRUSR | S_IWUSR}) != 0 &&
      errno != EROFS)
    throw system_error(place_of(file));
}

void make_folder(const fs::path& folder) {
  const bool made = file_calls().mkdir(folder.c_str(), mode_t{S_IRWXU}) == 0;
  if (!made && errno != EEXIST) throw system_error(place_of(folder));
  const Unsynced unsynced = sync_folder(folder.parent_path());
  if (!unsynced) return;
  if (made) file_calls().rmdir(folder.c_str());
  throw Error(place_of(folder), unsynced->what());
}

}  // namespace

std::optional<std::string> read_private_file(const fs::path& file, std::size_t max_bytes,
                                             OpenMode open_mode, SymbolicLink symbolic_link) {
  const int follow = symbolic_link == SymbolicLink::refused ? O_NOFOLLOW : 0;
  // A pipe without a writer would block in open().
  const FileDescriptor descriptor(uninterrupted(
      file_calls().open, file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | follow, 0U));
  if (!descriptor.is_open() && errno == ENOENT) return std::nullopt;
  if (!descriptor.is_open() && errno == ELOOP)
    throw Error(place_of(file), "a symbolic link, which is not followed here",
                "put the file itself in its place");
  struct stat status {};
  if (!descriptor.is_open() || fstat(descriptor.get(), &status) != 0)
    throw system_error(place_of(file));
  refuse_other_type(file, status);
  refuse_other_owner(file, status);
  close_to_others(file, descriptor, status, open_mode);
  return read_all(descriptor.get(), place_of(file), max_bytes);
}

void make_private_folder(const fs::path& folder) {
  struct stat status {};
  if (stat(folder.c_str(), &status) != 0) {
    if (errno != ENOENT) throw system_error(place_of(folder));
    std::error_code unknown;
    if (!fs::exists(folder.parent_path(), unknown)) make_private_folder(folder.parent_path());
    return make_folder(folder);
  }
  refuse_other_owner(folder, status);
  if (status.st_uid != geteuid() || (status.st_mode & group_and_others) == 0) return;
  if (uninterrupted(file_calls().chmod, folder.c_str(), mode_t{S_IRWXU}) != 0)
    throw system_error(place_of(folder));
}

}  // namespace pullsecret
