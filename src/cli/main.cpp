#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/help.h"
#include "cli/messages.h"
#include "cli/options.h"
#include "cli/words.h"
#include "system/process.h"
#include "system/text.h"

namespace {

using namespace pullsecret;

enum ExitStatus { done = 0, failed = 1, wrong_usage = 2 };

// The beginning of a hint that names what is meant by `word`; empty if one cannot tell.
std::string suggestion(const std::string& word, const std::vector<std::string>& candidates) {
  const auto near = nearest(word, candidates);
  return near ? fmt::format("the nearest is {}; ", *near) : "";
}

const Command& find_command(std::string_view name) {
  std::vector<std::string> names{"help"};
  for (const Command& command : commands()) {
    if (command.name == name) return command;
    names.emplace_back(command.name);
  }
  throw Error("", fmt::format("unknown command \"{}\"", printable(name, 40)),
              suggestion(std::string(name), names) + "pullsecret help has them all");
}

bool is_help(std::string_view argument) {
  return argument == "--help" || argument == "-h";
}

Work print_work(const std::string& text) {
  return [text] { print_data(text); };
}

// The command of that name, or of that and the next word: which is then taken from `rest`.
const Command& take_command(const std::string& name, Arguments& rest) {
  if (!rest.empty())
    for (const Command& command : commands())
      if (command.name == name + " " + rest.front()) {
        rest.erase(rest.begin());
        return command;
      }
  return find_command(name);
}

Work prepare_help(Arguments arguments) {
  if (arguments.empty() || is_help(arguments.front()) || arguments.front() == "help")
    return print_work(general_help(commands()));
  const std::string name = arguments.front();
  arguments.erase(arguments.begin());
  return print_work(help_of(take_command(name, arguments)));
}

Work prepare(Arguments arguments) {
  if (arguments.empty() || is_help(arguments.front())) return print_work(general_help(commands()));
  const std::string name = arguments.front();
  arguments.erase(arguments.begin());
  if (name == "--version" || name == "version")
    return print_work("pullsecret " PULLSECRET_VERSION "\n");
  if (name == "help") return prepare_help(arguments);
  if (name.starts_with('-'))
    throw Error(
        "", fmt::format("unknown option {}", printable(name.substr(0, name.find('=')), 40)),
        suggestion(name, {"--help", "--version"}) + "options of a command stand behind its name");
  const Command& command = take_command(name, arguments);
  if (std::any_of(arguments.begin(), arguments.end(), is_help)) return print_work(help_of(command));
  return command.prepare(parse_command_line(command, arguments));
}

int run(const Arguments& arguments) {
  std::optional<Work> work;
  try {
    work = prepare(arguments);
  } catch (const Error& error) {
    print_error(error);
    return wrong_usage;
  }
  try {
    (*work)();
  } catch (const Error& error) {
    print_error(error);
    return failed;
  } catch (const std::exception& error) {
    print_error(Error("", error.what()));
    return failed;
  }
  return done;
}

}  // namespace

int main(int argc, char** argv) {
  harden_process();
  const int status = run(Arguments(argv + 1, argv + argc));
  wipe_stack();
  return status;
}
