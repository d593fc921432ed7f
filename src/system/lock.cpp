#include "system/lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <optional>
#include <thread>
#include <utility>

#include "system/error.h"
#include "system/file.h"
#include "system/file_calls.h"
#include "system/held_file.h"
#include "system/uninterrupted.h"

namespace pullsecret {
namespace {

// The system does not wait for a time. False: another process holds it.
bool lock_within(std::chrono::milliseconds patience, const std::optional<OpenFile>& file,
                 const std::filesystem::path& path) {
  constexpr std::chrono::milliseconds pause(5);
  if (!file) throw system_error(place_of(path));
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (uninterrupted(flock, file->descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) throw system_error(place_of(path));
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(pause);
  }
  return true;
}

}  // namespace

bool lock_open_file(const FileDescriptor& descriptor) {
  return uninterrupted(flock, descriptor.get(), LOCK_EX) == 0;
}

FileDescriptor lock_file(const FilePlace& file, std::chrono::milliseconds patience) {
  std::optional<OpenFile> opened = open_regular(file, O_RDWR | O_CREAT);
  if (!lock_within(patience, opened, file.path())) throw held_lock(file.path());
  return std::move(opened->descriptor);
}

bool can_be_locked(const std::filesystem::path& file, std::chrono::milliseconds patience) {
  const FilePlace place{hold_folder(file.parent_path()), file.filename()};
  return lock_within(patience, open_regular(place, O_RDWR), file);
}

Error held_lock(const std::filesystem::path& file) {
  return {place_of(file), "another process holds this lock",
          "wait for it, or end it: `lslocks -o PID,COMMAND,PATH` shows which"};
}

FileDescriptor lock_folder(const std::filesystem::path& folder) {
  FileDescriptor descriptor(uninterrupted(file_calls().openat, AT_FDCWD, folder.c_str(),
                                          O_RDONLY | O_DIRECTORY | O_CLOEXEC, mode_t{0}));
  if (descriptor.is_open()) lock_open_file(descriptor);
  return descriptor;
}

}  // namespace pullsecret
