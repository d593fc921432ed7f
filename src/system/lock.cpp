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

FileDescriptor lock_file(const std::filesystem::path& file) {
  FileDescriptor descriptor(uninterrupted(file_calls().open, file.c_str(),
                                          O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
                                          mode_t{S_IRUSR | S_IWUSR}));
  if (!descriptor.is_open() || !lock_open_file(descriptor)) throw system_error(place_of(file));
  return descriptor;
}

FileDescriptor lock_folder(const std::filesystem::path& folder) {
  FileDescriptor descriptor(uninterrupted(file_calls().open, folder.c_str(),
                                          O_RDONLY | O_DIRECTORY | O_CLOEXEC, mode_t{0}));
  if (descriptor.is_open()) lock_open_file(descriptor);
  return descriptor;
}

}  // namespace pullsecret
