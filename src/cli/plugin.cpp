#include "cli/plugin.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "credential/go_json_reader.h"
#include "credential/go_json_writer.h"
#include "credential/json_syntax.h"
#include "doctor/failed_command.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::string_view plugin_name = "pullsecret";

// ---- kubectl

// How many words at the beginning of `words` name a namespace.
std::size_t namespace_words(const Arguments& words) {
  if (words.empty()) return 0;
  const std::string& first = words.front();
  if (first == "-n" || first == "--namespace") return std::min<std::size_t>(2, words.size());
  return first.starts_with("-n") || first.starts_with("--namespace=") ? 1 : 0;
}

Arguments behind_kubectl(Arguments words) {
  const auto begin = words.begin();
  const auto command = begin + static_cast<std::ptrdiff_t>(namespace_words(words));
  const Command* found = find_command(commands(), {command, words.end()});
  if (found == nullptr) return words;
  std::rotate(begin, command, command + static_cast<std::ptrdiff_t>(words_in_name(*found)));
  return words;
}

// ---- docker

// Of docker's own options those that take the word behind them (docker/cli, cli/flags/options.go).
bool takes_next_word(std::string_view option) {
  return is_one_of(option, {"--config", "--context", "-c", "--host", "-H", "-l", "--log-level",
                            "--tlscacert", "--tlscert", "--tlskey"});
}

void use_config_folder(const std::string& folder) {
  setenv("DOCKER_CONFIG", folder.c_str(), /*overwrite=*/1);
}

Arguments behind_docker(const Arguments& arguments) {
  constexpr std::string_view config = "--config=";
  auto word = arguments.begin();
  std::string folder;
  while (word != arguments.end() && word->starts_with('-')) {
    const bool has_next = takes_next_word(*word) && std::next(word) != arguments.end();
    if (word->starts_with(config)) folder = word->substr(config.size());
    if (*word == "--config" && has_next) folder = *std::next(word);
    std::advance(word, has_next ? 2 : 1);
  }
  Arguments words(word, arguments.end());
  // `docker help pullsecret`, and what completion asks, have a word before the name.
  const bool is_second = words.size() > 1 && (words[0] == "help" || words[0] == "__complete");
  const auto name = words.begin() + (is_second ? 1 : 0);
  if (name == words.end() || *name != plugin_name) return arguments;
  if (!folder.empty()) use_config_folder(folder);
  words.erase(name);
  return words;
}

// ---- Hooks

// Go takes two braces for the beginning of an action.
std::string without_actions(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '{' && safe.ends_with('{')) safe += ' ';
    safe += c;
  }
  return safe;
}

std::string command_error(const std::string& request) {
  const GoJsonReader reader({"the request", request}, TextBehind::refused);
  if (reader.value().empty()) return "";
  return string_field(reader.members_of_object(reader.value(), "the request"), "CommandError")
      .value_or("");
}

std::string diagnosis(const std::string& request) {
  try {
    return as_called(join(diagnose(command_error(request)), "\n"));
  } catch (const Error&) {
    return "";
  }
}

}  // namespace

Arguments words_behind_name(Caller caller, Arguments arguments) {
  switch (caller) {
    case Caller::kubectl:
      return behind_kubectl(std::move(arguments));
    case Caller::kubectl_completion:
      arguments.insert(arguments.begin(), "__complete");
      return arguments;
    case Caller::docker:
      return behind_docker(arguments);
    case Caller::shell:
      break;
  }
  return arguments;
}

std::string plugin_metadata() {
  JsonObjectWriter metadata;
  metadata.add_string("SchemaVersion", "0.1.0");
  metadata.add_string("Vendor", "pullsecret");
  metadata.add_string("Version", PULLSECRET_VERSION);
  metadata.add_string("ShortDescription",
                      "Docker's credentials: mend them, take them to Kubernetes");
  return metadata.text() + "\n";
}

std::string answer_hook(const std::string& request) {
  JsonObjectWriter answer;
  answer.add_value("Type", "0");
  answer.add_string("Template", without_actions(diagnosis(request)));
  return answer.text() + "\n";
}

}  // namespace pullsecret
