#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace pullsecret {

/// Where the user's shell ($SHELL, else the passwd entry's) finds programs, as $PATH; empty where
/// it does not say so in time. It runs with the user's start-up files, without a terminal: when it
/// matters, and once, since these may take long.
class UserShell {
 public:
  /// Without a `limit` it is not asked, and so finds nothing.
  explicit UserShell(std::optional<std::chrono::milliseconds> limit = std::chrono::seconds(5))
      : limit_(limit) {}

  /// As in a new terminal: an interactive shell on top of the caller's environment.
  const std::string& interactive_path();

  /// As for what no terminal starts, a desktop's programs and services: a login shell that gets
  /// nothing of the caller's PATH.
  const std::string& login_path();

 private:
  std::optional<std::chrono::milliseconds> limit_;
  std::optional<std::string> interactive_, login_;
};

}  // namespace pullsecret
