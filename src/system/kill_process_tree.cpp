#include "system/kill_process_tree.h"

#include <chrono>
#include <csignal>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace pullsecret {
namespace {

struct Process {
  pid_t id = 0;
  pid_t parent = 0;
  bool dead = false;  ///< a zombie: killed, but not yet reaped
};

// Nothing where there is no such process any more. proc(5): `ID (NAME) STATE PARENT …`, where NAME
// may hold anything, parentheses too.
std::optional<Process> read_process(const std::filesystem::path& folder) {
  std::ifstream file(folder / "stat");
  std::string line;
  std::getline(file, line);
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  Process process;
  std::istringstream id(line), rest(line.substr(name_end + 1));
  char state = 0;
  if (!(id >> process.id) || !(rest >> state >> process.parent)) return std::nullopt;
  process.dead = state == 'Z' || state == 'X';
  return process;
}

bool is_process_folder(const std::string& name) {
  return !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
}

// Of those that can be seen: where /proc cannot be read on, what was read counts.
std::vector<pid_t> living_descendants(pid_t ancestor) {
  namespace fs = std::filesystem;
  std::multimap<pid_t, Process> children;
  std::error_code ignored;
  for (fs::directory_iterator entry("/proc", ignored), end; entry != end; entry.increment(ignored))
    if (is_process_folder(entry->path().filename()))
      if (const auto process = read_process(entry->path()))
        children.emplace(process->parent, *process);
  std::vector<pid_t> living;
  std::vector<pid_t> parents{ancestor};
  while (!parents.empty()) {
    const auto [first, last] = children.equal_range(parents.back());
    parents.pop_back();
    for (auto child = first; child != last; ++child) {
      parents.push_back(child->second.id);
      if (!child->second.dead) living.push_back(child->second.id);
    }
  }
  return living;
}

}  // namespace

void kill_process_tree(pid_t process) noexcept try {
  constexpr int max_rounds = 1000;  // of a millisecond: then something cannot be killed
  kill(process, SIGSTOP);
  for (int round = 0; round < max_rounds; ++round) {
    const std::vector<pid_t> living = living_descendants(process);
    if (living.empty()) break;
    for (const pid_t descendant : living)
      kill(descendant, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  kill(process, SIGKILL);
} catch (const std::exception&) {  // no memory to look for the others
  kill(process, SIGKILL);
}

}  // namespace pullsecret
