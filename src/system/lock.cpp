#include "system/lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "system/error.h"
#include "system/file.h"

namespace pullsecret {

bool lock_open_file(const FileDescriptor& descriptor) {
  int result = 0;
  do {
    result = flock(descriptor.get(), LOCK_EX);
  } while (result != 0 && errno == EINTR);
  return result == 0;
}

FileDescriptor lock_file(const std::filesystem::path& file) {
  FileDescriptor descriptor(
      open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!descriptor.is_open() || !lock_open_file(descriptor)) throw system_error(place_of(file));
  return descriptor;
}

}  // namespace pullsecret
