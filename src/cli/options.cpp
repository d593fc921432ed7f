#include "cli/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>

#include "credential/go_duration.h"
#include "kubernetes/image.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using std::chrono::nanoseconds;

// What people call an option that has another name here, as docker, kubectl, skopeo and podman do.
constexpr std::array<std::array<std::string_view, 5>, 6> same_meaning{{
    {"registry", "server", "host", "hostname", "url"},
    {"username", "user", "login"},
    {"output", "format", "json", "yaml"},
    {"config", "file", "filename", "authfile", "docker-config"},
    {"password-stdin", "pass", "token", "secret"},
    {"to", "use", "store", "creds-store"},
}};

// The name of the operand for cxxopts, which takes no word with a dot for an option.
constexpr const char* operand_name = "operand.0";

bool is_flag(const Option& option) {
  return option.value.name.empty();
}

bool is_offered(const Option& option) {
  return option.refused.empty();
}

bool is_alike(std::string_view a, std::string_view b) {
  return std::any_of(same_meaning.begin(), same_meaning.end(), [&](const auto& names) {
    const auto has = [&](std::string_view name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    return has(a) && has(b);
  });
}

// The option that is meant by `name`, if one can tell.
std::optional<std::string> meant_option(const Command& command, const std::string& name) {
  std::vector<std::string> names;
  for (const Option& option : options_of(command))
    if (is_offered(option)) names.emplace_back(option.name);
  if (auto near = nearest(name, names)) return near;
  const auto alike = std::find_if(names.begin(), names.end(), [&](const std::string& candidate) {
    return is_alike(name, candidate);
  });
  return alike == names.end() ? std::nullopt : std::optional(*alike);
}

std::string help_hint(const Command& command) {
  return fmt::format("pullsecret help {}", command.name);
}

Error unknown_option(const Command& command, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  const std::size_t dashes = std::min(name.find_first_not_of('-'), name.size());
  const auto meant = meant_option(command, name.substr(dashes));
  return {"", fmt::format("unknown option {}", printable(name, 40)),
          (meant ? fmt::format("the nearest is --{}; ", *meant) : "") +
              fmt::format("pullsecret help {} has them all", command.name)};
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

// What people leave out before a registry or an image. No command that has these options is ever
// given a password.
std::string option_for(const Command& command, const std::string& argument) {
  const std::vector<Option> options = options_of(command);
  const auto has = [&](std::string_view name) {
    return std::any_of(options.begin(), options.end(),
                       [&](const Option& option) { return option.name == name; });
  };
  if (!has("registry")) return {};
  return has("image") && argument.find('/') != std::string::npos ? "--image" : "--registry";
}

Error unexpected_argument(const Command& command, const std::string& argument) {
  const std::string option = option_for(command, argument);
  if (option.empty() || !is_registry_or_image(argument))
    return {"", "an argument too many: it belongs to no option", help_hint(command)};
  return {printable(argument, 100), "an argument too many: it belongs to no option",
          fmt::format("pullsecret {} {} {}", command.name, option, shell_word(argument))};
}

// ---- The words that cxxopts reads

/// An option as cxxopts takes it.
struct OptionWords {
  std::vector<std::string> words;
  bool wants_value = false;  ///< which is the word behind it
};

// `--name`, `--name=VALUE`
OptionWords words_of_name(const Command& command, const std::vector<Option>& options,
                          const std::string& word) {
  const std::size_t equals = word.find('=');
  const std::string_view name = std::string_view(word).substr(2, equals - 2);
  const auto option = std::find_if(options.begin(), options.end(),
                                   [&](const Option& known) { return known.name == name; });
  if (option == options.end()) throw unknown_option(command, word);
  return {{word}, !is_flag(*option) && equals == std::string::npos};
}

// `-q`, `-n`, `-nVALUE`, `-n=VALUE`, `-qnVALUE`. cxxopts takes letters and digits alone for such a
// value, and none behind `=`; `-n VALUE` says the same.
OptionWords words_of_letters(const Command& command, const std::vector<Option>& options,
                             const std::string& word) {
  OptionWords letters;
  for (std::size_t i = 1; i < word.size(); ++i) {
    const auto option = std::find_if(options.begin(), options.end(),
                                     [&](const Option& known) { return known.letter == word[i]; });
    if (option == options.end()) throw unknown_option(command, {'-', word[i]});
    const std::string rest = word.substr(i + 1);
    if (is_flag(*option) && rest.starts_with('=')) {
      letters.words.push_back(fmt::format("--{}{}", option->name, rest));
      return letters;
    }
    letters.words.push_back({'-', word[i]});
    if (is_flag(*option)) continue;
    letters.wants_value = rest.empty();
    if (!rest.empty()) letters.words.push_back(rest.substr(rest.starts_with('=') ? 1 : 0));
    return letters;
  }
  return letters;
}

// What is an option's value stays as it is.
std::vector<std::string> words_for_cxxopts(const Command& command, const Arguments& arguments) {
  const std::vector<Option> options = options_of(command);
  std::vector<std::string> words;
  bool is_value = false, is_past_options = false;
  for (const std::string& argument : arguments) {
    is_past_options = is_past_options || (argument == "--" && !is_value);
    if (is_value || is_past_options || argument.size() < 2 || argument[0] != '-') {
      words.push_back(argument);
      is_value = false;
      continue;
    }
    const OptionWords option = argument[1] == '-' ? words_of_name(command, options, argument)
                                                  : words_of_letters(command, options, argument);
    words.insert(words.end(), option.words.begin(), option.words.end());
    is_value = option.wants_value;
  }
  return words;
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

// All options but flags take any text, so that a flag has a value which is neither true nor false.
Error refused_flag_value(const Command& command, const std::vector<std::string>& words) {
  for (const Option& option : options_of(command))
    for (const std::string& word : words)
      if (is_flag(option) && word.starts_with(fmt::format("--{}=", option.name)))
        return {fmt::format("--{}", option.name), "it takes no value but true and false",
                help_hint(command)};
  return {"", "an option has a value that it does not take", help_hint(command)};
}

cxxopts::ParseResult parse_words(const Command& command, const std::vector<std::string>& words) {
  std::vector<const char*> pointers{"pullsecret"};
  for (const std::string& word : words)
    pointers.push_back(word.c_str());
  try {
    return cxxopts_of(command).parse(static_cast<int>(pointers.size()), pointers.data());
  } catch (const cxxopts::exceptions::missing_argument&) {
    // That is the last one: any other takes the word behind it. So it is no value.
    throw Error("", printable(words.back(), 40) + " needs an argument", help_hint(command));
  } catch (const cxxopts::exceptions::incorrect_argument_type&) {
    throw refused_flag_value(command, words);
  }
}

// ---- What the table demands

std::optional<std::size_t> position(const Value& value, const std::string& text) {
  const auto choice = std::find(value.choices.begin(), value.choices.end(), text);
  if (choice == value.choices.end()) return std::nullopt;
  return static_cast<std::size_t>(choice - value.choices.begin());
}

void refuse_what_is_no_choice(const Value& value, const std::string& place,
                              const std::string& text) {
  if (value.kind != ValueKind::choice || position(value, text)) return;
  const std::vector<std::string> choices(value.choices.begin(), value.choices.end());
  throw Error(place, "it is one of " + join(choices, ", "));
}

void check(const CommandLine& line) {
  for (const Option& option : options_of(*line.command)) {
    const std::string name(option.name);
    if (!is_given(line, name)) continue;
    if (!is_offered(option))
      throw Error("--" + name, std::string(option.refused), std::string(option.in_its_place));
    if (option.value.kind == ValueKind::choice)
      refuse_what_is_no_choice(option.value, "--" + name, *value_of(line, name));
  }
  if (const auto operand = operand_of(line))
    refuse_what_is_no_choice(*line.command->operand, std::string(line.command->operand->name),
                             *operand);
}

Option declared(const CommandLine& line, const std::string& name) {
  for (const Option& option : options_of(*line.command))
    if (option.name == name) return option;
  throw std::logic_error(fmt::format("{} declares no --{}", line.command->name, name));
}

}  // namespace

CommandLine parse_command_line(const Command& command, const Arguments& arguments) {
  CommandLine line{&command, parse_words(command, words_for_cxxopts(command, arguments))};
  if (!line.parsed.unmatched().empty())
    throw unexpected_argument(command, line.parsed.unmatched().front());
  check(line);
  return line;
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
  const auto duration = parse_go_duration(is_number ? *text + "s" : *text);
  if (!duration || *duration < least || *duration > most)
    throw Error("--" + option,
                fmt::format("not a duration from {} to {}", go_duration(least), go_duration(most)),
                "hours, minutes and seconds, such as 90s or 1h30m; a day is 24h");
  return duration;
}

std::optional<std::string> nearest(const std::string& word,
                                   const std::vector<std::string>& candidates) {
  constexpr std::size_t most_edits = 2, least_prefix = 2;
  const auto longer =
      std::find_if(candidates.begin(), candidates.end(), [&](const std::string& candidate) {
        return word.size() >= least_prefix && candidate.starts_with(word);
      });
  if (longer != candidates.end()) return *longer;
  const auto closest = std::min_element(candidates.begin(), candidates.end(),
                                        [&](const std::string& a, const std::string& b) {
                                          return edit_distance(word, a) < edit_distance(word, b);
                                        });
  if (closest == candidates.end()) return std::nullopt;
  const std::size_t edits = edit_distance(word, *closest);
  return edits <= most_edits && edits < word.size() ? std::optional(*closest) : std::nullopt;
}

}  // namespace pullsecret
