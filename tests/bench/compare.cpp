// compare PAIRS OUTPUT_A OUTPUT_B PROGRAM_A [ARGUMENT]... -- [<INPUT_B] PROGRAM_B [ARGUMENT]...
//
// Runs two commands in turn, PAIRS times each, on the same standard input, but where the second has
// the file INPUT_B, and prints what tells them apart, on one line:
//
//   the median of A's time divided by B's, over the pairs
//   the median time of A, and of B, in milliseconds
//   the most memory that A ever had resident, in kilobytes
//
// A machine that is busy for a while slows both halves of a pair, and a pair that was hit in one
// half only is far from the median. Commands are started by posix_spawn(3), without a shell; their
// standard output is memory, so that no disk takes part. Every run must exit 0 and print what the
// first run printed; that is put into the files OUTPUT_A and OUTPUT_B, to be checked. Three runs of
// B may fail, and are repeated: gnome-keyring does not know the first call of one program in some
// thousands, and upstream's does not ask again.
//
// Linux counts what this program has resident as the command's own, until it becomes the command:
// hence no library that would make this program large.

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "system/file_descriptor.h"

namespace {

using pullsecret::FileDescriptor;

struct Command {
  std::vector<char*> line;      ///< ends with nullptr, as posix_spawn(3) takes it
  const char* input = nullptr;  ///< the file that is its standard input; else that of this program
  std::string output;           ///< of its first run
  std::vector<double> milliseconds;
  int may_fail = 0;  ///< so many times
  long peak_kibibytes = 0;
};

std::string output_of(const FileDescriptor& file) {
  std::string output(static_cast<std::size_t>(lseek(file.get(), 0, SEEK_END)), '\0');
  if (pread(file.get(), output.data(), output.size(), 0) != static_cast<ssize_t>(output.size()))
    throw std::runtime_error("its output cannot be read");
  return output;
}

pid_t start(const Command& command, const FileDescriptor& output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output.get(), STDOUT_FILENO);
  if (command.input != nullptr)
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, command.input, O_RDONLY, 0);
  pid_t process = 0;
  const int failed =
      posix_spawnp(&process, command.line.front(), &actions, nullptr, command.line.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("it cannot be started");
  return process;
}

void run_once(Command& command) {
  const FileDescriptor output(memfd_create("output", MFD_CLOEXEC));
  lseek(STDIN_FILENO, 0, SEEK_SET);

  const auto before = std::chrono::steady_clock::now();
  const pid_t process = start(command, output);
  int status = 0;
  rusage usage{};
  wait4(process, &status, 0, &usage);
  const auto after = std::chrono::steady_clock::now();

  if (status != 0 && command.may_fail-- > 0) return run_once(command);
  if (status != 0) throw std::runtime_error("it failed");
  if (command.milliseconds.empty()) command.output = output_of(output);
  if (command.output != output_of(output)) throw std::runtime_error("its output has changed");
  command.milliseconds.push_back(std::chrono::duration<double, std::milli>(after - before).count());
  command.peak_kibibytes = std::max(command.peak_kibibytes, usage.ru_maxrss);
}

void run(Command& command) {
  try {
    run_once(command);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(std::string(command.line.front()) + ": " + error.what());
  }
}

double median(std::vector<double> numbers) {
  const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
  std::nth_element(numbers.begin(), middle, numbers.end());
  return *middle;
}

// The first of a pair may find caches and the clock rate in another state than the second: each
// command is first in every other pair.
void run_pairs(Command& a, Command& b, int pairs) {
  for (int pair = 0; pair < pairs; ++pair) {
    run(pair % 2 == 0 ? a : b);
    run(pair % 2 == 0 ? b : a);
  }
}

double median_ratio(const Command& a, const Command& b) {
  std::vector<double> ratios(a.milliseconds.size());
  std::transform(a.milliseconds.begin(), a.milliseconds.end(), b.milliseconds.begin(),
                 ratios.begin(), [](double x, double y) { return x / y; });
  return median(ratios);
}

std::vector<char*> command_line(char** first, char** last) {
  if (first == last) throw std::runtime_error("usage: compare PAIRS FILE FILE A... -- B...");
  std::vector<char*> line(first, last);
  line.push_back(nullptr);
  return line;
}

void compare(char** first, char** last) {
  if (last - first < 3) throw std::runtime_error("usage: compare PAIRS FILE FILE A... -- B...");
  const int pairs = std::max(1, std::atoi(first[0]));  // NOLINT(cert-err34-c): no number is 1
  char** const separator = std::find(first + 3, last, std::string_view("--"));
  Command a, b;
  a.line = command_line(first + 3, separator);
  char** first_of_b = std::min(separator + 1, last);
  if (first_of_b != last && **first_of_b == '<') b.input = *first_of_b++ + 1;
  b.line = command_line(first_of_b, last);
  b.may_fail = 3;
  run_pairs(a, b, pairs);

  std::ofstream(first[1]) << a.output;
  std::ofstream(first[2]) << b.output;
  std::printf("%.4f %.3f %.3f %.0f\n", median_ratio(a, b), median(a.milliseconds),
              median(b.milliseconds), static_cast<double>(a.peak_kibibytes) * 1.024);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    compare(argv + 1, argv + argc);
  } catch (const std::runtime_error& error) {
    std::cerr << "compare: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
