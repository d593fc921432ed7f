#include "system/whose_folder.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <climits>
#include <cstdlib>

#include <fmt/format.h>

#include "system/environment.h"
#include "system/error.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr gid_t nobodys_group = 65534;

bool is_below(const fs::path& path, const fs::path& folder) {
  const fs::path there = fs::absolute(path).lexically_normal();
  std::error_code unknown;
  const fs::path above = fs::weakly_canonical(folder, unknown);
  return !unknown && above.has_relative_path() &&
         std::mismatch(above.begin(), above.end(), there.begin(), there.end()).first == above.end();
}

std::optional<User> user_to_act_for(const Folder& folder, bool is_named) {
  const uid_t owner = folder.status().st_uid;
  if (geteuid() != 0 || owner == 0) return std::nullopt;
  auto caller = sudo_caller();
  if (caller && caller->id == owner) return caller;
  User user = user_of(owner);
  if (is_named && !user.home.empty() && is_below(folder.path(), user.home)) return user;
  return std::nullopt;
}

// The group's bits of a mode are then those of whom it names.
bool has_access_list(const Folder& folder) {
  const FileDescriptor readable = folder.open(".", O_RDONLY | O_DIRECTORY);
  return fgetxattr(readable.get(), "system.posix_acl_access", nullptr, 0) > 0;
}

bool may_others_write(const Folder& folder, const struct stat& status, gid_t own_group) {
  if ((status.st_mode & S_IWOTH) != 0) return true;
  return (status.st_mode & S_IWGRP) != 0 && (status.st_gid != own_group || has_access_list(folder));
}

void require_folder(const Folder& folder, const HeldFile& file, const User& self,
                    const std::string& command) {
  const struct stat status = folder.status();
  if (status.st_uid != self.id) {
    const std::string owner = user_of(status.st_uid).name;
    throw Error(place_of(folder.path()),
                fmt::format("a folder of {}; root changes no file in another user's folder",
                            printable(owner)),
                as_user(owner, command));
  }
  const bool is_files_own = !file.status || file.status->st_uid == self.id;
  if (!may_others_write(folder, status, self.group) ||
      ((status.st_mode & S_ISVTX) != 0 && is_files_own))
    return;
  throw Error(place_of(folder.path()),
              fmt::format("others may write to this folder (mode {:04o}), and exchange what root "
                          "changes there",
                          status.st_mode & 07777U),
              (status.st_mode & S_ISVTX) != 0
                  ? "move the file to a folder that only you may write to"
                  : fmt::format("chmod go-w {}", shell_operand(folder.path().string())));
}

}  // namespace

User user_of(uid_t id) {
  const passwd* entry = getpwuid(id);
  if (entry == nullptr) return {id, nobodys_group, fmt::format("#{}", id), {}};
  return {id, entry->pw_gid, entry->pw_name, entry->pw_dir};
}

std::optional<User> sudo_caller() {
  const auto text = environment_variable("SUDO_UID");
  uid_t id = 0;
  if (geteuid() != 0 || !text) return std::nullopt;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), id);
  if (failure != std::errc() || *end != '\0' || id == 0) return std::nullopt;
  return user_of(id);
}

std::string as_user(const std::string& user, const std::string& command) {
  return fmt::format("`sudo -u {} {}`", shell_word(user), command);
}

FileToChange hold_to_change(const fs::path& file, bool is_named) {
  FileToChange change{.file = hold_file(file)};
  change.changed_as = user_to_act_for(change.file.place.folder, is_named);
  if (!change.changed_as) return change;
  const FilesAs as(change.changed_as);
  change.file = hold_file(file);
  return change;
}

void require_changeable(const FileToChange& change, const std::string& command) {
  const HeldFile& file = change.file;
  if (file.planted) throw Error(*file.planted);
  if (geteuid() != 0) return;
  const User self = change.changed_as.value_or(user_of(0));
  for (const Folder& folder : {file.beside, file.place.folder})
    require_folder(folder, file, self, command);
  if (!change.changed_as || !file.status || file.status->st_uid == self.id) return;
  throw Error(file.asked_for,
              fmt::format("it belongs to {}, in a folder of {}",
                          printable(user_of(file.status->st_uid).name), printable(self.name)),
              file.status->st_nlink > 1
                  ? "it has another name, too, in which others may rely on its owner: put a copy "
                    "in its place"
                  : fmt::format("sudo chown -h {} {}", shell_word(self.name),
                                shell_operand(file.place.path().string())));
}

FilesAs::FilesAs(const std::optional<User>& user) {
  if (!user || geteuid() == user->id) return;
  group_ = getegid();
  groups_.resize(NGROUPS_MAX);
  const int count = getgroups(NGROUPS_MAX, groups_.data());
  if (count < 0) throw system_error("getgroups");
  groups_.resize(static_cast<std::size_t>(count));
  is_changed_ = true;
  const bool has_groups = user->home.empty() ? setgroups(0, nullptr) == 0
                                             : initgroups(user->name.c_str(), user->group) == 0;
  if (has_groups && setegid(user->group) == 0 && seteuid(user->id) == 0) return;
  const Error error = system_error(printable(user->name));
  change_back();
  throw Error(error);
}

FilesAs::~FilesAs() {
  if (is_changed_) change_back();
}

void FilesAs::change_back() const {
  if (seteuid(0) != 0 || setegid(group_) != 0 || setgroups(groups_.size(), groups_.data()) != 0)
    std::abort();
}

}  // namespace pullsecret
