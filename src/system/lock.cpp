#include "system/lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include "system/error.h"
#include "system/file.h"
#include "system/file_calls.h"
#include "system/uninterrupted.h"

namespace pullsecret {

bool lock_open_file(const FileDescriptor& descriptor) {
  return uninterrupted(flock, descriptor.get(), LOCK_EX) == 0;
}

FileDescriptor lock_file(const FilePlace& file) {
  std::optional<OpenFile> opened = open_regular(file, O_RDWR | O_CREAT);
  if (!opened || !lock_open_file(opened->descriptor)) throw system_error(place_of(file.path()));
  return std::move(opened->descriptor);
}

FileDescriptor lock_folder(const std::filesystem::path& folder) {
  FileDescriptor descriptor(uninterrupted(file_calls().openat, AT_FDCWD, folder.c_str(),
                                          O_RDONLY | O_DIRECTORY | O_CLOEXEC, mode_t{0}));
  if (descriptor.is_open()) lock_open_file(descriptor);
  return descriptor;
}

}  // namespace pullsecret
