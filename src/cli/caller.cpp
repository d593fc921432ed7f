#include "cli/caller.h"

#include <cstddef>

#include <fmt/format.h>

#include "cli/command.h"

namespace pullsecret {
namespace {

std::string_view before_the_name(Caller caller) {
  switch (caller) {
    case Caller::kubectl:
    case Caller::kubectl_completion:
      return "kubectl ";
    case Caller::docker:
      return "docker ";
    case Caller::shell:
      break;
  }
  return {};
}

bool is_command(std::string_view text) {
  const auto starts = [&](std::string_view name) {
    return text.starts_with(name) &&
           (text.size() == name.size() ||
            std::string_view(" `\n)|{").find(text[name.size()]) != std::string_view::npos);
  };
  for (const Command& command : commands())
    if (starts(command.name)) return true;
  return starts("help") || starts("--version");
}

// Where a command can begin; what stands behind a quote is a value.
bool is_beginning(std::string_view before, std::string_view prefix) {
  const bool can_begin =
      before.empty() || std::string_view(" `(\n").find(before.back()) != std::string_view::npos;
  return can_begin && !before.ends_with(prefix);
}

}  // namespace

Caller caller_of(std::string_view name) {
  if (name == "kubectl-pullsecret") return Caller::kubectl;
  if (name == "kubectl_complete-pullsecret") return Caller::kubectl_completion;
  if (name == "docker-pullsecret") return Caller::docker;
  return Caller::shell;
}

Caller caller() {
  return caller_of(program_invocation_short_name);
}

std::string as_called(std::string_view text, Caller by) {
  constexpr std::string_view program = "pullsecret ";
  const std::string_view prefix = before_the_name(by);
  if (prefix.empty()) return std::string(text);
  std::string called;
  std::size_t end = 0;
  for (std::size_t at = text.find(program); at != std::string_view::npos;
       at = text.find(program, at + 1)) {
    if (!is_beginning(text.substr(0, at), prefix) || !is_command(text.substr(at + program.size())))
      continue;
    called += fmt::format("{}{}", text.substr(end, at - end), prefix);
    end = at;
  }
  return called + std::string(text.substr(end));
}

}  // namespace pullsecret
