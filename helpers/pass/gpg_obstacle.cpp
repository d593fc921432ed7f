#include "helpers/pass/gpg_obstacle.h"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "helpers/pass/gpg_key.h"
#include "helpers/pass/gpg_settings.h"
#include "system/file.h"
#include "system/text.h"
#include "system/whose_folder.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr const char* secret_keys = "private-keys-v1.d";

bool is_denied(const fs::path& path, int mode) {
  return access(path.c_str(), mode) != 0 && errno == EACCES;
}

// The first of what gpg has to read for any key at all.
std::optional<fs::path> find_closed(const fs::path& home) {
  for (const fs::path& folder : {home, home / secret_keys})
    if (is_denied(folder, R_OK | X_OK)) return folder;
  std::vector<fs::path> files{home / "pubring.kbx", home / "pubring.gpg", home / "trustdb.gpg"};
  std::error_code unknown;
  for (const auto& entry : fs::directory_iterator(home / secret_keys, unknown))
    files.push_back(entry.path());
  for (const fs::path& file : files)
    if (is_denied(file, R_OK)) return file;
  return std::nullopt;
}

std::optional<Error> check_folder(const fs::path& home) {
  if (const auto closed = find_closed(home)) return not_permitted(*closed, home);
  if (access(home.c_str(), W_OK) == 0) return std::nullopt;
  if (errno == EACCES) return not_permitted(home, home);
  if (errno != EROFS) return std::nullopt;
  return Error(place_of(home), "it is on a file system that takes no files",
               fmt::format("`export GNUPGHOME=$(mktemp -d) && cp -r {}/. \"$GNUPGHOME\"`",
                           shell_operand(home.string())));
}

// ---- Why the agent does not start

std::optional<Error> check_socket() {
  const fs::path socket = gpg_path("agent-socket");
  constexpr std::size_t longest = sizeof(sockaddr_un::sun_path) - 1;
  if (socket.string().size() <= longest) return std::nullopt;
  return Error(
      place_of(socket), fmt::format("a path of more than {} bytes, too long for a socket", longest),
      "log in so that XDG_RUNTIME_DIR, /run/user/UID, is there, where gpg makes it then; "
      "`sudo install -d -m 700 -o $(id -u) -g $(id -g) /run/user/$(id -u)` makes that, too; or let "
      "GNUPGHOME be a shorter path, such as a link to gpg's folder");
}

std::optional<Error> check_program(const fs::path& home) {
  const auto chosen = gpg_setting("agent-program");
  const fs::path program = chosen ? fs::path(*chosen) : gpg_component("gpg-agent");
  if (program.empty() || access(program.c_str(), X_OK) == 0) return std::nullopt;
  return Error(place_of(program), "there is no such program",
               chosen ? fmt::format("take agent-program out of {} or PASSWORD_STORE_GPG_OPTS",
                                    place_of(home / "gpg.conf"))
                      : "`apt install gpg-agent`");
}

Error why_no_agent(const fs::path& home) {
  auto reason = check_socket();
  if (!reason) reason = check_program(home);
  return {"pass",
          fmt::format("gpg cannot start gpg-agent, which has the secret keys{}{}",
                      reason ? ": " : "", reason ? reason->what() : ""),
          reason ? reason->hint() : "see what it says: `gpg --list-secret-keys`"};
}

}  // namespace

Error not_permitted(const fs::path& path, const fs::path& whole) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0)
    return {place_of(path), "permission denied: a folder above it is closed to this user",
            "see that HOME, PASSWORD_STORE_DIR and GNUPGHOME name folders of this user"};
  const std::string operand = shell_operand(whole.string());
  if (status.st_uid == geteuid())
    return {place_of(path), "permission denied", fmt::format("chmod -R u+rwX {}", operand)};
  return {place_of(path),
          fmt::format("permission denied: it is {}'s", printable(user_of(status.st_uid).name)),
          fmt::format(R"sh(sudo chown -R "$(id -u):$(id -g)" {})sh", operand)};
}

std::optional<GpgObstacle> find_gpg_obstacle(const std::string& key) {
  const GpgCondition condition = gpg_condition(key);
  const fs::path home = gpg_path("homedir");
  const bool is_closed = !home.empty() && find_closed(home);
  if (condition == GpgCondition::answers && !is_closed) return std::nullopt;
  if (const auto reason = check_folder(home))
    return GpgObstacle{
        false,
        {"pass", fmt::format("gpg cannot use its keys: {}", reason->what()), reason->hint()}};
  if (condition == GpgCondition::lacks_agent) return GpgObstacle{true, why_no_agent(home)};
  return std::nullopt;
}

}  // namespace pullsecret
