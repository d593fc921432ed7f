#include "system/conversation.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

#include <fmt/format.h>

#include "system/error.h"
#include "system/executable_format.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
Conversation::Conversation(const std::filesystem::path& program, std::vector<std::string> arguments,
                           std::size_t max_line)
    : path_(program),
      max_line_(max_line),
      program_(start_program(program, std::move(arguments), std::nullopt)) {
  if (program_.error_number == 0) return;
  wait_status(program_.process);
  throw start_failure(program, program_.error_number);
}

Conversation::~Conversation() {
  kill(program_.process, SIGKILL);
  wait_status(program_.process);
}

void Conversation::tell(std::string_view line) {
  unwritten_ += line;
  unwritten_ += '\n';
}

std::optional<std::string> Conversation::hear(std::chrono::milliseconds at_most) {
  if (auto line = take_line()) return line;
  serve(at_most);
  if (auto line = take_line()) return line;
  if (program_.output.is_open()) return std::nullopt;
  const std::string_view said = trim(said_on_error_);
  throw Error(place_of(path_), "it ended before its answer was complete" +
                                   (said.empty() ? "" : ": " + printable(said)));
}

std::optional<std::string> Conversation::take_line() {
  const std::size_t end = heard_.find('\n');
  if (end == std::string::npos && heard_.size() <= max_line_) return std::nullopt;
  if (end > max_line_)
    throw Error(place_of(path_),
                fmt::format("a line of its answer is longer than {}", size_in_words(max_line_)));
  std::string line = heard_.substr(0, end);
  heard_.erase(0, end + 1);
  return line;
}

void Conversation::serve(std::chrono::milliseconds at_most) {
  const bool has_to_write = !unwritten_.empty() && program_.input.is_open();
  std::array<pollfd, 3> descriptors{{{has_to_write ? program_.input.get() : -1, POLLOUT, 0},
                                     {program_.output.get(), POLLIN, 0},
                                     {program_.error.get(), POLLIN, 0}}};
  poll(descriptors.data(), descriptors.size(), static_cast<int>(at_most.count()));
  if (program_.input.is_open() && !write_available(program_.input, unwritten_))
    program_.input.close();
  // No limit but that of one call: what comes before the end of a line is heard_ alone, and
  // bounded.
  if (program_.output.is_open()) read_available(program_.output, heard_, std::string::npos);
  if (program_.error.is_open()) read_available(program_.error, said_on_error_, max_error_output);
}

}  // namespace pullsecret
