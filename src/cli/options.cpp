#include "cli/options.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>

#include "cli/mistyped.h"
#include "credential/go_duration.h"
#include "credential/registry.h"
#include "kubernetes/image.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using std::chrono::nanoseconds;

// The name of the operand for cxxopts, which takes no word with a dot for an option.
constexpr const char* operand_name = "operand.0";

std::string help_hint(const Command& command) {
  return fmt::format("pullsecret help {}", command.name);
}

// The option that is written so: `--name`, `-n`.
std::optional<Option> option_written(const Command& command, std::string_view word) {
  for (const Option& option : options_of(command))
    if (word == fmt::format("--{}", option.name) || word == std::string{'-', option.letter})
      return option;
  return std::nullopt;
}

// `ghcr.io`, `localhost:5000/app`: not a word that could be anything.
bool is_registry_or_image(const std::string& argument) {
  const std::string host = argument.substr(0, argument.find('/'));
  if (host.find_first_of(".:") == std::string::npos) return false;
  try {
    parse_image(argument);
    return true;
  } catch (const Error&) {
    return false;
  }
}

// What people leave out before a registry or an image.
std::string option_for(const Command& command, const std::string& argument) {
  if (!option_written(command, "--registry")) return {};
  return option_written(command, "--image") && argument.find('/') != std::string::npos
             ? "--image"
             : "--registry";
}

Error unexpected_argument(const Command& command, const std::string& argument) {
  const bool may_be_password = option_written(command, "--password-stdin").has_value();
  const std::string option = option_for(command, argument);
  return {may_be_password ? "" : key_in_words(argument),
          "an argument too many: it belongs to no option",
          option.empty() || !is_registry_or_image(argument)
              ? help_hint(command)
              : fmt::format("pullsecret {} {} {}", command.name, option, shell_word(argument))};
}

// `check ghcr.io/acme/app:1.4`, of a command that takes a file's name there.
void refuse_image_as_file(const Command& command, const std::string& argument) {
  const std::filesystem::path file = argument;
  std::error_code unknown;
  if (is_one_of(file.extension().string(), {".yaml", ".yml", ".json"}) ||
      !option_written(command, "--image") || !is_registry_or_image(argument) ||
      std::filesystem::exists(file, unknown))
    return;
  throw Error(
      printable(argument, 100), "there is no such file",
      fmt::format("for an image: pullsecret {} --image {}", command.name, shell_word(argument)));
}

// ---- cxxopts

std::shared_ptr<cxxopts::Value> reader_of(const Option& option) {
  if (is_flag(option)) return cxxopts::value<bool>();
  if (option.is_repeatable) return cxxopts::value<std::vector<std::string>>();
  return cxxopts::value<std::string>();
}

cxxopts::Options cxxopts_of(const Command& command) {
  cxxopts::Options options("pullsecret");
  for (const Option& option : options_of(command)) {
    const std::string letter = option.letter == 0 ? "" : fmt::format("{},", option.letter);
    options.add_options()(fmt::format("{}{}", letter, option.name), "", reader_of(option));
  }
  if (command.operand) {
    options.add_options()(operand_name, "", cxxopts::value<std::string>());
    options.parse_positional(operand_name);
  }
  return options;
}

enum class Fault { none, missing_value, flag_value, syntax, unknown_option };

struct Reading {
  cxxopts::ParseResult parsed;
  Fault fault = Fault::none;
};

Reading read_words(const Command& command, const Arguments& words) {
  namespace faults = cxxopts::exceptions;
  std::vector<const char*> pointers{"pullsecret"};
  for (const std::string& word : words)
    pointers.push_back(word.c_str());
  try {
    return {cxxopts_of(command).parse(static_cast<int>(pointers.size()), pointers.data())};
  } catch (const faults::missing_argument&) {
    return {{}, Fault::missing_value};  // of the last word
  } catch (const faults::incorrect_argument_type&) {
    return {{}, Fault::flag_value};  // all options but flags take any text
  } catch (const faults::invalid_option_syntax&) {
    return {{}, Fault::syntax};
  } catch (const faults::parsing&) {
    return {{}, Fault::unknown_option};
  }
}

// cxxopts names the word that it refuses in its messages alone: it is the last of the fewest that
// it refuses.
Error mistake_in(const Command& command, const Arguments& words) {
  Arguments first;
  Fault fault = Fault::none;
  for (auto word = words.begin(); fault == Fault::none || fault == Fault::missing_value; ++word) {
    first.push_back(*word);
    fault = read_words(command, first).fault;
  }
  const std::string& refused = first.back();
  if (fault != Fault::flag_value) return unknown_option(command, refused);
  return {refused.substr(0, refused.find('=')), "it takes no value but true and false",
          help_hint(command)};
}

// ---- Letters

// Whether a word behind `words` may be options: it is no value, and no `--` stands before it.
bool takes_options(const Command& command, Arguments words) {
  words.emplace_back("-?");  // which cxxopts refuses there alone
  return read_words(command, words).fault == Fault::syntax;
}

// `-q -n` for `-qn`; `-q --namespace=VALUE` for `-qnVALUE` and `-qn=VALUE`
Arguments letters_apart(const Command& command, const std::string& letters) {
  Arguments words;
  for (std::size_t i = 1; i < letters.size(); ++i) {
    const std::string& word = words.emplace_back(std::string{'-', letters[i]});
    const auto option = option_written(command, word);
    if (!option) throw unknown_option(command, word);
    const std::string rest = letters.substr(i + 1);
    const bool has_equals = rest.starts_with('=');
    if (rest.empty() || (is_flag(*option) && !has_equals)) continue;
    words.back() = fmt::format("--{}={}", option->name, rest.substr(has_equals ? 1 : 0));
    break;
  }
  return words;
}

Arguments words_for_cxxopts(const Command& command, const Arguments& arguments) {
  Arguments words;
  for (const std::string& argument : arguments) {
    const bool is_several = argument.size() > 2 && argument[0] == '-' && argument[1] != '-';
    const Arguments parts = is_several && takes_options(command, words)
                                ? letters_apart(command, argument)
                                : Arguments{argument};
    words.insert(words.end(), parts.begin(), parts.end());
  }
  return words;
}

// ---- What the table demands

std::optional<std::size_t> position(const Value& value, const std::string& text) {
  const auto choice = std::find(value.choices.begin(), value.choices.end(), text);
  if (choice == value.choices.end()) return std::nullopt;
  return static_cast<std::size_t>(choice - value.choices.begin());
}

// Why a value of this kind cannot be empty; empty if it can, or if its choices say so.
std::string why_not_empty(ValueKind kind) {
  switch (kind) {
    case ValueKind::file:
    case ValueKind::output:
      return "the file's name is empty";
    case ValueKind::registry:
      return "the registry's name is empty";
    case ValueKind::store:
      return "the store's name is empty";
    case ValueKind::place:
      return "the name is empty";
    case ValueKind::text:
    case ValueKind::choice:
      break;
  }
  return {};
}

void check_value(const Value& value, const std::string& place, const std::string& text) {
  if (const std::string reason = why_not_empty(value.kind); text.empty() && !reason.empty())
    throw Error(place, reason, value.kind == ValueKind::output ? "- is standard output" : "");
  if (value.kind == ValueKind::registry && registry_host(text).empty())
    throw Error(place, fmt::format("\"{}\" names no registry", printable(text, 100)),
                "such as ghcr.io");
  if (value.kind != ValueKind::choice || position(value, text)) return;
  const std::vector<std::string> choices(value.choices.begin(), value.choices.end());
  throw Error(place.empty() ? std::string(value.name) : place,
              "it is one of " + join(choices, ", "));
}

std::vector<std::string> texts_of(const CommandLine& line, const Option& option) {
  const std::string name(option.name);
  if (option.is_repeatable) return values_of(line, name);
  return {value_of(line, name).value_or("")};
}

void check(const CommandLine& line) {
  std::string_view input;  // what standard input is already
  const auto check_text = [&](const Value& value, const std::string& place,
                              const std::string& text) {
    check_value(value, place, text);
    if (value.input.empty() || text != "-") return;
    if (!input.empty() && input != value.input)
      throw Error(place, fmt::format("standard input is {} already", input),
                  "name a file for one of the two");
    input = value.input;
  };
  const auto& operand = line.command->operand;
  if (const auto text = operand_of(line)) {
    check_text(*operand, "", *text);
    if (operand->kind == ValueKind::file) refuse_image_as_file(*line.command, *text);
  } else if (operand && operand->by_default == "-")
    input = operand->input;
  for (const Option& option : options_of(*line.command)) {
    const std::string name = fmt::format("--{}", option.name);
    if (!is_given(line, std::string(option.name))) continue;
    if (!is_offered(option))
      throw Error(name, std::string(option.refused), std::string(option.in_its_place));
    if (is_flag(option)) continue;
    for (const std::string& text : texts_of(line, option))
      check_text(option.value, name, text);
  }
}

Option declared(const CommandLine& line, const std::string& name) {
  if (auto option = option_written(*line.command, "--" + name)) return *option;
  throw std::logic_error(fmt::format("{} declares no --{}", line.command->name, name));
}

}  // namespace

CommandLine parse_command_line(const Command& command, const Arguments& arguments) {
  const Arguments words = words_for_cxxopts(command, arguments);
  Reading reading = read_words(command, words);
  if (reading.fault == Fault::missing_value)
    throw Error("", words.back() + " needs an argument", help_hint(command));
  if (reading.fault != Fault::none) throw mistake_in(command, words);
  CommandLine line{&command, reading.parsed};
  if (!line.parsed.unmatched().empty())
    throw unexpected_argument(command, line.parsed.unmatched().front());
  check(line);
  return line;
}

UnfinishedLine parse_unfinished_line(const Command& command, const Arguments& arguments) {
  Arguments words = words_for_cxxopts(command, arguments);
  UnfinishedLine unfinished{.takes_options = takes_options(command, words)};
  Reading reading = read_words(command, words);
  if (reading.fault == Fault::missing_value) {
    unfinished.awaiting = option_written(command, words.back());
    words.pop_back();
    reading = read_words(command, words);
  }
  if (reading.fault != Fault::none) throw mistake_in(command, words);
  unfinished.line = {&command, reading.parsed};
  return unfinished;
}

bool is_given(const CommandLine& line, const std::string& option) {
  return line.parsed.count(std::string(declared(line, option).name)) > 0;
}

bool is_set(const CommandLine& line, const std::string& flag) {
  return is_given(line, flag) && line.parsed[flag].as<bool>();
}

std::vector<std::string> values_of(const CommandLine& line, const std::string& option) {
  if (!is_given(line, option)) return {};
  return line.parsed[option].as<std::vector<std::string>>();
}

std::optional<std::string> value_of(const CommandLine& line, const std::string& option) {
  if (!is_given(line, option)) return std::nullopt;
  return line.parsed[option].as<std::string>();
}

std::optional<std::string> operand_of(const CommandLine& line) {
  if (line.parsed.count(operand_name) == 0) return std::nullopt;
  return line.parsed[operand_name].as<std::string>();
}

std::size_t position_of_choice(const CommandLine& line, const std::string& option) {
  const Option known = declared(line, option);
  return position(known.value, value_of(line, option).value_or("")).value_or(0);
}

Option report_option(std::string_view description, bool has_junit) {
  Option option{.letter = 'o',
                .name = "output",
                .value = {"FORMAT", ValueKind::choice, {"table", "json"}},
                .description = description};
  if (has_junit) option.value.choices.emplace_back("junit");
  return option;
}

std::optional<std::size_t> number_of(const CommandLine& line, const std::string& option,
                                     std::size_t least, std::size_t most) {
  const auto text = value_of(line, option);
  if (!text) return std::nullopt;
  std::size_t number{};
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), number);
  const bool is_number = failed == std::errc() && end == text->data() + text->size();
  if (!is_number || number < least || number > most)
    throw Error("--" + option, fmt::format("not a whole number from {} to {}", least, most));
  return number;
}

std::optional<nanoseconds> duration_of(const CommandLine& line, const std::string& option,
                                       nanoseconds least, nanoseconds most) {
  const auto text = value_of(line, option);
  if (!text) return std::nullopt;
  const bool is_number = text->find_first_not_of("0123456789.") == std::string::npos;
  const auto duration = parse_duration(is_number ? *text + "s" : *text);
  if (!duration || *duration < least || *duration > most)
    throw Error(
        "--" + option,
        fmt::format("not a duration from {} to {}", short_go_duration(least),
                    short_go_duration(most)),
        most < std::chrono::hours(48) ? "such as 90s or 1h30m" : "such as 90s, 1h30m or 2d");
  return duration;
}

}  // namespace pullsecret
