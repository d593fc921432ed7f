#include "doctor/file_checks.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "docker/config_file.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/file.h"
#include "system/private_file.h"
#include "system/text.h"
#include "system/whose_folder.h"
#include "system/write_obstacle.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

// ---- Words

std::string user_in_words(uid_t user) {
  const User known = user_of(user);
  return known.home.empty() ? fmt::format("the user {}", user) : printable(known.name);
}

std::string take_over(const fs::path& path, std::string_view option = "") {
  return fmt::format(R"sh(sudo chown {}"$(id -u):$(id -g)" {})sh", option,
                     shell_operand(path.string()));
}

// ---- The status of a file

/// What stat(2) says of a path, or why it says nothing.
struct Status {
  int error_number = 0;
  bool is_link = false;
  struct stat stat {};  ///< all zero if there is nothing

  bool is_there() const { return error_number == 0; }
  bool is_of_another_user() const {
    return is_there() && geteuid() != 0 && stat.st_uid != geteuid();
  }
  mode_t mode() const { return stat.st_mode & 07777U; }
};

Status status_of(const fs::path& path) {
  Status status;
  std::error_code unknown;
  status.is_link = fs::is_symlink(fs::symlink_status(path, unknown));
  if (stat(path.c_str(), &status.stat) != 0) status.error_number = errno;
  return status;
}

// ---- Where the config is looked for

std::optional<Finding> check_docker_config(const fs::path& folder) {
  constexpr const char* subject = "DOCKER_CONFIG";
  const Status status = status_of(folder);
  const std::string name = place_of(folder);
  if (status.is_there() && !S_ISDIR(status.stat.st_mode))
    return problem("docker-config-missing", subject,
                   fmt::format("{} is a file; Docker takes it for the folder that holds "
                               "config.json, and finds none",
                               name),
                   fmt::format("export DOCKER_CONFIG={}",
                               shell_word(fs::absolute(folder).parent_path().string())));
  if (status.error_number == ENOTDIR || (status.error_number == ENOENT && name.starts_with('~')))
    return problem(
        "docker-config-missing", subject,
        fmt::format("there is no folder {}; Docker looks for its config nowhere else", name),
        name.starts_with('~') ? "write $HOME for ~, which no shell expands in quotes"
                              : "`unset DOCKER_CONFIG`, or name the right folder");
  if (status.error_number == ENOENT)
    return warning("docker-config-missing", subject,
                   fmt::format("there is no folder {} yet: docker login makes it, and Docker looks "
                               "for its config nowhere else",
                               name),
                   "if it is not the one that is meant: `unset DOCKER_CONFIG`, or name that");
  if (folder.is_relative())
    return warning(
        "docker-config-relative", subject,
        fmt::format("{} is another folder wherever Docker is started", name),
        fmt::format("export DOCKER_CONFIG={}", shell_word(fs::absolute(folder).string())));
  return std::nullopt;
}

std::optional<Finding> check_home() {
  const auto home = find_home_folder();
  if (!home)
    return problem("home-missing", "HOME", "it is not set, and this user has no passwd entry",
                   "set HOME or DOCKER_CONFIG");
  if (!S_ISDIR(status_of(*home).stat.st_mode))
    return problem(
        "home-missing", "HOME",
        fmt::format("there is no folder {}, where Docker looks for its config", place_of(*home)),
        "set HOME to your home folder, or DOCKER_CONFIG to Docker's");
  if (!environment_variable("HOME"))
    return warning("home-unset", "HOME",
                   fmt::format("it is not set: Docker takes {}, but programs such as pass do not",
                               place_of(*home)),
                   fmt::format("export HOME={}", shell_word(home->string())));
  return std::nullopt;
}

std::optional<Finding> check_sudo() {
  const auto user = sudo_caller();
  const auto home = find_home_folder();
  if (!user || user->home.empty() || !home) return std::nullopt;
  const std::string name = printable(user->name);
  if (*home == user->home)
    return warning("sudo-home", "HOME",
                   fmt::format("root uses the home folder of {}, who cannot read what sudo docker "
                               "login writes there",
                               name),
                   "`sudo -H docker login`, or docker without sudo");
  return warning(
      "sudo-home", "HOME",
      fmt::format("this is root's config, which sudo docker reads; docker reads the one "
                  "in {}",
                  place_of(user->home / ".docker")),
      fmt::format("run `pullsecret doctor` without sudo to check the config of {}", name));
}

// ---- Docker's folder

// A mounted DOCKER_CONFIG that cannot be written to may be meant so; one's own ~/.docker not.
Finding foreign_folder(const fs::path& folder, const Status& status) {
  const std::string owner = user_in_words(status.stat.st_uid);
  Finding finding =
      problem("folder-owner", place_of(folder),
              fmt::format("it belongs to {}, and docker login cannot write into it", owner),
              take_over(folder, "-R "));
  if (environment_variable("DOCKER_CONFIG")) finding.severity = Severity::warning;
  return finding;
}

void check_folder(Findings& findings, const fs::path& folder) {
  const Status status = status_of(folder);
  if (!S_ISDIR(status.stat.st_mode)) return;
  // Whose it is was settled where it was mounted from, and is no danger here.
  if (is_mounted_read_only(folder)) return;
  if (status.is_of_another_user() && access(folder.c_str(), W_OK) != 0)
    findings.push_back(foreign_folder(folder, status));
  const bool is_open = (status.mode() & (S_IWGRP | S_IWOTH)) != 0 && (status.mode() & S_ISVTX) == 0;
  if (is_open)
    findings.push_back(warning(
        "folder-mode", place_of(folder),
        fmt::format("others may write into it (mode {:04o}): who replaces config.json chooses the "
                    "programs that get your credentials",
                    status.mode()),
        fmt::format("chmod go-w {}", shell_operand(folder.string()))));
}

Findings check_places() {
  Findings findings;
  if (const auto folder = environment_variable("DOCKER_CONFIG")) {
    append(findings, check_docker_config(*folder));
    check_folder(findings, *folder);
    return findings;
  }
  append(findings, check_home());
  append(findings, check_sudo());
  if (const auto home = find_home_folder()) check_folder(findings, *home / ".docker");
  return findings;
}

// ---- The file

Finding missing(const fs::path& file) {
  const std::string other = "name a file that is there, or the folder of a config.json";
  return problem("file-missing", place_of(file), "there is no such file",
                 file.filename() == "config.json"
                     ? fmt::format("`docker --config {} login REGISTRY` makes it; or {}",
                                   shell_word(fs::absolute(file).parent_path().string()), other)
                     : other);
}

std::string remove_and_log_in(const fs::path& file) {
  return fmt::format("`rm {}`, then log in again", shell_operand(file.string()));
}

Finding dangling(const fs::path& file, const Status& status) {
  if (status.error_number == ELOOP)
    return problem("file-dangling-link", place_of(file),
                   "a symbolic link that leads back to itself", remove_and_log_in(file));
  std::error_code ignored;
  return problem("file-dangling-link", place_of(file),
                 fmt::format("a symbolic link to {}, which is not there: Docker takes it for an "
                             "empty config",
                             place_of(fs::read_symlink(file, ignored))),
                 "put the file there, or remove the link");
}

Finding directory(const fs::path& file) {
  return problem("file-directory", place_of(file),
                 "a folder, where Docker looks for a file; docker run -v makes one of a file that "
                 "is not there",
                 fmt::format("`rmdir {}`, then log in again", shell_operand(file.string())));
}

// Measured with Docker 28: what it cannot read it warns of, and at the next login writes anew.
Finding forbidden(const fs::path& file, const Status& status) {
  constexpr std::string_view consequence =
      "Docker goes on without it, and the next docker login replaces it";
  if (!status.is_there()) {
    const fs::path folder = file.parent_path();
    return problem("file-unreadable", place_of(file),
                   "its folder is closed: Docker goes on without it",
                   status_of(folder).is_of_another_user()
                       ? take_over(folder, "-R ")
                       : fmt::format("chmod u+rwx {}", shell_operand(folder.string())));
  }
  if (status.is_of_another_user())
    return problem("file-owner", place_of(file),
                   fmt::format("it belongs to {}, as after sudo docker login, and may not be read: "
                               "{}",
                               user_in_words(status.stat.st_uid), consequence),
                   take_over(file));
  return problem("file-unreadable", place_of(file),
                 fmt::format("it may not be read (mode {:04o}): {}", status.mode(), consequence),
                 fmt::format("chmod u+rw {}", shell_operand(file.string())));
}

// Measured with Docker 28: it waits at a pipe for ever, and takes /dev/null for an empty config,
// which often is mounted there. Of a link only the link goes.
Finding no_file(const fs::path& file, const Status& status) {
  const bool is_pipe = S_ISFIFO(status.stat.st_mode);
  return problem("file-unreadable", place_of(file),
                 is_pipe ? "a pipe, where Docker looks for a file: it waits there for ever"
                         : "a device or a socket, where Docker looks for a file",
                 is_pipe || status.is_link || S_ISSOCK(status.stat.st_mode)
                     ? remove_and_log_in(file)
                     : "mount a config.json there, or nothing");
}

Finding too_large(const fs::path& file, const Error& error) {
  return problem("file-unreadable", place_of(file),
                 fmt::format("{}, of which no config is read here", error.message()),
                 fmt::format("`mv {} {}`, then log in again", shell_operand(file.string()),
                             shell_word(file.string() + ".large")));
}

Finding unreadable(const ConfigLocation& location, const Status& status, const Error& error) {
  const fs::path& file = location.file;
  if (access(file.c_str(), R_OK) != 0) return forbidden(file, status);
  const bool is_regular = S_ISREG(status.stat.st_mode);
  if (!is_regular && location.is_named)
    return problem("file-unreadable", place_of(file), error.message(), "name a config.json");
  if (!is_regular) return no_file(file, status);
  if (static_cast<std::size_t>(status.stat.st_size) > max_config_size)
    return too_large(file, error);
  return problem("file-unreadable", place_of(file), error.message(),
                 error.hint().empty() ? way_into(file) : error.hint());
}

std::optional<Finding> check_kind(const fs::path& file, const Status& status) {
  if (status.is_link && (status.error_number == ENOENT || status.error_number == ELOOP))
    return dangling(file, status);
  if (status.error_number == ENOENT || status.error_number == ENOTDIR) return missing(file);
  if (status.is_there() && S_ISDIR(status.stat.st_mode)) return directory(file);
  return std::nullopt;
}

Finding foreign(const fs::path& file, const Status& status) {
  return warning(
      "file-owner", place_of(file),
      fmt::format("it belongs to {}, who may change it", user_in_words(status.stat.st_uid)),
      take_over(file));
}

Finding open_to_others(const fs::path& file, const Status& status) {
  const bool may_write = (status.mode() & (S_IWGRP | S_IWOTH)) != 0;
  return warning(
      "file-mode", place_of(file),
      fmt::format("others may {} it (mode {:04o})", may_write ? "change" : "read", status.mode()),
      fmt::format("chmod 600 {}", shell_operand(file.string())), {.closes = file});
}

Finding readable(const std::string& subject) {
  return fine("file-ok", subject, "it can be read");
}

Finding read_config_file(FileChecks& checks) {
  ConfigLocation& location = *checks.location;
  Status status = status_of(location.file);
  if (auto finding = check_kind(location.file, status)) return *std::move(finding);
  try {
    checks.json = read_config_text(location);
  } catch (const Error& error) {
    return unreadable(location, status, error);
  }
  // What is no file, a pipe for example, has no owner and mode that count.
  status.stat = *location.held->file.status;
  if (!S_ISREG(status.stat.st_mode) || is_mounted_read_only(location.file))
    return readable(place_of(location.file));
  if (status.is_of_another_user()) return foreign(location.file, status);
  return is_open_to_others(location) ? open_to_others(location.file, status)
                                     : readable(place_of(location.file));
}

// Nobody has logged in yet; unless something is wrong with the way to the file.
void check_absent(FileChecks& checks) {
  if (worst(checks.findings) == Severity::problem) return;
  checks.findings.push_back(warning("file-missing", place_of(checks.location->file),
                                    "there is no such file: nobody has logged in yet",
                                    "`docker login REGISTRY`, or name a file with --config"));
  checks.json = read_config_text(*checks.location);
}

bool is_oldest(const fs::path& file) {
  return file.filename() == ".dockercfg";
}

void check_present(FileChecks& checks) {
  const ConfigLocation& location = *checks.location;
  const fs::path& file = location.is_there ? location.file : location.credential_helpers->file;
  if (!location.is_dockers_own)
    checks.findings.push_back(warning(
        "file-not-dockers", place_of(file), "Docker does not read it, and has no config of its own",
        is_oldest(file) ? "docker login REGISTRY"
                        : "where docker is to pull, too: `docker login "
                          "REGISTRY`"));
  if (location.is_there)
    append(checks.findings, read_config_file(checks));
  else
    checks.json = read_config_text(*checks.location);
}

// Without it Docker has no place for a config, which is told as a problem of HOME.
bool is_place_known() {
  return environment_variable("DOCKER_CONFIG") || find_home_folder();
}

// ---- What is left beside it

constexpr std::string_view digits = "0123456789";
constexpr std::string_view letters_and_digits =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

// What follows `prefix` in `name`; empty if it does not begin so.
std::string_view rest_of(std::string_view name, std::string_view prefix) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : "";
}

bool is_all_of(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

bool is_name_of_new_config(std::string_view name, const std::string& config) {
  const std::string_view of_first_release = rest_of(name, fmt::format(".{}.", config));
  return is_all_of(rest_of(name, config), digits) ||
         (of_first_release.size() == 6 && is_all_of(of_first_release, letters_and_digits));
}

bool is_own_with_content(const fs::path& file) {
  struct stat status {};
  return lstat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         status.st_uid == geteuid() && status.st_size > 0;
}

std::vector<fs::path> left_by_others(const fs::path& config) {
  std::vector<fs::path> files;
  std::error_code ignored;
  const fs::path folder = config.has_parent_path() ? config.parent_path() : ".";
  for (fs::directory_iterator entry(folder, ignored), end; entry != end; entry.increment(ignored))
    if (is_name_of_new_config(entry->path().filename().string(), config.filename()) &&
        is_own_with_content(*entry))
      files.push_back(entry->path());
  std::sort(files.begin(), files.end());
  return files;
}

Finding left_behind(const fs::path& file, std::string_view condition, Remedy remedy) {
  return warning("file-left-behind", place_of(file),
                 "a program that was killed while it wrote the config left it here; it may hold "
                 "credentials in plain text",
                 fmt::format("{}rm {}", condition, shell_word(file.string())), std::move(remedy));
}

}  // namespace

FileChecks check_file(const std::optional<std::string>& named) {
  FileChecks checks;
  if (named == "-") {
    ConfigLocation input{.file = *named, .is_named = true};
    checks.json = read_config_text(input);
    checks.findings = {readable(checks.json->file)};
    return checks;
  }
  if (!named) checks.findings = check_places();
  if (!named && !is_place_known()) return checks;
  checks.location = find_config(named);
  if (checks.location->is_there || !checks.location->is_dockers_own)
    check_present(checks);
  else
    check_absent(checks);
  return checks;
}

Findings check_leftovers(const ConfigLocation& config) {
  Findings findings;
  for (const fs::path& file : abandoned_files(config))
    findings.push_back(left_behind(file, "", {.removes = file}));
  for (const fs::path& file : left_by_others(config.file))
    findings.push_back(left_behind(file, "when no docker command is running: ", {}));
  return findings;
}

}  // namespace pullsecret
