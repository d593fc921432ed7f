#include "system/new_file.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/file.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <functional>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>

#include "system/error.h"
#include "system/file.h"
#include "system/file_calls.h"
#include "system/uninterrupted.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view mark = "pullsecret-";
constexpr std::size_t made_up = 6;
constexpr std::string_view letters_and_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr const char* access_list = "system.posix_acl_access";

// The name of a new file beside `target`, up to the characters that are made up.
std::string name_prefix(const FilePlace& target) {
  const std::size_t most = 255 - std::string_view("..").size() - mark.size() - made_up;
  return fmt::format(".{}.{}", target.name.substr(0, most), mark);
}

std::string make_up_name(const FilePlace& target) {
  std::string name = name_prefix(target);
  for (std::size_t i = 0; i < made_up; ++i)
    name += letters_and_digits[randombytes_uniform(letters_and_digits.size())];
  return name;
}

bool is_name_of_new_file(std::string_view name, std::string_view prefix) {
  return name.starts_with(prefix) && name.size() == prefix.size() + made_up &&
         name.find_first_not_of(letters_and_digits, prefix.size()) == std::string_view::npos;
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
std::optional<FileDescriptor> abandoned(const FilePlace& place) {
  FileDescriptor file =
      place.folder.open(place.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  struct stat status {};
  if (!file.is_open() || fstat(file.get(), &status) != 0) return std::nullopt;
  if (!S_ISREG(status.st_mode) || status.st_uid != geteuid()) return std::nullopt;
  if (uninterrupted(flock, file.get(), LOCK_EX | LOCK_NB) != 0) return std::nullopt;
  return file;
}

void for_each_abandoned(const FilePlace& target,
                        const std::function<void(const std::string&)>& work) {
  const std::string prefix = name_prefix(target);
  for (const std::string& name : target.folder.names()) {
    if (!is_name_of_new_file(name, prefix)) continue;
    if (const auto held = abandoned({target.folder, name})) work(name);
  }
}

}  // namespace

NewFile::NewFile(FilePlace target, std::string place)
    : target_(std::move(target)), place_(std::move(place)), descriptor_(make()) {}

NewFile::~NewFile() {
  if (!name_.empty()) remove();
}

void NewFile::give_to_owner_of(const struct stat& status) const {
  const auto own = [&](uid_t user) {
    return uninterrupted(file_calls().fchown, descriptor_.get(), user, status.st_gid) == 0;
  };
  [[maybe_unused]] const bool ignored = own(status.st_uid) || own(static_cast<uid_t>(-1));
}

void NewFile::take_access_of(const struct stat& status, const FileDescriptor& original) const {
  give_to_owner_of(status);
  struct stat reached {};
  if (fstat(descriptor_.get(), &reached) != 0) throw system_error(place_);
  mode_t mode = status.st_mode & 07777U;
  if (reached.st_gid != status.st_gid || !take_list_of(original)) {
    // Whom the group or the list kept out is one of the others then, who keep what the group had.
    const mode_t kept = fgetxattr(original.get(), access_list, nullptr, 0) > 0
                            ? 0U
                            : status.st_mode & (status.st_mode >> 3U) & S_IRWXO;
    mode &= ~(S_IRWXG | S_ISGID | (S_IRWXO & ~kept));
  }
  if (uninterrupted(file_calls().fchmod, descriptor_.get(), mode) != 0) throw system_error(place_);
}

// Whether it then has the same one, or like that none: the folder's default list may have given it
// one, and the group's bits of the mode are then those of its mask.
bool NewFile::take_list_of(const FileDescriptor& original) const {
  const auto has_none = [] { return errno == ENODATA || errno == ENOTSUP; };
  std::vector<char> list(XATTR_SIZE_MAX);
  const ssize_t size = fgetxattr(original.get(), access_list, list.data(), list.size());
  if (size < 0 && !has_none()) return false;
  const int result = size < 0
                         ? uninterrupted(file_calls().fremovexattr, descriptor_.get(), access_list)
                         : uninterrupted(file_calls().fsetxattr, descriptor_.get(), access_list,
                                         list.data(), static_cast<std::size_t>(size), 0);
  if (result == 0 || (size < 0 && has_none())) return true;
  if (errno != EPERM && errno != ENOTSUP) throw system_error(place_);
  return false;
}

void NewFile::write(std::string_view content) const {
  write_all(descriptor_.get(), place_, content);
  if (uninterrupted(file_calls().fsync, descriptor_.get()) != 0) throw system_error(place_);
}

void NewFile::take_place() {
  if (file_calls().renameat2(target_.folder.get(), name_.c_str(), target_.name.c_str(), 0) != 0) {
    const bool is_mounted = errno == EBUSY;
    throw system_error(place_, is_mounted ? "mount its folder, and not the file by itself" : "");
  }
  name_.clear();
}

bool NewFile::take_free_place() {
  const FileCalls& calls = file_calls();
  const int folder = target_.folder.get();
  if (calls.renameat2(folder, name_.c_str(), target_.name.c_str(), RENAME_NOREPLACE) == 0)
    name_.clear();
  else if (errno == EINVAL &&
           calls.linkat(folder, name_.c_str(), target_.name.c_str()) == 0)  // such as NFS
    remove();
  else if (errno == EEXIST)
    return false;
  else
    throw system_error(place_);
  return true;
}

FileDescriptor NewFile::make() {
  constexpr int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW;
  while (true) {
    name_ = make_up_name(target_);
    FileDescriptor made = target_.folder.open(name_, flags, S_IRUSR | S_IWUSR);
    if (!made.is_open() && errno == EEXIST) continue;
    if (!made.is_open()) throw system_error(place_);
    if (!is_lost(made)) return made;
    remove();
  }
}

void NewFile::remove() {
  if (file_calls().unlinkat(target_.folder.get(), name_.c_str(), 0) == 0) name_.clear();
}

std::vector<fs::path> abandoned_files(const FilePlace& target) {
  std::vector<fs::path> files;
  for_each_abandoned(
      target, [&](const std::string& name) { files.push_back(target.folder.path() / name); });
  return files;
}

void remove_abandoned(const FilePlace& target) {
  for_each_abandoned(target, [&](const std::string& name) {
    file_calls().unlinkat(target.folder.get(), name.c_str(), 0);
  });
}

}  // namespace pullsecret
