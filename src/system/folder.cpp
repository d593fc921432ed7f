#include "system/folder.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "system/file.h"
#include "system/file_calls.h"
#include "system/uninterrupted.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr int without_waiting = O_NONBLOCK | O_NOCTTY;

FileDescriptor open_at(int folder, const std::string& name, int flags, mode_t mode) {
  return FileDescriptor(
      uninterrupted(file_calls().openat, folder, name.c_str(), flags | O_CLOEXEC, mode));
}

std::optional<OpenFile> checked(FileDescriptor descriptor, int flags, const std::string& place) {
  if (!descriptor.is_open() && errno == ENOENT) return std::nullopt;
  if (!descriptor.is_open() && errno == ELOOP && (flags & O_NOFOLLOW) != 0)
    throw Error(place, "a symbolic link, which is not followed here",
                "put the file itself in its place");
  OpenFile file{.descriptor = std::move(descriptor)};
  if (!file.descriptor.is_open() || fstat(file.descriptor.get(), &file.status) != 0)
    throw system_error(place);
  if (!S_ISREG(file.status.st_mode))
    throw Error(place, S_ISDIR(file.status.st_mode) ? error_text(EISDIR) : "not a regular file");
  return file;
}

}  // namespace

Folder::Folder(FileDescriptor descriptor, fs::path path)
    : descriptor_(std::make_shared<const FileDescriptor>(std::move(descriptor))),
      path_(std::move(path)) {}

FileDescriptor Folder::open(const std::string& name, int flags, mode_t mode) const {
  return open_at(get(), name, flags, mode);
}

struct stat Folder::status() const {
  struct stat status {};
  if (fstat(get(), &status) != 0) throw system_error(place_of(path_));
  return status;
}

std::vector<std::string> Folder::names() const {
  std::vector<std::string> names;
  const int descriptor = openat(get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* entries = descriptor < 0 ? nullptr : fdopendir(descriptor);  // which then owns it
  if (entries == nullptr) return names;
  while (const dirent* entry = readdir(entries))
    names.emplace_back(&entry->d_name[0]);
  closedir(entries);
  std::sort(names.begin(), names.end());
  return names;
}

Unsynced Folder::sync() const {
  const FileDescriptor readable = open(".", O_RDONLY | O_DIRECTORY);
  if (!readable.is_open() && errno == EACCES) return std::nullopt;
  if (readable.is_open() &&
      (uninterrupted(file_calls().fsync, readable.get()) == 0 || errno == EINVAL))
    return std::nullopt;
  return Error(place_of(path_), fmt::format("cannot be synced to disk: {}", error_text(errno)),
               "a power cut may undo the last change in it");
}

std::optional<OpenFile> open_regular(const FilePlace& file, int flags) {
  flags |= O_NOFOLLOW | without_waiting;
  return checked(file.folder.open(file.name, flags, S_IRUSR | S_IWUSR), flags,
                 place_of(file.path()));
}

std::optional<OpenFile> open_regular(const fs::path& file, SymbolicLink symbolic_link) {
  const int flags =
      O_RDONLY | without_waiting | (symbolic_link == SymbolicLink::refused ? O_NOFOLLOW : 0);
  return checked(open_at(AT_FDCWD, file.string(), flags, 0), flags, place_of(file));
}

}  // namespace pullsecret
