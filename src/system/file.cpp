#include "system/file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "system/file_calls.h"
#include "system/file_descriptor.h"
#include "system/held_signals.h"
#include "system/text.h"
#include "system/uninterrupted.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

FileDescriptor open_file(const fs::path& file, int flags) {
  FileDescriptor descriptor(uninterrupted(file_calls().open, file.c_str(), flags | O_CLOEXEC, 0U));
  if (!descriptor.is_open()) throw system_error(place_of(file));
  return descriptor;
}

// The name of a new file beside `target`, up to the six characters that mkostemp() makes up.
std::string new_file_prefix(const fs::path& target) {
  constexpr std::size_t most = 255 - std::string_view("..XXXXXX").size();  // of Linux's 255
  return fmt::format(".{}.", target.filename().string().substr(0, most));
}

/// The new file beside `target`, until it has that name; else it is removed.
class NewFile {
 public:
  /// `place` is that of errors.
  NewFile(fs::path target, std::string place)
      : target_(std::move(target)), place_(std::move(place)), descriptor_(make()) {}
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    if (!path_.empty()) file_calls().unlink(path_.c_str());
  }

  // Only root may give a file to another user, and others to their own groups alone: what is not
  // allowed is no error.
  void give_to_owner_of(const struct stat& status) const {
    const auto own = [&](uid_t user) {
      return uninterrupted(file_calls().fchown, descriptor_.get(), user, status.st_gid) == 0;
    };
    [[maybe_unused]] const bool ignored = own(status.st_uid) || own(static_cast<uid_t>(-1));
  }

  void take_access_of(const struct stat& status) const {
    give_to_owner_of(status);
    struct stat reached {};
    if (fstat(descriptor_.get(), &reached) != 0) throw system_error(place_);
    const mode_t lost = reached.st_gid == status.st_gid ? 0U : S_IRWXG | S_ISGID;
    const mode_t mode = status.st_mode & 07777U & ~lost;
    if (uninterrupted(file_calls().fchmod, descriptor_.get(), mode) != 0)
      throw system_error(place_);
  }

  void write(std::string_view content) const {
    write_all(descriptor_.get(), place_, content);
    if (uninterrupted(file_calls().fsync, descriptor_.get()) != 0) throw system_error(place_);
  }

  void take_place() {
    if (file_calls().rename(path_.c_str(), target_.c_str()) != 0) throw system_error(place_);
    path_.clear();
  }

  /// False if something is at that place.
  bool take_free_place() {
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

 private:
  int make() {
    const int descriptor = uninterrupted([this] {
      path_ = target_.parent_path() / (new_file_prefix(target_) + "XXXXXX");
      return file_calls().mkostemp(path_.data(), O_CLOEXEC);
    });
    if (descriptor < 0) throw system_error(place_);
    return descriptor;
  }

  void remove() {
    if (file_calls().unlink(path_.c_str()) == 0) path_.clear();
  }

  const HeldSignals signals_;
  const fs::path target_;
  const std::string place_;
  std::string path_;  ///< nothing once it is not there any more
  const FileDescriptor descriptor_;
};

// That of what `file` is or points to; nothing if it is not there.
std::optional<struct stat> status_of(const fs::path& file, const std::string& place) {
  struct stat status {};
  if (stat(file.c_str(), &status) == 0) return status;
  if (errno != ENOENT) throw system_error(place);
  return std::nullopt;
}

// Whether read() or write() is to be called again: it was interrupted, or the descriptor, which
// came from somebody else, does not block and is ready now.
bool may_go_on(int descriptor, short events) {
  if (errno == EINTR) return true;
  if (errno != EAGAIN) return false;
  pollfd waited{descriptor, events, 0};
  return poll(&waited, 1, -1) >= 0 || errno == EINTR;
}

// With its folder, to make another file there and to sync it.
fs::path with_folder(const fs::path& file) {
  return file.has_parent_path() ? file : "." / file;
}

// Where the bytes go: the end of a chain of symbolic links, which need not exist yet.
fs::path target_of(fs::path file) {
  constexpr int max_links = 40;  // Linux's own limit
  for (int links = 0; links < max_links; ++links) {
    std::error_code no_link;
    const fs::path target = fs::read_symlink(file, no_link);
    if (no_link) return with_folder(file);
    file = file.parent_path() / target;
  }
  throw Error(place_of(file), error_text(ELOOP));
}

}  // namespace

std::string place_of(const fs::path& path) {
  return printable(path.string(), 4096);
}

std::string read_all(int descriptor, const std::string& name, std::size_t max_bytes) {
  std::string content;
  std::array<char, 16384> buffer{};
  while (true) {
    const ssize_t count = read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && may_go_on(descriptor, POLLIN)) continue;
    if (count < 0) throw system_error(name);
    if (count == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(count));
    if (content.size() > max_bytes)
      throw Error(name, fmt::format("larger than {}", size_in_words(max_bytes)));
  }
}

std::string read_file(const fs::path& file, std::size_t max_bytes) {
  return read_all(open_file(file, O_RDONLY).get(), place_of(file), max_bytes);
}

void write_all(int descriptor, const std::string& name, std::string_view content) {
  while (!content.empty()) {
    const ssize_t count = file_calls().write(descriptor, content.data(), content.size());
    if (count < 0 && may_go_on(descriptor, POLLOUT)) continue;
    if (count < 0) throw system_error(name);
    content.remove_prefix(static_cast<std::size_t>(count));
  }
}

Unsynced replace_file(const fs::path& file, std::string_view content, Access access,
                      const std::function<void()>& check) {
  const std::string place = place_of(file);
  const auto before = status_of(file, place);
  if (before && S_ISDIR(before->st_mode)) throw Error(place, error_text(EISDIR));
  if (before && !S_ISREG(before->st_mode)) {
    check();
    write_all(open_file(file, O_WRONLY).get(), place, content);
    return std::nullopt;
  }
  const fs::path target = target_of(file);
  NewFile created(target, place);
  if (before && access == Access::as_before) created.take_access_of(*before);
  created.write(content);
  check();
  created.take_place();
  return sync_folder(target.parent_path());
}

bool make_file(const fs::path& file, std::string_view content,
               const std::optional<fs::path>& original) {
  const fs::path target = with_folder(file);
  const std::string place = place_of(file);
  NewFile created(target, place);
  if (original)
    if (const auto status = status_of(*original, place)) created.give_to_owner_of(*status);
  created.write(content);
  if (!created.take_free_place()) return false;
  const Unsynced unsynced = sync_folder(target.parent_path());
  if (!unsynced) return true;
  file_calls().unlink(target.c_str());
  throw Error(place, unsynced->what());
}

Unsynced rename_file(const fs::path& file, const fs::path& new_name) {
  if (file_calls().rename(file.c_str(), new_name.c_str()) != 0)
    throw system_error(place_of(new_name));
  return sync_folder(with_folder(new_name).parent_path());
}

Unsynced remove_file(const fs::path& file) {
  if (file_calls().unlink(file.c_str()) != 0) throw system_error(place_of(file));
  return sync_folder(with_folder(file).parent_path());
}

void close_to_others(const fs::path& file) {
  if (uninterrupted(file_calls().chmod, file.c_str(), mode_t{S_IRUSR | S_IWUSR}) != 0)
    throw system_error(place_of(file));
}

void remove_abandoned(const fs::path& file) {
  const std::string prefix = new_file_prefix(file);
  const std::size_t size = prefix.size() + std::string_view("XXXXXX").size();
  std::error_code ignored;
  for (fs::directory_iterator entry(file.parent_path(), ignored), end; entry != end;
       entry.increment(ignored)) {
    const std::string name = entry->path().filename();
    if (name.size() == size && name.starts_with(prefix)) fs::remove(entry->path(), ignored);
  }
}

Unsynced sync_folder(const fs::path& folder) {
  const FileDescriptor descriptor(
      uninterrupted(file_calls().open, folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0U));
  if (!descriptor.is_open() && errno == EACCES) return std::nullopt;
  if (descriptor.is_open() &&
      (uninterrupted(file_calls().fsync, descriptor.get()) == 0 || errno == EINVAL))
    return std::nullopt;
  return Error(place_of(folder), fmt::format("cannot be synced to disk: {}", error_text(errno)),
               "a power cut may undo the last change in it");
}

}  // namespace pullsecret
