#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>

namespace pullsecret {

/// The system calls that make and change files, in one table, so that a test can let each of them
/// fail. close(2) is not among them: after fsync(2) it has nothing to say.
struct FileCalls {
  int (*open)(const char* file, int flags, mode_t mode) =
      [](const char* file, int flags, mode_t mode) { return ::open(file, flags, mode); };
  int (*mkostemp)(char* pattern, int flags) = ::mkostemp;
  ssize_t (*write)(int descriptor, const void* bytes, std::size_t count) = ::write;
  int (*fchown)(int descriptor, uid_t user, gid_t group) = ::fchown;
  int (*fchmod)(int descriptor, mode_t mode) = ::fchmod;
  int (*chmod)(const char* file, mode_t mode) = ::chmod;
  int (*fsync)(int descriptor) = ::fsync;
  int (*rename)(const char* file, const char* new_name) = ::rename;
  int (*renameat2)(int folder, const char* file, int new_folder, const char* new_name,
                   unsigned flags) = [](int folder, const char* file, int new_folder,
                                        const char* new_name, unsigned flags) {
    // musl has no function for it before 1.2.6.
    return static_cast<int>(syscall(SYS_renameat2, folder, file, new_folder, new_name, flags));
  };
  int (*link)(const char* file, const char* new_name) = ::link;
  int (*unlink)(const char* file) = ::unlink;
  int (*mkdir)(const char* folder, mode_t mode) = ::mkdir;
  int (*rmdir)(const char* folder) = ::rmdir;
};

/// The system's own. The unit tests link another definition of this function in place of
/// file_calls.cpp, so that nothing here can be exchanged while a program runs.
const FileCalls& file_calls();

}  // namespace pullsecret
