#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "system/started_program.h"

namespace pullsecret {

/// A program that is spoken with, line by line, as long as this lives: what it is told does not
/// hang on what it has answered, and neither side waits for the other to read. In contrast to a
/// ProgramSet its input need not be known when it is started. SIGPIPE must be ignored, as
/// harden_process() does.
class Conversation {
 public:
  /// Starts `program` (absolute). A line of it that is longer than `max_line` ends the
  /// conversation. Throws Error, with the program as its place, if it cannot be started.
  Conversation(const std::filesystem::path& program, std::vector<std::string> arguments,
               std::size_t max_line);
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  /// Kills the program.
  ~Conversation();

  /// Tells it `line`, which gets its line break here; it is sent while hear() waits.
  void tell(std::string_view line);

  /// Its next line, without the line break; nothing if there is none within `at_most`. Throws
  /// Error, with the program as its place, if there will be none: it has ended, or does not keep to
  /// lines.
  std::optional<std::string> hear(std::chrono::milliseconds at_most);

 private:
  std::optional<std::string> take_line();
  void serve(std::chrono::milliseconds at_most);

  std::filesystem::path path_;
  std::size_t max_line_;
  StartedProgram program_;
  std::string unwritten_, heard_, said_on_error_;
};

}  // namespace pullsecret
