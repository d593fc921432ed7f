// scan-memory FILE PROGRAM [ARGUMENT]...
//
// Runs PROGRAM, and what it becomes, and stops it at the last moment of its life, when main() has
// returned and all it allocated is freed; then looks through all its writable memory (heap, stack,
// libraries' data) for the secret in FILE: as it is, and as base64 holds it at each of the three
// alignments. Prints where it was found; exit status 0 if nowhere, 1 if found, 2 if the scan itself
// failed.
//
// PROGRAM's own standard streams are left alone; its exit status is printed.

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "credential/base64.h"
#include "system/error.h"
#include "system/file.h"
#include "system/file_descriptor.h"

namespace {

using pullsecret::Error;

struct Needle {
  std::string form;  ///< for the report: the secret itself is not printed
  std::string bytes;
};

// What base64 makes of the secret depends on how many bytes stand before it, modulo 3. Symbols that
// also hold bits of a neighbour are cut off.
std::vector<Needle> needles_of(const std::string& secret) {
  std::vector<Needle> needles{{"as it is", secret}};
  for (std::size_t before = 0; before < 3; ++before) {
    const std::string base64 = pullsecret::encode_base64(std::string(before, '\0') + secret);
    const std::size_t first = before == 0 ? 0 : before + 1;
    const std::size_t whole = (before + secret.size()) / 3 * 4;
    needles.push_back({"as base64", base64.substr(first, whole - first)});
  }
  return needles;
}

struct Mapping {
  std::uintptr_t start = 0, end = 0;
  std::string name;
};

std::vector<Mapping> writable_mappings(std::ifstream& maps) {
  std::vector<Mapping> mappings;
  for (std::string line; std::getline(maps, line);) {
    std::istringstream fields(line);
    std::string permissions, offset, device, inode;
    Mapping mapping;
    char dash = 0;
    fields >> std::hex >> mapping.start >> dash >> mapping.end >> permissions >> offset >> device >>
        inode >> mapping.name;
    if (permissions.starts_with("rw")) mappings.push_back(mapping);
  }
  if (mappings.empty()) throw Error("", "the memory map of the program cannot be read");
  return mappings;
}

std::string read_memory(int memory, const Mapping& mapping) {
  std::string content(mapping.end - mapping.start, '\0');
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t count = pread(memory, content.data() + done, content.size() - done,
                                static_cast<off_t>(mapping.start + done));
    if (count <= 0) throw pullsecret::system_error("memory " + mapping.name);
    done += static_cast<std::size_t>(count);
  }
  return content;
}

// The kernel's view of a program's memory. A program that gives up PR_SET_DUMPABLE, as pullsecret
// does first, closes it to all but root; what was opened before stays open.
struct Memory {
  pullsecret::FileDescriptor content;
  std::ifstream map;
};

Memory open_memory(pid_t process) {
  const std::string folder = "/proc/" + std::to_string(process);
  Memory memory{pullsecret::FileDescriptor(open((folder + "/mem").c_str(), O_RDONLY | O_CLOEXEC)),
                std::ifstream(folder + "/maps")};
  if (!memory.content.is_open() || !memory.map) throw pullsecret::system_error(folder);
  return memory;
}

bool scan(Memory& memory, const std::vector<Needle>& needles) {
  bool found = false;
  for (const Mapping& mapping : writable_mappings(memory.map)) {
    if (mapping.name == "[vvar]") continue;
    const std::string content = read_memory(memory.content.get(), mapping);
    for (const Needle& needle : needles)
      for (std::size_t at = content.find(needle.bytes); at != std::string::npos;
           at = content.find(needle.bytes, at + 1)) {
        found = true;
        std::cerr << "found " << needle.form << " in " << mapping.name << " at +" << at << " of "
                  << content.size() << '\n';
      }
  }
  return found;
}

pid_t start_traced(char** command) {
  const pid_t process = fork();
  if (process < 0) throw pullsecret::system_error("fork");
  if (process == 0) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(126);
    execvp(command[0], command);
    _exit(127);
  }
  int status = 0;
  waitpid(process, &status, 0);
  if (!WIFSTOPPED(status))
    throw Error(command[0], WEXITSTATUS(status) == 126 ? "may not be traced" : "cannot be started");
  ptrace(PTRACE_SETOPTIONS, process, nullptr,
         PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL);
  return process;
}

bool is_event(int status, int event) {
  return status >> 8 == (SIGTRAP | (event << 8));
}

// Lets the program run until it is about to end; signals are passed on. Its memory then.
Memory run_to_exit(pid_t process) {
  Memory memory = open_memory(process);  // execve has just made it
  int signal = 0;
  while (true) {
    ptrace(PTRACE_CONT, process, nullptr, signal);
    int status = 0;
    if (waitpid(process, &status, 0) < 0 || !WIFSTOPPED(status))
      throw Error("", "the program ended without being stopped");
    if (is_event(status, PTRACE_EVENT_EXIT)) return memory;
    const bool is_another = is_event(status, PTRACE_EVENT_EXEC);
    if (is_another) memory = open_memory(process);
    signal = is_another ? 0 : WSTOPSIG(status);
  }
}

int scan_memory(char** arguments) {
  const std::string secret = pullsecret::read_file(arguments[1], 4096);
  if (secret.size() < 8) throw Error("", "a secret of under 8 bytes is found everywhere");
  const pid_t process = start_traced(arguments + 2);
  Memory memory = run_to_exit(process);
  const bool found = scan(memory, needles_of(secret));
  ptrace(PTRACE_CONT, process, nullptr, nullptr);
  int status = 0;
  waitpid(process, &status, 0);
  std::cerr << "exit status " << WEXITSTATUS(status) << '\n';
  return found ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc < 3) throw Error("", "usage: scan-memory FILE PROGRAM [ARGUMENT]...");
    return scan_memory(argv);
  } catch (const Error& error) {
    std::cerr << "scan-memory: " << error.what() << '\n';
    return 2;
  }
}
