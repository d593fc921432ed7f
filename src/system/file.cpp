#include "system/file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "system/destination.h"
#include "system/file_calls.h"
#include "system/file_descriptor.h"
#include "system/new_file.h"
#include "system/text.h"
#include "system/uninterrupted.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

FileDescriptor open_file(const fs::path& file, int flags) {
  FileDescriptor descriptor(uninterrupted(file_calls().open, file.c_str(), flags | O_CLOEXEC, 0U));
  if (!descriptor.is_open()) throw system_error(place_of(file));
  return descriptor;
}

// That of what `file` is or points to; nothing if it is not there.
std::optional<struct stat> status_of(const fs::path& file, const std::string& place) {
  struct stat status {};
  if (stat(file.c_str(), &status) == 0) return status;
  if (errno != ENOENT) throw system_error(place);
  return std::nullopt;
}

// Whether read() or write() is to be called again: it was interrupted, or the descriptor, which
// came from somebody else, does not block and is ready now.
bool may_go_on(int descriptor, short events) {
  if (errno == EINTR) return true;
  if (errno != EAGAIN) return false;
  pollfd waited{descriptor, events, 0};
  return poll(&waited, 1, -1) >= 0 || errno == EINTR;
}

// With its folder, to make another file there and to sync it.
fs::path with_folder(const fs::path& file) {
  return file.has_parent_path() ? file : "." / file;
}

// Nothing if it leads to no place to write to.
std::optional<fs::path> reachable_target_of(const fs::path& file) {
  try {
    return find_destination(file).path;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

std::string place_of(const fs::path& path) {
  return printable(path.string(), 4096);
}

std::string read_all(int descriptor, const std::string& name, std::size_t max_bytes) {
  std::string content;
  std::array<char, 16384> buffer{};
  while (true) {
    const ssize_t count = read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && may_go_on(descriptor, POLLIN)) continue;
    if (count < 0) throw system_error(name);
    if (count == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(count));
    if (content.size() > max_bytes)
      throw Error(name, fmt::format("larger than {}", size_in_words(max_bytes)));
  }
}

std::string read_file(const fs::path& file, std::size_t max_bytes) {
  return read_all(open_file(file, O_RDONLY).get(), place_of(file), max_bytes);
}

bool has_reader(int descriptor) {
  pollfd end{descriptor, 0, 0};
  return poll(&end, 1, 0) <= 0 || (end.revents & (POLLERR | POLLHUP)) == 0;
}

void write_all(int descriptor, const std::string& name, std::string_view content) {
  while (!content.empty()) {
    const ssize_t count = file_calls().write(descriptor, content.data(), content.size());
    if (count < 0 && may_go_on(descriptor, POLLOUT)) continue;
    if (count < 0) throw system_error(name);
    content.remove_prefix(static_cast<std::size_t>(count));
  }
}

Unsynced replace_file(const fs::path& file, std::string_view content, Access access,
                      const std::function<void()>& check) {
  const std::string place = place_of(file);
  const Destination destination = find_destination(file);
  if (destination.is_folder()) throw Error(place, error_text(EISDIR));
  if (destination.is_stream()) {
    check();
    write_all(open_stream(destination).get(), place, content);
    return std::nullopt;
  }
  NewFile created(destination.path, place);
  if (destination.status && access == Access::as_before)
    created.take_access_of(*destination.status);
  created.write(content);
  check();
  created.take_place();
  return sync_folder(destination.path.parent_path());
}

bool make_file(const fs::path& file, std::string_view content,
               const std::optional<fs::path>& original) {
  const fs::path target = with_folder(file);
  const std::string place = place_of(file);
  NewFile created(target, place);
  if (original)
    if (const auto status = status_of(*original, place)) created.give_to_owner_of(*status);
  created.write(content);
  if (!created.take_free_place()) return false;
  const Unsynced unsynced = sync_folder(target.parent_path());
  if (!unsynced) return true;
  file_calls().unlink(target.c_str());
  throw Error(place, unsynced->what());
}

Unsynced rename_file(const fs::path& file, const fs::path& new_name) {
  if (file_calls().rename(file.c_str(), new_name.c_str()) != 0)
    throw system_error(place_of(new_name));
  return sync_folder(with_folder(new_name).parent_path());
}

Unsynced remove_file(const fs::path& file) {
  if (file_calls().unlink(file.c_str()) != 0) throw system_error(place_of(file));
  return sync_folder(with_folder(file).parent_path());
}

void close_to_others(const fs::path& file) {
  const FileDescriptor descriptor =
      open_file(find_destination(file).path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (uninterrupted(file_calls().fchmod, descriptor.get(), mode_t{S_IRUSR | S_IWUSR}) != 0)
    throw system_error(place_of(file));
}

std::vector<fs::path> abandoned_files(const fs::path& file) {
  const auto target = reachable_target_of(file);
  return target ? abandoned_new_files(*target) : std::vector<fs::path>();
}

void remove_abandoned(const fs::path& file) {
  if (const auto target = reachable_target_of(file)) remove_abandoned_new_files(*target);
}

Unsynced sync_folder(const fs::path& folder) {
  const FileDescriptor descriptor(
      uninterrupted(file_calls().open, folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0U));
  if (!descriptor.is_open() && errno == EACCES) return std::nullopt;
  if (descriptor.is_open() &&
      (uninterrupted(file_calls().fsync, descriptor.get()) == 0 || errno == EINVAL))
    return std::nullopt;
  return Error(place_of(folder), fmt::format("cannot be synced to disk: {}", error_text(errno)),
               "a power cut may undo the last change in it");
}

}  // namespace pullsecret
