#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/messages.h"
#include "cli/options.h"
#include "completion_scripts.h"
#include "system/error.h"

namespace pullsecret {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> scripts{
    {{"bash", bash_completion}, {"zsh", zsh_completion}, {"fish", fish_completion}}};

std::string read_shell(const CommandLine& line) {
  const auto shell = operand_of(line);
  if (!shell) throw Error("", "no shell named", "pullsecret help completion");
  return *shell;
}

void print_script(const std::string& shell, const Streams& streams) {
  const auto* const script = std::find_if(scripts.begin(), scripts.end(),
                                          [&](const auto& known) { return known.first == shell; });
  streams.data(script->second);
}

}  // namespace

Command completion_command() {
  std::vector<std::string_view> shells(scripts.size());
  std::transform(scripts.begin(), scripts.end(), shells.begin(),
                 [](const auto& script) { return script.first; });
  return {.name = "completion",
          .usage = "SHELL",
          .summary = "print the script for Tab's completion",
          .intro = R"(Prints the script by which a shell completes pullsecret's words on Tab.

Usage:
    pullsecret completion bash|zsh|fish

It completes commands and options, formats and types, and files. For a registry
it offers those that the Docker config names, for a store those that are
installed. It asks no credential store.

An installed pullsecret has put the script where the shells look for it. You
need this only where a shell does not find it there, such as fish with a
pullsecret in /usr/local, and zsh with one in a home folder.
)",
          .groups = {},
          .outro = R"(Examples:
    In ~/.bashrc:

    source <(pullsecret completion bash)

    In ~/.zshrc, behind compinit:

    source <(pullsecret completion zsh)

    In ~/.config/fish/config.fish:

    pullsecret completion fish | source
)",
          .operand = Value{"SHELL", ValueKind::choice, shells},
          .prepare = prepare<read_shell, print_script>};
}

}  // namespace pullsecret
