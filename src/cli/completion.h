#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"

namespace pullsecret {

/// What can stand for a word of the command line.
struct Candidate {
  std::string text;
  std::string description;  ///< one line, printable; empty: none
};

struct Completions {
  std::vector<Candidate> candidates;
  bool takes_files = false;  ///< a file's name can stand there, too
};

/// Where the names come from that are not in the table of commands.
struct CompletionSources {
  /// The registries that a Docker config names: that of --config, if it was given.
  std::function<std::vector<std::string>(const std::optional<std::string>& config)> registries;
  /// The stores that are installed.
  std::function<std::vector<std::string>()> stores;
};

/// The sources that look into the Docker config and PATH. They run no program; what cannot be read,
/// or is too large to be read while somebody waits, has no names. No registry is among them whose
/// name a shell would take for something else, or that has a login in it.
CompletionSources completion_sources();

/// What can stand for the last of `words`, which stand behind the program's name and is typed so
/// far; of `--name=VALUE` for VALUE. Nothing where the words before are wrong.
Completions complete(const std::vector<Command>& commands, const Arguments& words,
                     const CompletionSources& sources);

/// The completions as cobra's programs print them, which kubectl and docker pass on: a candidate a
/// line, with a tab and its description, then `:0` if files can stand there, else `:4`
/// (github.com/spf13/cobra, completions.go: ShellCompDirective).
std::string format_completions(const Completions& completions);

}  // namespace pullsecret
