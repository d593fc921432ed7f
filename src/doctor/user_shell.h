#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace pullsecret {

// Where the user's shell ($SHELL, else the passwd entry's) finds programs, as $PATH. Both run the
// shell with the user's start-up files, without a terminal; nothing if it does not answer within
// `limit`.
inline constexpr std::chrono::milliseconds shell_patience = std::chrono::seconds(5);

/// As in a new terminal: an interactive shell on top of the caller's environment.
std::optional<std::string> interactive_search_path(
    std::chrono::milliseconds limit = shell_patience);

/// As for what no terminal starts, a desktop's programs and services: a login shell that gets
/// nothing of the caller's PATH.
std::optional<std::string> login_search_path(std::chrono::milliseconds limit = shell_patience);

/// Both; empty where the shell does not say. It is asked when it matters, and once: its start-up
/// files may take long.
class UserShell {
 public:
  /// One that is not asked, and so finds nothing.
  static UserShell not_asked() {
    UserShell shell;
    shell.interactive_ = shell.login_ = "";
    return shell;
  }

  const std::string& interactive_path() {
    if (!interactive_) interactive_ = interactive_search_path().value_or("");
    return *interactive_;
  }
  const std::string& login_path() {
    if (!login_) login_ = login_search_path().value_or("");
    return *login_;
  }

 private:
  std::optional<std::string> interactive_, login_;
};

}  // namespace pullsecret
