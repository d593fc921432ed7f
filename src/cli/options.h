#pragma once

#include <charconv>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <cxxopts.hpp>
#include <fmt/format.h>

#include "kubernetes/image.h"
#include "system/error.h"

namespace pullsecret {

/// What stands on the command line behind a command's name.
using Arguments = std::vector<std::string>;

/// The work of a command whose command line has been read.
using Work = std::function<void()>;

/// One command. `prepare` reads and checks the command line, and throws Error for wrong usage (exit
/// status 2) before anything is done; the Work it returns throws Error for failure (exit status 1).
struct Command {
  std::string_view name;
  std::string_view help;
  Work (*prepare)(const Arguments&);
};

/// The usual `prepare`: reads options, and runs with them.
template <auto read_options, auto run>
Work prepare(const Arguments& arguments) {
  return [options = read_options(arguments)] { run(options); };
}

extern const Command check_command;
extern const Command convert_command;
extern const Command create_command;
extern const Command get_command;
extern const Command migrate_command;
extern const Command inspect_command;
extern const Command doctor_command;

/// The description of an option that no message is to offer: it is refused, or stands for an
/// argument without an option.
inline constexpr const char* not_offered = "not offered";

/// Reads `arguments` as `options` say, as kubectl would: `-n VALUE`, `-nVALUE` and `-n=VALUE` are
/// one. Throws Error for an unknown option, naming the one that is meant if one can tell, for a
/// missing or a surplus argument. No error repeats an argument's value, which may be a password
/// typed in the wrong place, but for what is plainly a registry or an image, where the command has
/// an option for it.
cxxopts::ParseResult parse_options(cxxopts::Options& options, const Arguments& arguments);

/// The values of an option that may be given several times; none if it was not given.
std::vector<std::string> values_of(const cxxopts::ParseResult& parsed, const std::string& option);

/// The value of an option, if it was given.
std::optional<std::string> value_of(const cxxopts::ParseResult& parsed, const std::string& option);

/// The number in an option's value, from `least` to `most`; whole if Number is an integer. Throws
/// Error if it is none.
template <typename Number>
Number number_of(const cxxopts::ParseResult& parsed, const std::string& option, Number least,
                 Number most) {
  const auto& text = parsed[option].as<std::string>();
  Number number{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = failed == std::errc() && end == text.data() + text.size();
  if (!is_number || !(number >= least && number <= most))
    throw Error("--" + option,
                fmt::format("not a {}number from {} to {}",
                            std::is_integral_v<Number> ? "whole " : "", least, most));
  return number;
}

/// The position of `value` in `choices`. Throws Error that lists the choices if it is none of them.
std::size_t choice_of(std::string_view option, std::string_view value,
                      const std::vector<std::string>& choices);

/// The one of `candidates` that is meant by a mistyped `word`: it begins with it, or differs in two
/// characters at most. Nothing if there is none.
std::optional<std::string> nearest(const std::string& word,
                                   const std::vector<std::string>& candidates);

}  // namespace pullsecret
