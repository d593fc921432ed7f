#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cxxopts.hpp>

#include "cli/command.h"

namespace pullsecret {

/// What was given of a command's options. The functions below throw std::logic_error for one that
/// is not in the command's table.
struct CommandLine {
  const Command* command = nullptr;  ///< outlives it
  cxxopts::ParseResult parsed;
};

/// Reads `arguments` as the options of `command` say, as kubectl would: `-n VALUE`, `-nVALUE` and
/// `-n=VALUE` are one. Throws Error for an unknown option, naming the one that is meant if one can
/// tell, for a refused one, for a value that is no choice, for a missing or a surplus argument. No
/// error repeats an argument's value, which may be a password typed in the wrong place, but for
/// what is plainly a registry or an image, where the command has an option for it.
CommandLine parse_command_line(const Command& command, const Arguments& arguments);

/// A command line that somebody is typing.
struct UnfinishedLine {
  CommandLine line = {};
  std::optional<Option> awaiting = std::nullopt;  ///< whose value the next word is
  bool takes_options = false;                     ///< whether the next word may be options
};

/// Reads `arguments`, behind which another word is to come. Throws Error for an option that the
/// command does not have; of values it takes any.
UnfinishedLine parse_unfinished_line(const Command& command, const Arguments& arguments);

bool is_given(const CommandLine& line, const std::string& option);

/// Whether a flag is given, and not as `--FLAG=false`.
bool is_set(const CommandLine& line, const std::string& flag);

/// The value of an option, if it was given.
std::optional<std::string> value_of(const CommandLine& line, const std::string& option);

/// The values of an option that may be given several times; none if it was not given.
std::vector<std::string> values_of(const CommandLine& line, const std::string& option);

/// The argument that is no option's, if it was given.
std::optional<std::string> operand_of(const CommandLine& line);

/// The position of an option's value among its choices; the first if it was not given.
std::size_t position_of_choice(const CommandLine& line, const std::string& option);

/// The same for an enumeration that has the option's choices in their order.
template <typename Choice>
Choice choice_of(const CommandLine& line, const std::string& option) {
  return static_cast<Choice>(position_of_choice(line, option));
}

/// What a report is: a table for people, or JSON for scripts; JUnit's XML for CI, if the command
/// has that. The option's values are in this order.
enum class ReportFormat { table, json, junit };
Option report_option(std::string_view description, bool has_junit = false);

/// The number in an option's value, if it was given, from `least` to `most`. Throws Error if it is
/// none.
std::optional<std::size_t> number_of(const CommandLine& line, const std::string& option,
                                     std::size_t least, std::size_t most);

/// The span of time in an option's value, if it was given, from `least` to `most`: as
/// parse_duration() reads it, or a number of seconds. Throws Error if it is none.
std::optional<std::chrono::nanoseconds> duration_of(const CommandLine& line,
                                                    const std::string& option,
                                                    std::chrono::nanoseconds least,
                                                    std::chrono::nanoseconds most);

}  // namespace pullsecret
