#include "helpers/route/init.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "credential/account.h"
#include "credential/registry.h"
#include "docker/ask_stores.h"
#include "docker/config_file.h"
#include "docker/resolve.h"
#include "helper/client.h"
#include "helpers/route/arguments.h"
#include "helpers/route/ask_helpers.h"
#include "helpers/route/messages.h"
#include "helpers/route/take_over.h"
#include "system/error.h"
#include "system/file.h"
#include "system/private_file.h"
#include "system/terminal.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

/// Docker's config.json, as it is.
struct ConfigJson {
  ConfigLocation location;
  JsonText json;
  Config config;
};

ConfigJson read_config_json() {
  ConfigJson file{.location = find_config(std::nullopt), .json = {}, .config = {}};
  if (!is_config_json(file.location))
    throw Error(place_of(file.location.file), "is not a config.json, which alone names a store");
  file.json = read_config_text(file.location);
  file.config = parse_config_file(file.location, file.json);
  return file;
}

std::vector<std::string> changed_lines(const Config& config, const ConfigChange& change) {
  std::vector<std::string> lines;
  if (change.creds_store)
    lines.push_back(fmt::format("credsStore: {} becomes {}", printable(config.creds_store),
                                printable(*change.creds_store)));
  for (const auto& [key, helper] : change.cred_helpers) {
    const auto before = config.cred_helpers.find(key);
    lines.push_back(fmt::format("credHelpers: {}: {}{}", key_in_words(key),
                                before == config.cred_helpers.end()
                                    ? std::string()
                                    : printable(before->second) + " becomes ",
                                printable(*helper)));
  }
  return lines;
}

bool is_confirmed(const Arguments& arguments) {
  return arguments.has("--yes") ||
         is_change_confirmed("docker-credential-route", arguments.has("--undo")
                                                            ? "docker-credential-route init --undo"
                                                            : "docker-credential-route init");
}

void change_config(const ConfigJson& file, const ConfigChange& change) {
  const fs::path backup =
      write_config_with_backup(file.location, file.json, changed_config(file.json, change));
  say(fmt::format("the config as it was is {}", place_of(backup)));
}

void show(const ConfigJson& file, const ConfigChange& change) {
  for (const std::string& line : changed_lines(file.config, change))
    say(fmt::format("{}: {}", file.json.file, line));
}

// Rules that are there already count if they are these: a run before was killed.
void write_rules(const std::string& text, const ConfigLocation& config) {
  const FilesAs as(config.held ? config.held->changed_as : std::nullopt);
  const fs::path file = own_rules_file();
  const Folder folder = make_private_folder(file.parent_path());
  const FilePlace place{folder, file.filename()};
  if (make_file(place, text)) return;
  if (read_file(file, max_rules_size) == text) return;
  throw Error(place_of(file), "is there already, with other rules",
              fmt::format("write \"credsStore\": \"route\" into config.json to use them, or move "
                          "them away: `mv {} {}.old`",
                          shell_operand(file.string()), shell_operand(file.string())));
}

// Nothing: nobody knows.
std::optional<std::vector<std::string>> stored_in(const Config& config) {
  if (config.creds_store.empty()) return std::vector<std::string>();
  HelperClient helpers({});
  try {
    return list_store(config.creds_store, helpers);
  } catch (const Error& error) {
    warn(Error("", fmt::format("the lines of credHelpers stay: {}", error.what()), error.hint()));
    return std::nullopt;
  }
}

bool names_route(const Config& config) {
  const std::vector<std::string> helpers = named_helpers(config);
  return std::find(helpers.begin(), helpers.end(), "route") != helpers.end();
}

void begin(const Arguments& arguments) {
  const ConfigJson file = read_config_json();
  if (names_route(file.config))
    throw Error(file.json.file, "it names route already",
                fmt::format("change the rules in {}", place_of(rules_file())));
  const TakeOver taken = take_over(file.config, stored_in(file.config));
  if (taken.change.empty())
    throw Error(file.json.file, "it names no store that a rule could name",
                "`pullsecret doctor --fix` chooses a store");
  parse_rules({place_of(own_rules_file()), taken.rules});
  print(taken.rules);
  show(file, taken.change);
  if (!is_confirmed(arguments)) return;
  require_changeable(file.location);
  require_writable(file.location);
  write_rules(taken.rules, file.location);
  change_config(file, taken.change);
}

void undo(const Arguments& arguments) {
  const ConfigJson file = read_config_json();
  const std::vector<Rule> rules = load_rules();
  std::map<std::string, std::string> kept;
  const auto refuse = [](const Error& error) -> void { throw Error(error); };  // its logins too
  std::vector<Rule> keeping;  // what mints tokens need not be there
  keeping.reserve(rules.size());
  for (const Rule& rule : rules)
    keeping.push_back(keepers(rule));
  for (const auto& [server_url, entry] : list_of_helpers(keeping, "/", refuse))
    if (!parse_account_url(server_url)) kept.emplace(server_url, entry.helper);
  const ConfigChange change = give_back(file.config, rules, kept);
  if (change.empty()) throw Error(file.json.file, "it does not name route");
  show(file, change);
  if (!is_confirmed(arguments)) return;
  change_config(file, change);
  say(fmt::format("{} stays, and is not read any more", place_of(rules_file())));
}

}  // namespace

void init_route(const std::vector<std::string>& words) {
  const Arguments arguments = read_arguments(words, 0, 0, {"--undo", "--yes"});
  arguments.has("--undo") ? undo(arguments) : begin(arguments);
}

}  // namespace pullsecret
