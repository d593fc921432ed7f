#include "system/destination.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <string>

#include <fmt/format.h>

#include "system/error.h"
#include "system/file.h"
#include "system/file_calls.h"
#include "system/uninterrupted.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

FileDescriptor open_path(const fs::path& path, int flags) {
  return FileDescriptor(
      uninterrupted(file_calls().open, path.c_str(), flags | O_CLOEXEC, mode_t{0}));
}

struct stat status_of(const FileDescriptor& descriptor, const fs::path& path) {
  struct stat status {};
  if (fstat(descriptor.get(), &status) != 0) throw system_error(place_of(path));
  return status;
}

const char* kind_of(mode_t mode) {
  if (S_ISLNK(mode)) return "a symbolic link";
  if (S_ISFIFO(mode)) return "a named pipe";
  return S_ISSOCK(mode) ? "a socket" : "a device";
}

void refuse_planted(const fs::path& path, const struct stat& status) {
  const bool is_own = status.st_uid == geteuid() || status.st_uid == 0;
  if (is_own || path.parent_path() == "/dev") return;
  throw Error(place_of(path),
              fmt::format("{} of user {}, who would choose where it leads, and this is user {}",
                          kind_of(status.st_mode), status.st_uid, geteuid()),
              "name a file in a folder that only you may write to");
}

bool is_link_to_open_file(const FileDescriptor& link) {
  struct statfs file_system {};
  return fstatfs(link.get(), &file_system) == 0 && file_system.f_type == PROC_SUPER_MAGIC;
}

Destination open_file_behind(const fs::path& link) {
  struct stat status {};
  if (stat(link.c_str(), &status) != 0) throw system_error(place_of(link));
  return {.path = link, .status = status, .is_open_file = true};
}

fs::path text_of(const FileDescriptor& link, const fs::path& path) {
  std::array<char, PATH_MAX> text{};
  const ssize_t size = readlinkat(link.get(), "", text.data(), text.size());
  if (size < 0) throw system_error(place_of(path));
  return {std::string(text.data(), static_cast<std::size_t>(size))};
}

}  // namespace

Destination find_destination(const fs::path& file) {
  constexpr int max_links = 40;  // Linux's own limit
  fs::path path = file.has_parent_path() ? file : "." / file;
  for (int links = 0; links <= max_links; ++links) {
    const FileDescriptor found = open_path(path, O_PATH | O_NOFOLLOW);
    if (!found.is_open() && errno == ENOENT) return {.path = path, .status = std::nullopt};
    if (!found.is_open()) throw system_error(place_of(path));
    const struct stat status = status_of(found, path);
    const bool is_link = S_ISLNK(status.st_mode);
    if (is_link && is_link_to_open_file(found)) return open_file_behind(path);
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) refuse_planted(path, status);
    if (!is_link) return {.path = path, .status = status};
    path = path.parent_path() / text_of(found, path);
  }
  throw Error(place_of(file), error_text(ELOOP));
}

FileDescriptor open_stream(const Destination& stream) {
  const int follow = stream.is_open_file ? 0 : O_NOFOLLOW;
  FileDescriptor opened = open_path(stream.path, O_WRONLY | O_APPEND | O_NOCTTY | follow);
  if (!opened.is_open()) throw system_error(place_of(stream.path));
  const struct stat status = status_of(opened, stream.path);
  if (status.st_dev != stream.status->st_dev || status.st_ino != stream.status->st_ino)
    throw Error(place_of(stream.path), "something else took its place meanwhile");
  return opened;
}

}  // namespace pullsecret
