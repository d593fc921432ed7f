#include "cli/run.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/caller.h"
#include "cli/command.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/manual_page.h"
#include "cli/messages.h"
#include "cli/options.h"
#include "cli/plugin.h"
#include "system/text.h"

namespace pullsecret {
namespace {

enum ExitStatus { done = 0, failed = 1, wrong_usage = 2 };

// The beginning of a hint that names what is meant by `word`; empty if one cannot tell.
std::string suggestion(const std::string& word, const std::vector<std::string>& candidates) {
  const auto near = nearest(word, candidates);
  return near ? fmt::format("the nearest is {}; ", *near) : "";
}

Error unknown_command(const std::string& name, std::vector<std::string> names) {
  for (const Command& command : commands())
    names.emplace_back(command.name);
  return {"", fmt::format("unknown command \"{}\"", printable(name, 40)),
          suggestion(name, names) + "pullsecret help has them all"};
}

// The command that `words` begin with. `others` are the words that can stand there beside.
const Command& command_in(const Arguments& words, const std::vector<std::string>& others) {
  const Command* command = find_command(commands(), words);
  if (command == nullptr) throw unknown_command(words.front(), others);
  return *command;
}

bool is_help(std::string_view argument) {
  return argument == "--help" || argument == "-h";
}

Work print_work(const std::string& text) {
  return [text](const Streams& streams) { streams.data(text); };
}

Work print_help(const std::string& text) {
  return print_work(as_called(text));
}

Work prepare_help(const Arguments& words) {
  if (words.empty() || is_help(words.front()) || words.front() == "help")
    return print_help(general_help(commands()));
  if (is_manual_topic(words.front()))
    return [topic = words.front()](const Streams&) { show_manual_page(topic); };
  std::vector<std::string> topics;
  for (const ManualTopic& topic : manual_topics())
    topics.emplace_back(topic.name);
  return print_help(help_of(command_in(words, topics)));
}

// What a shell's completion asks; cobra's programs have the same word for it.
Work prepare_completions(const Arguments& words) {
  return [words](const Streams& streams) {
    streams.data(format_completions(complete(commands(), words, completion_sources())));
  };
}

Work prepare_command(const Arguments& words) {
  const std::vector<std::string> others{"help"};
  const Command& command = command_in(words, others);
  if (std::any_of(words.begin(), words.end(), is_help)) return print_help(help_of(command));
  return command.prepare(parse_command_line(command, words_behind(command, words)));
}

Work prepare(const Arguments& words) {
  if (words.empty() || is_help(words.front())) return print_help(general_help(commands()));
  const std::string& first = words.front();
  const Arguments others(std::next(words.begin()), words.end());
  if (first == "--version" || first == "version")
    return print_work("pullsecret " PULLSECRET_VERSION "\n");
  if (first == "help") return prepare_help(others);
  if (first == "__complete") return prepare_completions(others);
  if (first.starts_with('-'))
    throw Error(
        "", fmt::format("unknown option {}", printable(first.substr(0, first.find('=')), 40)),
        suggestion(first, {"--help", "--version"}) + "options of a command stand behind its name");
  if (caller() == Caller::docker && first == metadata_word) return print_work(plugin_metadata());
  if (caller() == Caller::docker && first == hook_word)
    return [request = join(others, "")](const Streams& streams) {
      streams.data(answer_hook(request));
    };
  return prepare_command(words);
}

}  // namespace

int run(const Arguments& arguments, const Streams& streams) {
  std::optional<Work> work;
  try {
    work = prepare(arguments);
  } catch (const Error& error) {
    print_error(streams, error);
    return wrong_usage;
  }
  try {
    (*work)(streams);
  } catch (const WrongUsage& error) {
    print_error(streams, error);
    return wrong_usage;
  } catch (const Error& error) {
    print_error(streams, error);
    return failed;
  } catch (const std::exception& error) {
    print_error(streams, Error("", error.what()));
    return failed;
  }
  return done;
}

}  // namespace pullsecret
