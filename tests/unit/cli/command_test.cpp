#include "cli/command.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <regex>
#include <set>
#include <string>

#include <fmt/format.h>

#include "catch.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/piped_input.h"
#include "cli/run_command.h"
#include "cli/secret_options.h"
#include "operations/image_pulls.h"
#include "registry/pull_verdict.h"
#include "system/text.h"

using namespace pullsecret;

namespace {

using WordSet = std::set<std::string>;

WordSet names_of(const std::vector<Option>& options) {
  WordSet names;
  for (const Option& option : options)
    names.emplace(option.name);
  return names;
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// A value that the option takes.
std::string value_for(const Option& option) {
  if (option.value.kind == ValueKind::choice) return std::string(option.value.choices.back());
  return "7";
}

}  // namespace

TEST_CASE("the table of commands is sound") {
  WordSet commands_seen;
  for (const Command& command : commands()) {
    CAPTURE(command.name);
    CHECK(commands_seen.emplace(command.name).second);
    CHECK(has(command.intro, fmt::format("pullsecret {}", command.name)));
    WordSet names, letters;
    for (const Option& option : options_of(command)) {
      CAPTURE(option.name);
      CHECK(names.emplace(option.name).second);
      if (option.letter != 0) CHECK(letters.emplace(1, option.letter).second);
      CHECK(is_offered(option) != option.description.empty());
      CHECK(is_offered(option) == option.in_its_place.empty());
      CHECK((option.value.kind == ValueKind::choice) == !option.value.choices.empty());
      for (const std::string_view choice : option.value.choices)
        CHECK((has(option.description, choice) || has(option.value.name, choice)));
      // Of `on|off` neither is a default.
      if (option.value.kind == ValueKind::choice && !has(option.value.name, "|"))
        CHECK(has(option.description, fmt::format("{} (default)", option.value.choices.front())));
      CHECK(option.is_repeatable == has(option.description, "repeated"));
    }
  }
}

TEST_CASE("every option is read from the command line, with and without its letter") {
  for (const Command& command : commands())
    for (const Option& option : options_of(command)) {
      CAPTURE(command.name, option.name);
      Arguments words{fmt::format("--{}", option.name)};
      if (!is_flag(option)) words.push_back(value_for(option));
      if (!is_offered(option)) {
        CHECK_THROWS_AS(parse_command_line(command, words), Error);
        continue;
      }
      const CommandLine line = parse_command_line(command, words);
      CHECK(is_given(line, std::string(option.name)));
      if (option.letter == 0) continue;
      words.front() = {'-', option.letter};
      CHECK(is_given(parse_command_line(command, words), std::string(option.name)));
    }
}

TEST_CASE("a command reads no option that its table does not have") {
  for (const Command& command : commands()) {
    CAPTURE(command.name);
    // What it misses is wrong usage; std::logic_error would be the table's fault.
    try {
      command.prepare(parse_command_line(command, {}));
    } catch (const Error&) {
    }
  }
  const Command command{.name = "command", .groups = {{"Options", {{.name = "all"}}}}};
  CHECK_THROWS_AS(is_given(parse_command_line(command, {}), "al"), std::logic_error);
}

TEST_CASE("--help has every option, and every command") {
  const std::string general = general_help(commands());
  for (const Command& command : commands()) {
    CAPTURE(command.name);
    CHECK(has(general, fmt::format("\n    pullsecret {} ", command.name)));
    const std::string help = help_of(command);
    for (const Option& option : options_of(command)) {
      const std::regex line(fmt::format(R"(\n    (-{}, )?--{}( \S+)?( |\n))",
                                        option.letter == 0 ? '-' : option.letter, option.name));
      CAPTURE(option.name);
      CHECK(std::regex_search(help, line) == is_offered(option));
    }
    for (const std::string& line : split(help, '\n'))
      CHECK(line.size() <= 80);
    const bool makes_secrets = command.name == "convert" || command.name == "create";
    if (makes_secrets) CHECK(has(help, "imagePullSecrets"));
  }
  CHECK(has(general, "imagePullSecrets"));
  for (const std::string& line : split(general, '\n'))
    CHECK(line.size() <= 80);
}

TEST_CASE("completion offers every option, and nothing that is refused") {
  const CompletionSources none{.registries = [](const auto&) { return Arguments(); },
                               .stores = [] { return Arguments(); }};
  for (const Command& command : commands()) {
    CAPTURE(command.name);
    Arguments words = split(command.name, ' ');
    words.emplace_back("-");
    WordSet offered, known{"--help"};
    for (const Candidate& candidate : complete(commands(), words, none).candidates)
      offered.insert(candidate.text);
    for (const Option& option : options_of(command)) {
      if (!is_offered(option)) continue;
      known.insert(fmt::format("--{}", option.name));
      if (option.letter != 0) known.insert({'-', option.letter});
    }
    CHECK(offered == known);
  }
}

TEST_CASE("completion offers the words of commands' names one by one") {
  const CompletionSources none{.registries = [](const auto&) { return Arguments(); },
                               .stores = [] { return Arguments(); }};
  const std::vector<Command> all{
      {.name = "make", .summary = "makes", .operand = Value{"WHAT", ValueKind::choice, {"a", "b"}}},
      {.name = "make house", .summary = "makes a house", .groups = {{"How", {{.name = "fast"}}}}},
      {.name = "make haste", .summary = "makes haste"},
      {.name = "burn bridges", .summary = "burns them"}};
  const auto offered = [&](const Arguments& words) {
    return format_completions(complete(all, words, none));
  };
  CHECK(offered({""}) == "make\tmakes\nburn\nhelp\twhat a command does, and all its options\n:4\n");
  CHECK(offered({"make", ""}) == "house\tmakes a house\nhaste\tmakes haste\na\nb\n:4\n");
  CHECK(offered({"make", "house", "--f"}) == "--fast\n:4\n");
  CHECK(offered({"help", "burn", ""}) == "bridges\tburns them\n:4\n");
  CHECK(find_command(all, {"make", "house", "x"}) == &all[1]);
  CHECK(find_command(all, {"make", "x"}) == all.data());
  CHECK(find_command(all, {"burn"}) == nullptr);
}

TEST_CASE("--help wraps what an option does, below a name that is too long for its column") {
  const Command command{
      .name = "command",
      .intro = "Does it.\n",
      .groups = {{"How",
                  {{.letter = 'a', .name = "all", .description = "all of it\nand more"},
                   {.name = "with-long-name",
                    .value = {"VALUE"},
                    .description = "words that go on and on until they are too many for a line "
                                   "of eighty columns"}}}}};
  CHECK(help_of(command) == R"(Does it.

How:
    -a, --all             all of it
                          and more
    --with-long-name VALUE
                          words that go on and on until they are too many for a
                          line of eighty columns

See also:
    man pullsecret-command     the manual
    pullsecret help recipes    commands to copy, by registry, CI and platform
)");
}

// ---- The manual

namespace {

// What the manual says of a value: `Cm table | json`, or `Ar` and its name.
std::string value_in_manual(const Option& option) {
  if (is_flag(option)) return "";
  if (option.value.kind != ValueKind::choice) return " Ar";
  return " Cm " + join({option.value.choices.begin(), option.value.choices.end()}, " | ");
}

std::string in_synopsis(const Option& option) {
  const std::string name =
      option.letter == 0 ? fmt::format("-{}", option.name) : std::string(1, option.letter);
  return fmt::format("Fl {}{}", name, value_in_manual(option));
}

std::string in_list(const Option& option) {
  const std::string letter = option.letter == 0 ? "" : fmt::format("{} , ", option.letter);
  return fmt::format("Fl {}-{}{}", letter, option.name, value_in_manual(option));
}

/// A command as the manual has it, each option as above.
struct ManualCommand {
  WordSet synopsis;
  bool has_manifest_options = false;
  WordSet list;
};

WordSet all_matches(const std::string& line, const std::regex& pattern) {
  WordSet found;
  for (std::sregex_iterator match(line.begin(), line.end(), pattern), end; match != end; ++match)
    found.insert(match->str());
  return found;
}

ManualCommand read_manual(const Command& command) {
  static const std::regex option(R"(Fl (\S , )?-?[a-z-]+( Cm [A-Za-z]+( \| [A-Za-z]+)*| Ar)?)");
  std::ifstream manual(fmt::format("{}/../../man/{}.1", TEST_DATA_DIR, manual_page_of(command)));
  CHECK(manual.is_open());
  ManualCommand found;
  std::string section;
  for (std::string line; std::getline(manual, line);) {
    if (line.starts_with(".Sh ")) section = line;
    if (section == ".Sh SYNOPSIS") {
      found.synopsis.merge(all_matches(line, option));
      found.has_manifest_options |= line == ".Op Ar manifest options";
    }
    if (section == ".Sh OPTIONS" && line.starts_with(".It Fl "))
      found.list.merge(all_matches(line, option));
  }
  return found;
}

}  // namespace

TEST_CASE("check's help and manual have every outcome, and no other") {
  WordSet outcomes(refusal_outcomes.begin(), refusal_outcomes.end());
  for (const PullOutcome outcome : all_pull_outcomes)
    outcomes.emplace(in_words(outcome));
  WordSet in_manual, in_help;
  std::ifstream manual(fmt::format("{}/../../man/pullsecret-check.1", TEST_DATA_DIR));
  constexpr std::string_view item = ".It Cm ";
  std::string section;
  for (std::string line; std::getline(manual, line);) {
    if (line.starts_with(".Sh ")) section = line;
    if (section == ".Sh OUTCOMES" && line.starts_with(item))
      in_manual.insert(line.substr(item.size()));
  }
  CHECK(in_manual == outcomes);
  const std::string intro(check_command().intro);
  for (const std::string& line : split(intro.substr(intro.find("The result of each try:")), '\n'))
    if (line.starts_with("    ") && !line.starts_with("     "))
      in_help.emplace(trim(line.substr(0, line.find("  ", 4))));
  CHECK(in_help == outcomes);
}

TEST_CASE("what is piped in is looked at, and stays") {
  constexpr std::string_view config = R"({"auths": {}})";
  {
    const ScopedInput input(config);
    CHECK(piped_input() == PipedInput::config);
    CHECK(read_all(STDIN_FILENO, "input", 100) == config);
    CHECK(piped_input() == PipedInput::nothing);
  }
  const FileDescriptor before(dup(STDIN_FILENO));
  std::array<int, 2> ends{};
  REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
  {
    const FileDescriptor out(ends[0]), in(ends[1]);
    dup2(out.get(), STDIN_FILENO);
    CHECK(piped_input() == PipedInput::unknown);
    write_all(in.get(), "pipe", "team-a\nteam-b\n");  // of a `while read` loop
    CHECK(piped_input() == PipedInput::nothing);
    std::string text(100, '\0');
    CHECK(read(STDIN_FILENO, text.data(), text.size()) == 14);
    write_all(in.get(), "pipe", "kubectl apply -f - <<END\nimage: x\n");  // the rest of a script
    CHECK(piped_input() == PipedInput::nothing);
    CHECK(read(STDIN_FILENO, text.data(), text.size()) == 34);
    write_all(in.get(), "pipe", "data:\n  .dockerconfigjson: e30=\n");
    CHECK(piped_input() == PipedInput::config);
    CHECK(read(STDIN_FILENO, text.data(), text.size()) == 32);
  }
  CHECK(piped_input() == PipedInput::nothing);  // nobody writes any more, as in a cron job
  dup2(before.get(), STDIN_FILENO);
}

TEST_CASE("the manual has every option of a command in its synopsis and its list, and no other") {
  OptionGroup shared = secret_options();
  const std::vector<Option> output = output_options("").options;
  shared.options.insert(shared.options.end(), output.begin(), output.end());
  const WordSet manifest = names_of(shared.options);
  const ManualCommand convert = read_manual(convert_command());
  for (const Command& command : commands()) {
    CAPTURE(command.name);
    const ManualCommand manual = read_manual(command);
    WordSet synopsis, list;
    for (const Option& option : options_of(command)) {
      const bool is_shared =
          manual.has_manifest_options && manifest.contains(std::string(option.name));
      if (is_shared) CHECK(convert.list.count(in_list(option)) == 1);
      if (!is_offered(option)) continue;
      if (!is_shared) synopsis.insert(in_synopsis(option));
      if (!is_shared || command.name == "convert") list.insert(in_list(option));
    }
    CHECK(manual.synopsis == synopsis);
    CHECK(manual.list == list);
  }
}
