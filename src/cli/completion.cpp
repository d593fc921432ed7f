#include "cli/completion.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "cli/manual_page.h"
#include "cli/options.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

std::string one_line(std::string_view text) {
  return join(split(text, '\n'), " ");
}

// ---- Commands

// The next word of each command whose name goes on behind `words`.
std::vector<Candidate> command_names(const std::vector<Command>& commands, const Arguments& words) {
  std::vector<Candidate> found;
  for (const Command& command : commands) {
    const std::vector<std::string> name = split(command.name, ' ');
    if (name.size() <= words.size() || !std::equal(words.begin(), words.end(), name.begin()))
      continue;
    const bool is_whole = name.size() == words.size() + 1;
    const std::string& next = name[words.size()];
    const auto same = [&](const Candidate& candidate) { return candidate.text == next; };
    if (std::none_of(found.begin(), found.end(), same))
      found.push_back({next, is_whole ? std::string(command.summary) : ""});
  }
  return found;
}

// ---- Options

std::vector<Candidate> option_names(const CommandLine& line) {
  std::vector<Candidate> found;
  for (const Option& option : options_of(*line.command)) {
    const bool is_spent = !option.is_repeatable && is_given(line, std::string(option.name));
    if (!is_offered(option) || is_spent) continue;
    const std::string description = one_line(option.description);
    found.push_back({fmt::format("--{}", option.name), description});
    if (option.letter != 0) found.push_back({fmt::format("-{}", option.letter), description});
  }
  found.push_back({"--help", "what the command does, and all its options"});
  return found;
}

// ---- Values

std::vector<std::string> values(const Value& value, const CommandLine& line,
                                const CompletionSources& sources) {
  switch (value.kind) {
    case ValueKind::choice:
      return {value.choices.begin(), value.choices.end()};
    case ValueKind::registry:
      return sources.registries(line.parsed.count("config") > 0 ? value_of(line, "config")
                                                                : std::nullopt);
    case ValueKind::store:
      return sources.stores();
    case ValueKind::place: {
      std::vector<std::string> places = sources.stores();
      places.emplace_back("inline");
      return places;
    }
    case ValueKind::text:
    case ValueKind::file:
    case ValueKind::output:
      break;
  }
  return {};
}

Completions of_value(const Value& value, const CommandLine& line,
                     const CompletionSources& sources) {
  Completions found{.takes_files =
                        value.kind == ValueKind::file || value.kind == ValueKind::output};
  for (std::string& text : values(value, line, sources))
    found.candidates.push_back({std::move(text), ""});
  return found;
}

// ---- All of it

// The option that `typed`, `--name=VALUE` or `-n=VALUE`, gives a value to.
std::optional<Option> assigned_option(const Command& command, const std::string& typed) {
  const std::size_t equals = typed.find('=');
  if (!typed.starts_with('-') || equals == std::string::npos) return std::nullopt;
  return parse_unfinished_line(command, {typed.substr(0, equals)}).awaiting;
}

Completions in_command(const Command& command, const Arguments& arguments, const std::string& typed,
                       const CompletionSources& sources) {
  const auto [line, awaiting, takes_options] = parse_unfinished_line(command, arguments);
  if (awaiting) return of_value(awaiting->value, line, sources);
  if (takes_options) {
    if (const auto option = assigned_option(command, typed))
      return of_value(option->value, line, sources);
    if (typed.starts_with('-')) return {option_names(line)};
  }
  if (command.operand && !operand_of(line)) return of_value(*command.operand, line, sources);
  return takes_options ? Completions{option_names(line)} : Completions();
}

Completions of_all_words(const std::vector<Command>& commands, Arguments before,
                         const std::string& typed, const CompletionSources& sources) {
  if (before.empty() && typed.starts_with('-')) return {{{"--help", ""}, {"--version", ""}}};
  if (before.empty()) {
    Completions found{command_names(commands, {})};
    found.candidates.push_back({"help", "what a command does, and all its options"});
    return found;
  }
  if (before.front() == "help") {
    before.erase(before.begin());
    Completions found{command_names(commands, before)};
    if (before.empty())
      for (const auto& [name, summary] : manual_topics())
        found.candidates.push_back({std::string(name), std::string(summary)});
    return found;
  }
  Completions found{command_names(commands, before)};
  if (const Command* command = find_command(commands, before)) {
    Completions more = in_command(*command, words_behind(*command, before), typed, sources);
    std::move(more.candidates.begin(), more.candidates.end(), std::back_inserter(found.candidates));
    found.takes_files = more.takes_files;
  }
  return found;
}

}  // namespace

Completions complete(const std::vector<Command>& commands, const Arguments& words,
                     const CompletionSources& sources) {
  if (words.empty()) return {};
  const std::string& typed = words.back();
  Completions found;
  try {
    found = of_all_words(commands, {words.begin(), std::prev(words.end())}, typed, sources);
  } catch (const Error&) {
    return {};
  }
  const bool is_assignment = typed.starts_with('-') && typed.find('=') != std::string::npos;
  const std::string beginning = is_assignment ? typed.substr(typed.find('=') + 1) : typed;
  std::erase_if(found.candidates,
                [&](const Candidate& candidate) { return !candidate.text.starts_with(beginning); });
  return found;
}

std::string format_completions(const Completions& completions) {
  std::string lines;
  for (const auto& [text, description] : completions.candidates)
    lines += description.empty() ? text + '\n' : fmt::format("{}\t{}\n", text, description);
  return lines + (completions.takes_files ? ":0\n" : ":4\n");
}

}  // namespace pullsecret
