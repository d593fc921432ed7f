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

#include "system/file_calls.h"
#include "system/file_descriptor.h"
#include "system/new_file.h"
#include "system/text.h"
#include "system/uninterrupted.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

// Whether read() or write() is to be called again: it was interrupted, or the descriptor, which
// came from somebody else, does not block and is ready now.
bool may_go_on(int descriptor, short events) {
  if (errno == EINTR) return true;
  if (errno != EAGAIN) return false;
  pollfd waited{descriptor, events, 0};
  return poll(&waited, 1, -1) >= 0 || errno == EINTR;
}

// Of the file that was read, else of the one that is there now; if that cannot be read, its list of
// who may is not to be had.
void take_access(const NewFile& created, const HeldFile& held) {
  constexpr int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  const FileDescriptor found =
      held.content ? FileDescriptor() : held.place.folder.open(held.place.name, flags);
  const FileDescriptor& original = held.content ? *held.content : found;
  struct stat status = *held.status;
  if (original.is_open() ? fstat(original.get(), &status) != 0 : errno != EACCES)
    throw system_error(held.asked_for);
  created.take_access_of(status, original);
}

std::string read_held(HeldFile& held, std::size_t max_bytes, std::string_view way_to_less = {}) {
  std::optional<OpenFile> file = open_regular(held.place);
  if (!file) throw Error(held.asked_for, error_text(ENOENT));
  held.status = file->status;
  held.content = std::make_shared<const FileDescriptor>(std::move(file->descriptor));
  return read_all(held.content->get(), held.asked_for, max_bytes, way_to_less);
}

}  // namespace

std::string place_of(const fs::path& path) {
  return printable(path.string(), 4096);
}

bool is_there(const fs::path& path) {
  std::error_code unknown;
  return fs::symlink_status(path, unknown).type() != fs::file_type::not_found;
}

std::string read_all(int descriptor, const std::string& name, std::size_t max_bytes,
                     std::string_view way_to_less) {
  std::string content;
  std::array<char, 16384> buffer{};
  while (true) {
    const ssize_t count = read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && may_go_on(descriptor, POLLIN)) continue;
    if (count < 0) throw system_error(name);
    if (count == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(count));
    if (content.size() > max_bytes)
      throw Error(name, fmt::format("larger than {}", size_in_words(max_bytes)),
                  std::string(way_to_less));
  }
}

std::string read_file(const fs::path& file, std::size_t max_bytes) {
  const std::optional<OpenFile> opened = open_regular(file);
  if (!opened) throw Error(place_of(file), error_text(ENOENT));
  return read_all(opened->descriptor.get(), place_of(file), max_bytes);
}

std::string read_input(const fs::path& file, std::size_t max_bytes, std::string_view way_to_less) {
  const FileDescriptor opened(uninterrupted(file_calls().openat, AT_FDCWD, file.c_str(),
                                            O_RDONLY | O_NOCTTY | O_CLOEXEC, mode_t{0}));
  if (!opened.is_open()) throw system_error(place_of(file));
  return read_all(opened.get(), place_of(file), max_bytes, way_to_less);
}

std::string read_file(HeldFile& file, std::size_t max_bytes) {
  if (file.is_stream()) throw Error(file.asked_for, "not a regular file");
  return read_held(file, max_bytes);
}

std::string read_input(HeldFile& file, std::size_t max_bytes, std::string_view way_to_less) {
  if (!file.is_stream()) return read_held(file, max_bytes, way_to_less);
  return read_all(open_to_read(file).get(), file.asked_for, max_bytes, way_to_less);
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

Unsynced replace_file(const HeldFile& file, std::string_view content, Access access,
                      const std::function<void()>& check) {
  if (file.planted) throw Error(*file.planted);
  if (file.is_folder()) throw Error(file.asked_for, error_text(EISDIR));
  if (file.is_stream()) {
    check();
    write_all(open_to_write(file).get(), file.asked_for, content);
    return std::nullopt;
  }
  NewFile created(file.place, file.asked_for);
  if (file.status && access == Access::as_before) take_access(created, file);
  created.write(content);
  check();
  created.take_place();
  return file.place.folder.sync();
}

Unsynced replace_file(const fs::path& file, std::string_view content, Access access) {
  return replace_file(hold_file(file), content, access);
}

Unsynced replace_file(const FilePlace& file, std::string_view content) {
  NewFile created(file, place_of(file.path()));
  created.write(content);
  created.take_place();
  return file.folder.sync();
}

bool make_file(const FilePlace& file, std::string_view content,
               const std::optional<struct stat>& original) {
  const std::string place = place_of(file.path());
  NewFile created(file, place);
  if (original) created.give_to_owner_of(*original);
  created.write(content);
  if (!created.take_free_place()) return false;
  const Unsynced unsynced = file.folder.sync();
  if (!unsynced) return true;
  file_calls().unlinkat(file.folder.get(), file.name.c_str(), 0);
  throw Error(place, unsynced->what());
}

Unsynced rename_file(const FilePlace& file, const std::string& new_name) {
  const int folder = file.folder.get();
  if (file_calls().renameat2(folder, file.name.c_str(), new_name.c_str(), 0) != 0)
    throw system_error(place_of(file.folder.path() / new_name));
  return file.folder.sync();
}

Unsynced remove_file(const FilePlace& file) {
  if (file_calls().unlinkat(file.folder.get(), file.name.c_str(), 0) != 0)
    throw system_error(place_of(file.path()));
  return file.folder.sync();
}

void close_to_others(const HeldFile& file) {
  if (uninterrupted(file_calls().fchmod, file.content->get(), mode_t{S_IRUSR | S_IWUSR}) != 0)
    throw system_error(file.asked_for);
}

}  // namespace pullsecret
