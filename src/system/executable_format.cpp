#include "system/executable_format.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "system/file.h"
#include "system/folder.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// Empty for what cannot be read, and what is no file: a pipe would be waited for.
std::string first_line(const std::filesystem::path& program) {
  std::string line(256, '\0');  // what Linux reads of one that names an interpreter
  try {
    const auto file = open_regular(program);
    const ssize_t count = file ? read(file->descriptor.get(), line.data(), line.size()) : 0;
    line.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  } catch (const Error&) {
    return {};
  }
  return line.substr(0, line.find('\n'));
}

Error script_failure(const std::filesystem::path& script, std::string_view line, int error_number) {
  const std::string place = place_of(script);
  const std::string_view command = trim(line.substr(2));
  const std::string interpreter = printable(command.substr(0, command.find_first_of(" \t")));
  if (line.ends_with('\r'))
    return {place,
            "a script whose lines end as on Windows (CR LF), so that its interpreter is not found",
            fmt::format("`sed -i 's/\\r$//' {}`", shell_operand(script.string()))};
  if (error_number == ENOENT)
    return {place, fmt::format("a script for {}, which is not here", interpreter),
            fmt::format("install {}", interpreter)};
  return {place, fmt::format("a script for {}: {}", interpreter, error_text(error_number)),
          "see whether its first line names a program"};
}

}  // namespace

Error start_failure(const std::filesystem::path& program, int error_number) {
  const std::string place = place_of(program);
  const std::string line = first_line(program);
  if (line.starts_with("#!")) return script_failure(program, line, error_number);
  if (line.starts_with("MZ"))
    return {place, "a Windows program, which this system does not run",
            "install the Linux program; WSL runs Windows programs where /etc/wsl.conf has "
            "`enabled=true` under `[interop]`"};
  if (error_number == ENOEXEC)
    return {place, "no program for this machine, and no script whose first line says what reads it",
            "install the program for this machine; a shell script begins with #!/bin/sh"};
  if (error_number == ENOENT && !line.empty())
    return {place, "a program for another system: its loader is not here",
            "install the one that is made for this system"};
  return {place, error_text(error_number)};
}

Error not_executable(const std::filesystem::path& program) {
  const std::string place = place_of(program);
  struct statvfs file_system {};
  if (statvfs(program.c_str(), &file_system) == 0 && (file_system.f_flag & ST_NOEXEC) != 0)
    return {place, "not executable: its file system is mounted noexec",
            "move it to a folder of PATH where programs may be run"};
  return {place, "not executable", fmt::format("`chmod +x {}`", shell_operand(program.string()))};
}

}  // namespace pullsecret
