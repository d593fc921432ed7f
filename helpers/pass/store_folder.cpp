#include "helpers/pass/store_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <tuple>

#include <fmt/format.h>

#include "helpers/pass/gpg_obstacle.h"
#include "helpers/pass/layout.h"
#include "system/error.h"
#include "system/file.h"
#include "system/held_file.h"
#include "system/new_file.h"
#include "system/text.h"
#include "system/uninterrupted.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr int for_reading = O_RDONLY | O_NONBLOCK | O_NOCTTY;
constexpr const char* gpg_id = ".gpg-id";

std::string place_in(const Folder& folder, const std::string& name) {
  return place_of(FilePlace{folder, name}.path());
}

bool is_absence(int error_number) {
  return error_number == ENOENT || error_number == ENAMETOOLONG;
}

// Of `name` itself, not of what it links to.
std::optional<struct stat> status_in(const Folder& folder, const std::string& name) {
  struct stat status {};
  if (fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return status;
  if (is_absence(errno)) return std::nullopt;
  throw system_error(place_in(folder, name));
}

struct stat status_of(const FileDescriptor& descriptor, const std::string& place) {
  struct stat status {};
  if (fstat(descriptor.get(), &status) != 0) throw system_error(place);
  return status;
}

std::string_view kind_of(mode_t mode) {
  if (S_ISLNK(mode)) return "a symbolic link";
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISREG(mode)) return "a file";
  if (S_ISFIFO(mode)) return "a pipe";
  return S_ISSOCK(mode) ? "a socket" : "a device";
}

Error refusal(const fs::path& path, mode_t mode, std::string_view wanted) {
  return {
      place_of(path), fmt::format("it is {}, not {}", kind_of(mode), wanted),
      fmt::format("who may write to the password store put it there; `mv -i {} ~/` moves it out",
                  shell_operand(path.string()))};
}

// What a call on `path` failed for, by `errno`.
Error failure_at(const fs::path& path) {
  return errno == EACCES ? not_permitted(path, path) : system_error(place_of(path));
}

// What the open of `name` failed for: `errno` says it, but for what kind of thing it is.
Error not_opened(const Folder& folder, const std::string& name, std::string_view wanted) {
  const int error_number = errno;
  const auto status = status_in(folder, name);
  if (status && (error_number == ELOOP || error_number == ENOTDIR || error_number == ENXIO))
    return refusal(folder.path() / name, status->st_mode, wanted);
  errno = error_number;
  return failure_at(folder.path() / name);
}

std::int64_t written_at(const struct stat& status) {
  constexpr std::int64_t nanoseconds = 1'000'000'000;
  return std::int64_t{status.st_mtim.tv_sec} * nanoseconds + status.st_mtim.tv_nsec;
}

// What pass itself keeps beside entries.
bool is_of_pass(std::string_view name) {
  return name == gpg_id || name == ".gpg-id.sig";
}

// `folder` is the server's, or one below it, whose name there, with a slash behind it, is `prefix`.
// What goes away while it is looked at is not there.
void add_entries(const Folder& folder, const std::string& prefix, std::vector<PassEntry>& entries) {
  for (const std::string& name : names_in(folder)) {
    const auto status = status_in(folder, name);
    if (!status || is_of_pass(name)) continue;
    if (S_ISDIR(status->st_mode)) {
      if (const auto below = open_folder(folder, name))
        add_entries(*below, prefix + name + "/", entries);
      continue;
    }
    const auto entry = entry_of_file(name);
    if (S_ISLNK(status->st_mode) || (entry && !S_ISREG(status->st_mode)))
      throw refusal(folder.path() / name, status->st_mode, "a file of its own");
    if (entry) entries.push_back({.name = prefix + *entry, .written = written_at(*status)});
  }
}

}  // namespace

std::optional<Folder> open_store(const fs::path& store) {
  FileDescriptor descriptor(
      uninterrupted(open, store.c_str(), for_reading | O_CLOEXEC | O_DIRECTORY, 0U));
  if (descriptor.is_open()) return Folder(std::move(descriptor), store);
  if (is_absence(errno) || errno == ENOTDIR) return std::nullopt;
  throw failure_at(store);
}

std::optional<Folder> open_folder(const Folder& parent, const std::string& name) {
  FileDescriptor descriptor = parent.open(name, for_reading | O_DIRECTORY | O_NOFOLLOW);
  if (descriptor.is_open()) return Folder(std::move(descriptor), parent.path() / name);
  if (is_absence(errno)) return std::nullopt;
  throw not_opened(parent, name, "a folder");
}

std::vector<std::string> names_in(const Folder& folder) {
  const std::string place = place_of(folder.path());
  // Of its own: a copy of the descriptor would share the place up to which it was read.
  const int descriptor = uninterrupted(openat, folder.get(), ".",
                                       for_reading | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW, 0U);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(descriptor < 0 ? nullptr : fdopendir(descriptor),
                                                   closedir);
  if (!stream) throw system_error(place);
  std::vector<std::string> names;
  while (true) {
    errno = 0;
    const dirent* entry = readdir(stream.get());
    if (entry == nullptr && errno != 0) throw system_error(place);
    if (entry == nullptr) return names;
    const std::string_view name(&entry->d_name[0]);
    if (name != "." && name != "..") names.emplace_back(name);
  }
}

bool is_there(const Folder& folder, const std::string& name) {
  return status_in(folder, name).has_value();
}

bool is_another_name(const Folder& folder, const std::string& name) {
  const auto is_listed = [&] {
    const std::vector<std::string> names = names_in(folder);
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  // The second look: it may have gone before it was listed.
  return is_there(folder, name) && !is_listed() && is_there(folder, name);
}

std::vector<PassEntry> entries_in(const Folder& server) {
  std::vector<PassEntry> entries;
  add_entries(server, "", entries);
  std::sort(entries.begin(), entries.end(), [](const PassEntry& a, const PassEntry& b) {
    return std::tie(b.written, a.name) < std::tie(a.written, b.name);
  });
  return entries;
}

std::optional<StoreFile> read_file_in(const Folder& folder, const std::string& name,
                                      std::size_t max_bytes) {
  constexpr std::string_view wanted = "a file of its own";
  const FileDescriptor file = folder.open(name, for_reading | O_NOFOLLOW);
  if (!file.is_open() && is_absence(errno)) return std::nullopt;
  if (!file.is_open()) throw not_opened(folder, name, wanted);
  const std::string place = place_in(folder, name);
  const struct stat status = status_of(file, place);
  if (!S_ISREG(status.st_mode)) throw refusal(folder.path() / name, status.st_mode, wanted);
  return StoreFile{.content = read_all(file.get(), place, max_bytes),
                   .has_other_names = status.st_nlink > 1};
}

std::optional<std::string> read_gpg_id(const Folder& folder) {
  constexpr std::size_t max_bytes = 64UL * 1024;
  const FileDescriptor file = folder.open(gpg_id, for_reading);
  const std::string place = place_in(folder, gpg_id);
  if (!file.is_open() && errno == EACCES) throw failure_at(folder.path() / gpg_id);
  if (!file.is_open() || !S_ISREG(status_of(file, place).st_mode)) return std::nullopt;
  return read_all(file.get(), place, max_bytes);
}

void replace_file_in(const Folder& folder, const std::string& name, std::string_view content) {
  const FilePlace place{folder, name};
  const HeldFile file{.asked_for = place_in(folder, name),
                      .place = place,
                      .beside = folder,
                      .status = status_in(folder, name)};
  remove_abandoned(place);
  // What a power cut may bring back is the entry as it was.
  std::ignore = replace_file(file, content, Access::as_before);
}

void remove_file_in(const Folder& folder, const std::string& name) {
  unlinkat(folder.get(), name.c_str(), 0);
}

void remove_empty_folder_in(const Folder& folder, const std::string& name) {
  unlinkat(folder.get(), name.c_str(), AT_REMOVEDIR);
}

}  // namespace pullsecret
