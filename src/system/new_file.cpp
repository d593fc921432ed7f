#include "system/new_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "system/error.h"
#include "system/file.h"
#include "system/file_calls.h"
#include "system/uninterrupted.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view mark = "pullsecret-";
constexpr std::string_view made_up = "XXXXXX";  // by mkostemp(3), of letters and digits

// The name of a new file beside `target`, up to the characters that are made up.
std::string name_prefix(const fs::path& target) {
  const std::size_t most = 255 - std::string_view("..").size() - mark.size() - made_up.size();
  return fmt::format(".{}.{}", target.filename().string().substr(0, most), mark);
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_name_of_new_file(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix) || name.size() != prefix.size() + made_up.size()) return false;
  name.remove_prefix(prefix.size());
  return std::all_of(name.begin(), name.end(), is_letter_or_digit);
}

bool is_held_by_another(const FileDescriptor& file) {
  return uninterrupted(flock, file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

// Somebody may have removed it between its making and its lock, or be about to.
bool is_lost(const FileDescriptor& file) {
  struct stat status {};
  return is_held_by_another(file) || (fstat(file.get(), &status) == 0 && status.st_nlink == 0);
}

// The open file, locked, if nobody else holds it.
std::optional<FileDescriptor> abandoned(const fs::path& file) {
  constexpr int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  FileDescriptor descriptor(uninterrupted(file_calls().open, file.c_str(), flags, mode_t{0}));
  struct stat status {};
  if (!descriptor.is_open() || fstat(descriptor.get(), &status) != 0) return std::nullopt;
  if (!S_ISREG(status.st_mode) || status.st_uid != geteuid()) return std::nullopt;
  if (uninterrupted(flock, descriptor.get(), LOCK_EX | LOCK_NB) != 0) return std::nullopt;
  return descriptor;
}

void for_each_abandoned(const fs::path& target, const std::function<void(const fs::path&)>& work) {
  const std::string prefix = name_prefix(target);
  std::error_code ignored;
  for (fs::directory_iterator entry(target.parent_path(), ignored), end; entry != end;
       entry.increment(ignored)) {
    if (!is_name_of_new_file(entry->path().filename().string(), prefix)) continue;
    if (const auto held = abandoned(entry->path())) work(entry->path());
  }
}

}  // namespace

NewFile::NewFile(fs::path target, std::string place)
    : target_(std::move(target)), place_(std::move(place)), descriptor_(make()) {}

NewFile::~NewFile() {
  if (!path_.empty()) file_calls().unlink(path_.c_str());
}

void NewFile::give_to_owner_of(const struct stat& status) const {
  const auto own = [&](uid_t user) {
    return uninterrupted(file_calls().fchown, descriptor_.get(), user, status.st_gid) == 0;
  };
  [[maybe_unused]] const bool ignored = own(status.st_uid) || own(static_cast<uid_t>(-1));
}

void NewFile::take_access_of(const struct stat& status) const {
  give_to_owner_of(status);
  struct stat reached {};
  if (fstat(descriptor_.get(), &reached) != 0) throw system_error(place_);
  const mode_t lost = reached.st_gid == status.st_gid ? 0U : S_IRWXG | S_ISGID;
  const mode_t mode = status.st_mode & 07777U & ~lost;
  if (uninterrupted(file_calls().fchmod, descriptor_.get(), mode) != 0) throw system_error(place_);
}

void NewFile::write(std::string_view content) const {
  write_all(descriptor_.get(), place_, content);
  if (uninterrupted(file_calls().fsync, descriptor_.get()) != 0) throw system_error(place_);
}

void NewFile::take_place() {
  if (file_calls().rename(path_.c_str(), target_.c_str()) != 0)
    throw system_error(place_, errno == EBUSY
                                   ? "it is mounted by itself, as by docker run -v, and nothing "
                                     "can take its place: mount its folder instead"
                                   : "");
  path_.clear();
}

bool NewFile::take_free_place() {
  const FileCalls& calls = file_calls();
  if (calls.renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE) == 0)
    path_.clear();
  else if (errno == EINVAL && calls.link(path_.c_str(), target_.c_str()) == 0)  // such as NFS
    remove();
  else if (errno == EEXIST)
    return false;
  else
    throw system_error(place_);
  return true;
}

FileDescriptor NewFile::make() {
  while (true) {
    FileDescriptor made(uninterrupted([this] {
      path_ = target_.parent_path() / fmt::format("{}{}", name_prefix(target_), made_up);
      return file_calls().mkostemp(path_.data(), O_CLOEXEC);
    }));
    if (!made.is_open()) throw system_error(place_);
    if (!is_lost(made)) return made;
    file_calls().unlink(path_.c_str());
  }
}

void NewFile::remove() {
  if (file_calls().unlink(path_.c_str()) == 0) path_.clear();
}

std::vector<fs::path> abandoned_new_files(const fs::path& target) {
  std::vector<fs::path> files;
  for_each_abandoned(target, [&](const fs::path& file) { files.push_back(file); });
  std::sort(files.begin(), files.end());
  return files;
}

void remove_abandoned_new_files(const fs::path& target) {
  for_each_abandoned(target, [](const fs::path& file) { file_calls().unlink(file.c_str()); });
}

}  // namespace pullsecret
