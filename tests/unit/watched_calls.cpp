#include "watched_calls.h"

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "system/file_calls.h"

namespace {

using pullsecret::FileCalls;

const FileCalls real;
WatchedCalls::Judge judge_of_calls;  // none: every call is made
std::size_t calls = 0;
bool is_judging = false;

struct Judging {
  Judging() { is_judging = true; }
  Judging(const Judging&) = delete;
  Judging& operator=(const Judging&) = delete;
  ~Judging() { is_judging = false; }
};

Verdict verdict_on(std::string_view name, std::string path) {
  if (!judge_of_calls || is_judging) return 0;
  const Judging judging;
  return judge_of_calls({++calls, name, std::move(path)});
}

bool fails(std::string_view name, std::string path) {
  const Verdict verdict = verdict_on(name, std::move(path));
  if (verdict <= 0) return false;
  errno = verdict;
  return true;
}

std::string path_of(int descriptor) {
  std::error_code unknown;
  return std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), unknown);
}

std::string path_in(int folder, const char* name) {
  return folder == AT_FDCWD ? name : std::filesystem::path(path_of(folder)) / name;
}

ssize_t write_some(int descriptor, const void* bytes, std::size_t count) {
  const Verdict verdict = verdict_on("write", path_of(descriptor));
  if (verdict <= 0)
    return real.write(descriptor, bytes, verdict == half_written ? (count + 1) / 2 : count);
  errno = verdict;
  return -1;
}

template <typename Call, typename... Arguments>
int judged(std::string_view name, std::string path, Call call, Arguments... arguments) {
  return fails(name, std::move(path)) ? -1 : call(arguments...);
}

int not_made() {
  return 0;
}

const FileCalls watched{
    .openat =
        [](int folder, const char* file, int flags, mode_t mode) {
          return judged((flags & O_EXCL) != 0 ? "create" : "open", path_in(folder, file),
                        real.openat, folder, file, flags, mode);
        },
    .write = write_some,
    .fchown =
        [](int file, uid_t user, gid_t group) {
          return judged("fchown", path_of(file), real.fchown, file, user, group);
        },
    .fchmod = [](int file,
                 mode_t mode) { return judged("fchmod", path_of(file), real.fchmod, file, mode); },
    .fsetxattr =
        [](int file, const char* name, const void* value, std::size_t size, int flags) {
          return judged("fsetxattr", path_of(file), real.fsetxattr, file, name, value, size, flags);
        },
    .fremovexattr =
        [](int file, const char* name) {
          return judged("fremovexattr", path_of(file), real.fremovexattr, file, name);
        },
    .fsync =
        [](int file) {
          return judge_of_calls ? judged("fsync", path_of(file), not_made) : real.fsync(file);
        },
    .renameat2 =
        [](int folder, const char* file, const char* name, unsigned flags) {
          return judged(flags == 0 ? "rename" : "renameat2", path_in(folder, name), real.renameat2,
                        folder, file, name, flags);
        },
    .linkat =
        [](int folder, const char* file, const char* name) {
          return judged("link", path_in(folder, name), real.linkat, folder, file, name);
        },
    .unlinkat =
        [](int folder, const char* file, int flags) {
          return judged(flags == 0 ? "unlink" : "rmdir", path_in(folder, file), real.unlinkat,
                        folder, file, flags);
        },
    .mkdirat =
        [](int folder, const char* name, mode_t mode) {
          return judged("mkdir", path_in(folder, name), real.mkdirat, folder, name, mode);
        },
};

}  // namespace

const FileCalls& pullsecret::file_calls() {
  return watched;
}

WatchedCalls::WatchedCalls(Judge judge) : before_(std::exchange(judge_of_calls, std::move(judge))) {
  calls = 0;
}

WatchedCalls::~WatchedCalls() {
  judge_of_calls = std::move(before_);
}
