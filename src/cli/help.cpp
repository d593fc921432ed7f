#include "cli/help.h"

#include <cstddef>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "cli/manual_page.h"
#include "cli/table.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::size_t help_columns = 80;

constexpr std::string_view what_for =
    R"(docker login puts credentials into a store ("credsStore" in
~/.docker/config.json). Kubernetes needs them inline, in a Secret. pullsecret
asks the stores and prints the Secret:

    $ docker login ghcr.io
    $ pullsecret convert | kubectl apply -f -
    secret/regcred created

A Pod then names the Secret: imagePullSecrets: [{name: regcred}]

Data goes to standard output, messages to standard error. On failure nothing
goes to standard output, except the reports of check, doctor and migrate. The
exit status is 0: done, 1: failed or problems found, 2: wrong usage.
)";

// A line with a label and, from `column` on, a text; that begins below a label which is too long.
std::string entry(const std::string& label, std::string_view text, std::size_t column) {
  std::string lines = "    " + label;
  std::size_t end = lines.size();
  for (const std::string& line : wrapped(text, help_columns - column)) {
    if (end + 2 > column) {
      lines += '\n';
      end = 0;
    }
    lines += std::string(column - end, ' ') + line;
    end = help_columns;
  }
  return lines + '\n';
}

std::string command_entry(const std::string& call, std::string_view summary) {
  constexpr std::size_t column = 36;
  return entry("pullsecret " + call, summary, column);
}

// `-o, --output FORMAT`
std::string label_of(const Option& option) {
  const std::string letter = option.letter == 0 ? "" : fmt::format("-{}, ", option.letter);
  const std::string_view space = is_flag(option) ? "" : " ";
  return fmt::format("{}--{}{}{}", letter, option.name, space, option.value.name);
}

// What all helps end with: where there is more.
std::string see_also(const std::string& page, std::span<const ManualTopic> topics) {
  constexpr std::size_t column = 31;
  std::string lines = "See also:\n" + entry("man " + page, "the manual", column);
  for (const auto& [name, summary] : topics)
    lines += entry(fmt::format("pullsecret help {}", name), summary, column);
  return lines;
}

std::string group_help(const OptionGroup& group) {
  constexpr std::size_t column = 26;
  std::string lines;
  for (const Option& option : group.options)
    if (is_offered(option)) lines += entry(label_of(option), option.description, column);
  return fmt::format("{}:\n{}", group.heading, lines);
}

}  // namespace

std::string manual_page_of(const Command& command) {
  return fmt::format("pullsecret-{}", join(split(command.name, ' '), "-"));
}

std::string general_help(const std::vector<Command>& commands) {
  std::string usage;
  for (const Command& command : commands)
    usage += command_entry(fmt::format("{} {}", command.name, command.usage), command.summary);
  usage += command_entry("help [TOPIC]", "print this, a command's help, or a page");
  usage += "    pullsecret --version\n";
  return fmt::format("pullsecret brings Docker credentials into Kubernetes.\n\nUsage:\n{}\n{}\n{}",
                     usage, what_for, see_also("pullsecret", manual_topics()));
}

std::string help_of(const Command& command) {
  std::vector<std::string> sections{std::string(command.intro)};
  for (const OptionGroup& group : command.groups)
    sections.push_back(group_help(group));
  if (!command.outro.empty()) sections.emplace_back(command.outro);
  sections.push_back(see_also(manual_page_of(command), std::span(manual_topics()).first(1)));
  return join(sections, "\n");
}

}  // namespace pullsecret
