#include "system/file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>

#include "system/error.h"
#include "system/file_descriptor.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

FileDescriptor open_file(const fs::path& file, int flags) {
  FileDescriptor descriptor(open(file.c_str(), flags | O_CLOEXEC));
  if (!descriptor.is_open()) throw system_error(place_of(file));
  return descriptor;
}

// Only root may give a file to another user, and others to their own groups alone: what is not
// allowed is no error.
void give_to_owner(const FileDescriptor& descriptor, const struct stat& status) {
  if (fchown(descriptor.get(), status.st_uid, status.st_gid) == 0) return;
  [[maybe_unused]] const int ignored =
      fchown(descriptor.get(), static_cast<uid_t>(-1), status.st_gid);
}

// The name of a new file beside `target`, up to the six characters that mkostemp() makes up.
std::string temporary_prefix(const fs::path& target) {
  return fmt::format(".{}.", target.filename().string());
}

/// A file beside its target that is removed unless it took the target's place.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& target)
      : path_(target.parent_path() / (temporary_prefix(target) + "XXXXXX")),
        descriptor_(mkostemp(path_.data(), O_CLOEXEC)) {
    if (!descriptor_.is_open()) throw system_error(place_of(target));
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!path_.empty()) unlink(path_.c_str());
  }

  /// Its owner, group and mode become those of `target`, if that is there.
  void take_access_of(const fs::path& target) const {
    struct stat status {};
    if (stat(target.c_str(), &status) != 0) return;
    give_to_owner(descriptor_, status);
    if (fchmod(descriptor_.get(), status.st_mode & 07777U) != 0)
      throw system_error(place_of(target));
  }

  void write(std::string_view content, const fs::path& target) const {
    write_all(descriptor_.get(), place_of(target), content);
    if (fsync(descriptor_.get()) != 0) throw system_error(place_of(target));
  }

  void rename_to(const fs::path& target) {
    if (rename(path_.c_str(), target.c_str()) != 0) throw system_error(place_of(target));
    path_.clear();
  }

 private:
  std::string path_;
  FileDescriptor descriptor_;
};

// Whether read() or write() is to be called again: it was interrupted, or the descriptor, which
// came from somebody else, does not block and is ready now.
bool may_go_on(int descriptor, short events) {
  if (errno == EINTR) return true;
  if (errno != EAGAIN) return false;
  pollfd waited{descriptor, events, 0};
  return poll(&waited, 1, -1) >= 0 || errno == EINTR;
}

// Where the bytes go: the end of a chain of symbolic links, which need not exist yet.
fs::path target_of(fs::path file) {
  constexpr int max_links = 40;  // Linux's own limit
  for (int links = 0; links < max_links; ++links) {
    std::error_code no_link;
    const fs::path target = fs::read_symlink(file, no_link);
    if (no_link) return file.has_parent_path() ? file : "." / file;
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
    const ssize_t count = write(descriptor, content.data(), content.size());
    if (count < 0 && may_go_on(descriptor, POLLOUT)) continue;
    if (count < 0) throw system_error(name);
    content.remove_prefix(static_cast<std::size_t>(count));
  }
}

void replace_file(const fs::path& file, std::string_view content, Access access) {
  std::error_code missing;
  const fs::file_status status = fs::status(file, missing);
  if (fs::is_directory(status)) throw Error(place_of(file), error_text(EISDIR));
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    write_all(open_file(file, O_WRONLY).get(), place_of(file), content);
    return;
  }
  const fs::path target = target_of(file);
  TemporaryFile temporary(target);
  if (access == Access::as_before) temporary.take_access_of(target);
  temporary.write(content, file);
  temporary.rename_to(target);
  sync_folder(target.parent_path());
}

void close_to_others(const fs::path& file) {
  if (chmod(file.c_str(), S_IRUSR | S_IWUSR) != 0) throw system_error(place_of(file));
}

bool make_copy(const fs::path& copy, std::string_view content, const fs::path& original) {
  const FileDescriptor descriptor(
      open(copy.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!descriptor.is_open() && errno == EEXIST) return false;
  if (!descriptor.is_open()) throw system_error(place_of(copy));
  try {
    struct stat status {};
    if (stat(original.c_str(), &status) == 0) give_to_owner(descriptor, status);
    write_all(descriptor.get(), place_of(copy), content);
    if (fsync(descriptor.get()) != 0) throw system_error(place_of(copy));
  } catch (const Error&) {
    unlink(copy.c_str());
    throw;
  }
  sync_folder(copy.has_parent_path() ? copy.parent_path() : ".");
  return true;
}

void remove_abandoned(const fs::path& file) {
  const std::string prefix = temporary_prefix(file);
  const std::size_t size = prefix.size() + std::string_view("XXXXXX").size();
  std::error_code ignored;
  for (fs::directory_iterator entry(file.parent_path(), ignored), end; entry != end;
       entry.increment(ignored)) {
    const std::string name = entry->path().filename();
    if (name.size() == size && name.starts_with(prefix)) fs::remove(entry->path(), ignored);
  }
}

void sync_folder(const fs::path& folder) {
  const FileDescriptor descriptor(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // A folder that may be written to and not read cannot be synced, nor can one of a file system
  // that says EINVAL.
  if (!descriptor.is_open() && errno == EACCES) return;
  if (fsync(descriptor.get()) != 0 && errno != EINVAL) throw system_error(place_of(folder));
}

}  // namespace pullsecret
