#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "system/error.h"

namespace pullsecret {

// The table of commands and their options. Parsing (options.h), --help (help.h) and completion are
// made from it, and the manual is held against it by a test: an option that is in one is in all.
//
// cxxopts reads what is typed, but for two ways of kubectl's that it does not take: `-nteam-a`, a
// value with more than letters and digits in it, and `-n=team-a`. Of these options.cpp makes
// `--namespace=team-a` first.

/// What a value can be, for completion. All but a text name something: none of them may be empty.
enum class ValueKind {
  text,
  choice,    ///< one of those listed
  file,      ///< a file's name
  output,    ///< the same, or `-`: standard output
  registry,  ///< a registry, in any spelling
  store,     ///< NAME of a program docker-credential-NAME
  place,     ///< the same, or `inline`: the config file itself
};

/// What stands behind an option, or behind the command's name.
struct Value {
  std::string_view name;  ///< as help shows it: "FILE|-"; empty: there is no value
  ValueKind kind = ValueKind::text;
  std::vector<std::string_view> choices = {};  ///< of ValueKind::choice; the first is the default
  /// What standard input is, "the config", where the value is `-`; empty: it is not read. A command
  /// takes `-` for one of its values.
  std::string_view input = {};
  std::string_view by_default = {};  ///< of an operand: what stands for it where it is not given
};

struct Option {
  char letter = 0;  ///< 'o' of -o; 0: it has none
  std::string_view name;
  Value value = {};  ///< none: it is a flag
  bool is_repeatable = false;
  std::string_view description;        ///< wrapped by --help; a line break in it stays
  std::string_view refused = {};       ///< why it is taken by no command; then nothing offers it
  std::string_view in_its_place = {};  ///< the hint to that
};

inline bool is_flag(const Option& option) {
  return option.value.name.empty();
}

inline bool is_offered(const Option& option) {
  return option.refused.empty();
}

/// Options under one heading of --help.
struct OptionGroup {
  std::string_view heading;
  std::vector<Option> options;
};

struct CommandLine;
struct Streams;

/// An Error of the Work that is wrong usage all the same: what a file has in it shows it.
class WrongUsage : public Error {
 public:
  using Error::Error;
};

/// What stands on the command line behind a command's name.
using Arguments = std::vector<std::string>;

/// The work of a command whose command line has been read. It writes to `streams` alone, and to the
/// files that its options name.
using Work = std::function<void(const Streams& streams)>;

struct Command {
  std::string_view name;     ///< of one word or more: "credential-provider config"
  std::string_view usage;    ///< what follows the name, in short: "HOST [OPTION]..."
  std::string_view summary;  ///< what `pullsecret help` says of it
  std::string_view intro;    ///< of --help: what it does, up to the options
  std::vector<OptionGroup> groups;
  std::string_view outro;  ///< of --help: what follows the options, with examples
  std::optional<Value> operand = std::nullopt;  ///< the argument that is no option's

  /// Checks what was given, and throws Error for wrong usage (exit status 2) before anything is
  /// done; the Work it returns throws Error for failure (exit status 1).
  Work (*prepare)(const CommandLine&);
};

/// The usual `prepare`: reads options, and runs with them.
template <auto read_options, auto run>
Work prepare(const CommandLine& line) {
  return [options = read_options(line)](const Streams& streams) { run(options, streams); };
}

Command check_command();
Command completion_command();
Command convert_command();
Command create_command();
Command credential_provider_command();
Command doctor_command();
Command get_command();
Command inspect_command();
Command migrate_command();
Command provider_config_command();
Command provider_test_command();

/// All commands but help, in the order in which help lists them.
const std::vector<Command>& commands();

/// The one of `commands` that `words` begin with, of the longest name; nullptr if there is none.
const Command* find_command(const std::vector<Command>& commands,
                            const std::vector<std::string>& words);

/// How many words its name has.
std::size_t words_in_name(const Command& command);

/// What stands behind its name in `words`, which begin with it.
Arguments words_behind(const Command& command, const Arguments& words);

/// The options of `command`, refused ones included.
std::vector<Option> options_of(const Command& command);

}  // namespace pullsecret
