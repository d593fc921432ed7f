#include "system/held_file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <deque>
#include <utility>

#include <fmt/format.h>

#include "system/file.h"
#include "system/file_calls.h"
#include "system/uninterrupted.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

// On the way along a path, a name at a time: in `folder`, with `names` still to go.
struct Walk {
  std::string place;  // of errors: the whole path
  Folder folder;
  std::deque<std::string> names;
  int links = 0;
  std::optional<Error> planted = {};
};

Folder beginning_of(const fs::path& path) {
  const char* folder = path.is_absolute() ? "/" : ".";
  FileDescriptor descriptor(uninterrupted(file_calls().openat, AT_FDCWD, folder,
                                          O_PATH | O_DIRECTORY | O_CLOEXEC, mode_t{0}));
  if (!descriptor.is_open()) throw system_error(place_of(path));
  return {std::move(descriptor), folder};
}

// The end of `a/` is the folder itself.
std::deque<std::string> names_in(const fs::path& path) {
  std::deque<std::string> names;
  for (const fs::path& name : path.relative_path())
    names.push_back(name.empty() ? "." : name.string());
  if (names.empty()) names.emplace_back(".");
  return names;
}

fs::path path_in(const Folder& folder, const std::string& name) {
  return name == "." ? folder.path() : folder.path() / name;
}

// Only O_DIRECTORY mounts what is to be mounted when it is first used (autofs).
FileDescriptor look_at(const Folder& folder, const std::string& name) {
  FileDescriptor found = folder.open(name, O_PATH | O_NOFOLLOW | O_DIRECTORY);
  if (found.is_open() || (errno != ENOTDIR && errno != ELOOP)) return found;
  return folder.open(name, O_PATH | O_NOFOLLOW);
}

struct stat status_of(const FileDescriptor& descriptor, const std::string& place) {
  struct stat status {};
  if (fstat(descriptor.get(), &status) != 0) throw system_error(place);
  return status;
}

const char* kind_of(mode_t mode) {
  if (S_ISLNK(mode)) return "a symbolic link";
  if (S_ISFIFO(mode)) return "a named pipe";
  return S_ISSOCK(mode) ? "a socket" : "a device";
}

std::optional<Error> why_planted(const FilePlace& place, const struct stat& status) {
  if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) return std::nullopt;
  const bool is_own = status.st_uid == geteuid() || status.st_uid == 0;
  if (is_own || place.folder.path() == "/dev") return std::nullopt;
  return Error(place_of(place.path()),
               fmt::format("{} of user {}, who would choose where it leads, and this is user {}",
                           kind_of(status.st_mode), status.st_uid, geteuid()),
               "name a file in a folder that only you may write to");
}

bool is_kernels_own(const FileDescriptor& link) {
  struct statfs file_system {};
  return fstatfs(link.get(), &file_system) == 0 && file_system.f_type == PROC_SUPER_MAGIC;
}

fs::path text_of(const FileDescriptor& link, const std::string& place) {
  std::array<char, PATH_MAX> text{};
  const ssize_t size = readlinkat(link.get(), "", text.data(), text.size());
  if (size < 0) throw system_error(place);
  return {std::string(text.data(), static_cast<std::size_t>(size))};
}

void follow(Walk& walk, const FileDescriptor& link) {
  constexpr int max_links = 40;  // Linux's own limit
  if (++walk.links > max_links) throw Error(walk.place, error_text(ELOOP));
  const fs::path text = text_of(link, walk.place);
  if (text.is_absolute()) walk.folder = beginning_of(text);
  const std::deque<std::string> names = names_in(text);
  walk.names.insert(walk.names.begin(), names.begin(), names.end());
}

// Where a link of /proc leads is not in its text alone.
FileDescriptor open_behind(const Walk& walk, const std::string& link) {
  FileDescriptor found = walk.folder.open(link, O_PATH);
  if (!found.is_open()) throw system_error(walk.place);
  return found;
}

void make_folder(const Walk& walk, const std::string& name) {
  if (walk.planted) throw Error(*walk.planted);
  const std::string place = place_of(path_in(walk.folder, name));
  const bool made = file_calls().mkdirat(walk.folder.get(), name.c_str(), mode_t{S_IRWXU}) == 0;
  if (!made && errno != EEXIST) throw system_error(place);
  const Unsynced unsynced = walk.folder.sync();
  if (!unsynced) return;
  if (made) file_calls().unlinkat(walk.folder.get(), name.c_str(), AT_REMOVEDIR);
  throw Error(place, unsynced->what());
}

HeldFile hold(const fs::path& path, MissingFolder missing) {
  Walk walk{.place = place_of(path), .folder = beginning_of(path), .names = names_in(path)};
  std::optional<Folder> beside;
  while (true) {
    const std::string name = walk.names.front();
    walk.names.pop_front();
    const bool is_last = walk.names.empty();
    if (is_last && !beside) beside = walk.folder;
    FileDescriptor found = look_at(walk.folder, name);
    const bool is_missing = !found.is_open() && errno == ENOENT;
    if (is_missing && !is_last && missing == MissingFolder::made) {
      make_folder(walk, name);
      walk.names.push_front(name);
      continue;
    }
    if (!found.is_open() && !(is_missing && is_last)) throw system_error(walk.place);
    HeldFile held{.asked_for = walk.place,
                  .place = {walk.folder, name},
                  .beside = beside.value_or(walk.folder)};
    held.planted = walk.planted;
    if (is_missing) return held;

    held.status = status_of(found, walk.place);
    held.is_open_file = S_ISLNK(held.status->st_mode) && is_kernels_own(found);
    if (held.is_open_file) {
      found = open_behind(walk, name);
      held.status = status_of(found, walk.place);
    } else if (!held.planted) {
      held.planted = walk.planted = why_planted(held.place, *held.status);
    }
    if (S_ISLNK(held.status->st_mode))
      follow(walk, found);
    else if (is_last)
      return held;
    else if (!held.is_folder())
      throw Error(walk.place, error_text(ENOTDIR));
    else
      walk.folder = Folder(std::move(found), path_in(walk.folder, name));
  }
}

// What a name leads to now is that which was looked up.
void require_same(const HeldFile& held, const FileDescriptor& opened) {
  if (!opened.is_open()) throw system_error(held.asked_for);
  const struct stat status = status_of(opened, held.asked_for);
  if (status.st_dev != held.status->st_dev || status.st_ino != held.status->st_ino)
    throw Error(held.asked_for, "something else took its place meanwhile");
}

FileDescriptor open_stream(const HeldFile& stream, int flags) {
  const int follow = stream.is_open_file ? 0 : O_NOFOLLOW;
  FileDescriptor opened = stream.place.folder.open(stream.place.name, flags | O_NOCTTY | follow);
  require_same(stream, opened);
  return opened;
}

}  // namespace

HeldFile hold_file(const fs::path& file) {
  return hold(file, MissingFolder::refused);
}

Folder hold_folder(const fs::path& path, MissingFolder missing) {
  return hold(path / ".", missing).place.folder;
}

FileDescriptor open_to_read(const HeldFile& stream) {
  return open_stream(stream, O_RDONLY);
}

FileDescriptor open_to_write(const HeldFile& stream) {
  return open_stream(stream, O_WRONLY | O_APPEND);
}

}  // namespace pullsecret
