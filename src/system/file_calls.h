#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>

namespace pullsecret {

/// The system calls that look up, make and change files, in one table, so that a test can let each
/// of them fail, or do something before it. Names are those in a folder that is held (folder.h), or
/// paths with AT_FDCWD. close(2) is not among them: after fsync(2) it has nothing to say.
struct FileCalls {
  int (*openat)(int folder, const char* file, int flags,
                mode_t mode) = [](int folder, const char* file, int flags, mode_t mode) {
    return ::openat(folder, file, flags, mode);
  };
  ssize_t (*write)(int descriptor, const void* bytes, std::size_t count) = ::write;
  int (*fchown)(int descriptor, uid_t user, gid_t group) = ::fchown;
  int (*fchmod)(int descriptor, mode_t mode) = ::fchmod;
  int (*fsetxattr)(int descriptor, const char* name, const void* value, std::size_t size,
                   int flags) = ::fsetxattr;
  int (*fremovexattr)(int descriptor, const char* name) = ::fremovexattr;
  int (*fsync)(int descriptor) = ::fsync;
  /// Within one folder. Where no flag is asked for, it is renameat(2), which all have.
  int (*renameat2)(int folder, const char* file, const char* new_name, unsigned flags) =
      [](int folder, const char* file, const char* new_name, unsigned flags) {
        if (flags == 0) return ::renameat(folder, file, folder, new_name);
        // musl has no function for it before 1.2.6.
        return static_cast<int>(syscall(SYS_renameat2, folder, file, folder, new_name, flags));
      };
  int (*linkat)(int folder, const char* file,
                const char* new_name) = [](int folder, const char* file, const char* new_name) {
    return ::linkat(folder, file, folder, new_name, 0);
  };
  int (*unlinkat)(int folder, const char* file, int flags) = ::unlinkat;
  int (*mkdirat)(int folder, const char* name, mode_t mode) = ::mkdirat;
};

/// The system's own. The unit tests link another definition of this function in place of
/// file_calls.cpp, so that nothing here can be exchanged while a program runs.
const FileCalls& file_calls();

}  // namespace pullsecret
