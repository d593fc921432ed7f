#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "system/environment.h"
#include "system/file_descriptor.h"

namespace pullsecret {

// What a ProgramSet (run_programs.h) is made of: a child process, and its three streams as pipes.

/// The most that is kept of what a program writes to standard error.
inline constexpr std::size_t max_error_output = 64UL * 1024;

/// A program that was started. Whoever has it reaps `process`.
struct StartedProgram {
  pid_t process = -1;
  FileDescriptor exit;                  ///< a pidfd, readable once it has ended
  FileDescriptor input, output, error;  ///< our ends of the pipes; none blocks
  int error_number = 0;                 ///< of execve(2); else 0
};

/// Who a program is to find itself started by.
enum class Surroundings {
  callers,   ///< its caller: with its terminal, its session keyring, in its folder
  services,  ///< the system, as a service: without a terminal, with an empty session keyring, in /
};

/// Starts `program` (absolute) with `environment`, else the caller's. It is the reaper of all that
/// it starts, and ends with its caller. Throws Error when the system has no more processes or
/// descriptors to give.
StartedProgram start_program(const std::filesystem::path& program,
                             std::vector<std::string> arguments,
                             const std::optional<Environment>& environment,
                             Surroundings surroundings = Surroundings::callers);

/// Waits for the end of a child, and gives its status as waitpid(2) does. Nothing if that cannot be
/// known: there is no such child, or another part of the process has reaped it.
std::optional<int> wait_status(pid_t process);

/// Appends what is there to read, and closes the descriptor at its end. `limit` bounds `text`: what
/// exceeds it is read and dropped, so that the writer does not block. The number of reads bounds
/// the time a flood can take.
void read_available(FileDescriptor& descriptor, std::string& text, std::size_t limit);

/// Writes as much as can be written now, and takes that from `unwritten`. False if nobody reads any
/// more, which is no error: a program need not read its input.
bool write_available(const FileDescriptor& descriptor, std::string& unwritten);

}  // namespace pullsecret
