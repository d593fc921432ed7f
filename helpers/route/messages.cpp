#include "helpers/route/messages.h"

#include <unistd.h>

#include <fmt/format.h>

#include "system/file.h"

namespace pullsecret {

void print(const std::string& text) {
  write_all(STDOUT_FILENO, "standard output", text);
}

void say(const std::string& line) {
  try {
    write_all(STDERR_FILENO, "standard error", fmt::format("docker-credential-route: {}\n", line));
  } catch (const Error&) {
    return;  // nobody is left to tell
  }
}

void warn(const Error& error) {
  say(error.what() + (error.hint().empty() ? "" : "; " + error.hint()));
}

}  // namespace pullsecret
