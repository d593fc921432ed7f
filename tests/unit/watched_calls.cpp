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

int make_temporary(char* pattern, int flags) {
  std::string asked = pattern;
  if (!fails("mkostemp", asked)) return real.mkostemp(pattern, flags);
  // As glibc leaves it: no pattern any more.
  asked.replace(asked.size() - 6, 6, "aaaaaa").copy(pattern, asked.size());
  return -1;
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
    .open = [](const char* file, int flags,
               mode_t mode) { return judged("open", file, real.open, file, flags, mode); },
    .mkostemp = make_temporary,
    .write = write_some,
    .fchown =
        [](int file, uid_t user, gid_t group) {
          return judged("fchown", path_of(file), real.fchown, file, user, group);
        },
    .fchmod = [](int file,
                 mode_t mode) { return judged("fchmod", path_of(file), real.fchmod, file, mode); },
    .chmod = [](const char* file,
                mode_t mode) { return judged("chmod", file, real.chmod, file, mode); },
    .fsync =
        [](int file) {
          return judge_of_calls ? judged("fsync", path_of(file), not_made) : real.fsync(file);
        },
    .rename = [](const char* file,
                 const char* name) { return judged("rename", name, real.rename, file, name); },
    .renameat2 =
        [](int folder, const char* file, int new_folder, const char* name, unsigned flags) {
          return judged("renameat2", name, real.renameat2, folder, file, new_folder, name, flags);
        },
    .link = [](const char* file,
               const char* name) { return judged("link", name, real.link, file, name); },
    .unlink = [](const char* file) { return judged("unlink", file, real.unlink, file); },
    .mkdir = [](const char* folder,
                mode_t mode) { return judged("mkdir", folder, real.mkdir, folder, mode); },
    .rmdir = [](const char* folder) { return judged("rmdir", folder, real.rmdir, folder); },
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
