#include "helpers/route/actions.h"

#include <filesystem>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "credential/account.h"
#include "credential/expiry.h"
#include "credential/go_duration.h"
#include "credential/go_json_writer.h"
#include "credential/registry.h"
#include "helper/client.h"
#include "helpers/route/arguments.h"
#include "helpers/route/ask_helpers.h"
#include "helpers/route/init.h"
#include "helpers/route/messages.h"
#include "helpers/route/remembered.h"
#include "helpers/route/rules.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/run_programs.h"
#include "system/session_keyring.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// By the name that the shell has for it, which may lead through links. Empty where it is there no
// more.
std::filesystem::path working_folder() {
  std::error_code gone;
  const std::filesystem::path named = environment_variable("PWD").value_or("");
  const bool is_named = named.is_absolute() && std::filesystem::equivalent(named, ".", gone);
  return is_named ? named : std::filesystem::current_path(gone);
}

}  // namespace

const std::string_view route_help =
    R"(Asks, for each registry, the credential helper that your rules name.

usage: docker-credential-route <store|get|erase|list|version>
       docker-credential-route init [--undo] [--yes]
       docker-credential-route accounts [HOST]
       docker-credential-route use HOST USERNAME
       docker-credential-route explain HOST
       docker-credential-route forget [HOST]
       docker-credential-route status [-o json|text]

Docker tells a helper a registry's host and nothing else: it cannot choose by
the path of an image.

init makes ~/.docker/config.json name it, and writes the rules which say what
that file says now into ~/.config/docker-credential-route/routes.json. Change
them as you like:

  {"routes": [
    // The first line that matches counts.
    {"match": "*.dkr.ecr.*.amazonaws.com", "helper": "ecr-login",
     "env": {"AWS_PROFILE": "prod"}, "cache": "token"},
    {"match": "*", "helper": ["secretservice", "encryptedfile"]}
  ]}

Docker runs the actions of the first line. Each reads its input from standard
input. The others are for people:

  init      show the rules and the change, ask, and make it; --undo goes back
  accounts  list who can log in, and which account is in use
  use       put another account of a registry into use
  explain   say which rule and helper a registry has, and what is remembered
  forget    ask again for what is remembered of a registry, or of all
  status    say whether the rules can be used: for programs in one line of JSON,
            with -o text for people

DOCKER_CREDENTIAL_ACCOUNT=USERNAME chooses an account for one command.

More: man docker-credential-route
)";

namespace {

using Words = std::vector<std::string>;

// For `pullsecret migrate`: the entries of those that are not in use, as `list` would answer them.
void print_other_accounts() {
  JsonObjectWriter entries;
  for (const auto& [server_url, found] : open_route()->accounts(""))
    for (const std::string& other : found.others)
      if (const auto own = account_url(server_url, other)) entries.add_string(*own, other);
  print(entries.text() + '\n');
}

void accounts(const Words& words) {
  if (words == Words{"-o", "json"}) return print_other_accounts();
  std::string lines;
  for (const auto& [server_url, found] :
       open_route()->accounts(read_arguments(words, 0, 1).host())) {
    const std::string host = printable(routed_host(server_url));
    if (!found.in_use.empty())
      lines += fmt::format("{}  {}  in use\n", host, printable(found.in_use));
    for (const std::string& other : found.others)
      lines += fmt::format("{}  {}\n", host, printable(other));
  }
  print(lines);
}

void use(const Words& words) {
  const Arguments arguments = read_arguments(words, 2, 2);
  open_route()->use(arguments.host(), arguments.words.back());
}

std::string in_words(const CacheRule& cache) {
  return cache.at_most ? short_go_duration(*cache.at_most) : "as long as the answer says";
}

// What a `get` would look for, and find.
std::optional<Remembered> remembered_answer(const Rule& rule, const std::string& server_url,
                                            Time now) {
  const auto find = [&](const Rule& asked, const std::string& name) {
    return find_remembered(question(asked, name), *rule.cache, now);
  };
  const std::string username = account_named(rule, server_url);
  if (username.empty()) return find(rule, server_url);
  const auto own = account_url(server_url, username);
  if (auto found = own ? find(keepers(rule), *own) : std::nullopt) return found;
  auto in_use = find(keepers(rule), server_url);
  return in_use && in_use->credential.username == username ? in_use : std::nullopt;
}

// Why an answer may find no place; empty: nothing says so.
std::string lack_of_room() {
  constexpr std::size_t of_an_answer = 4096;
  const auto room = keyring_room();
  if (!room || (room->free_bytes >= of_an_answer && room->free_keys > 1)) return {};
  return "; there may be no place for it: " + in_words(*room);
}

std::string memory_in_words(const Rule& rule, const std::string& server_url) {
  if (!rule.cache) return "nothing";
  if (const auto fault = session_keyring_fault()) return fmt::format("nothing: {}", fault->what());
  const Time now = current_time();
  const auto known = remembered_answer(rule, server_url, now);
  if (!known) return fmt::format("nothing yet, then {}{}", in_words(*rule.cache), lack_of_room());
  return fmt::format("the login of {}, {}", printable(known->credential.username),
                     time_left_in_words(known->end, now));
}

std::string helpers_in_words(const Rule& rule) {
  std::vector<std::string> helpers;
  for (const std::string& helper : rule.helpers)
    helpers.push_back(find_on_path(helper_program_name(helper)).found ? helper
                                                                      : helper + " (not on PATH)");
  return printable(
      join(helpers, rule.goes_on_after_errors ? ", then, also after an error, " : ", then "));
}

// Whose login it is; empty: that of who mints tokens.
std::string account_in_words(const Rule& rule, const std::string& server_url,
                             const std::filesystem::path& folder) {
  const std::string named = account_named(rule, server_url);
  const bool is_rules = !environment_variable(account_variable);
  if (!named.empty())
    return fmt::format("{}, as {} says", printable(named),
                       is_rules ? "the rule" : account_variable);
  if (keepers(rule).helpers.size() != rule.helpers.size()) return {};
  const auto accounts = RouteStore({rule}, folder, warn).accounts(server_url);
  for (const auto& [registry, found] : accounts)
    if (!found.in_use.empty()) return printable(found.in_use) + ", in use";
  return "none in use";
}

void explain(const Words& words) {
  const std::string server_url = docker_server_url(read_arguments(words, 1, 1).host());
  const std::filesystem::path folder = working_folder();
  const std::vector<Rule> rules = load_rules();
  const Rule* rule = find_rule(rules, server_url, folder);
  if (rule == nullptr)
    return print(fmt::format("registry:    {}\nrule:        none: Docker finds no login\n",
                             key_in_words(routed_host(server_url))));
  std::string lines = fmt::format(
      "registry:    {}\nrule:        routes[{}], match {}{}\nhelpers:     {}\n",
      key_in_words(routed_host(server_url)), rule - rules.data(), printable(rule->match),
      rule->in.empty() ? "" : ", in " + printable(rule->in), helpers_in_words(*rule));
  for (const auto& [name, value] : rule->variables)
    lines += fmt::format("environment: {}\n", printable(name));
  if (const std::string account = account_in_words(*rule, server_url, folder); !account.empty())
    lines += fmt::format("account:     {}\n", account);
  print(lines + fmt::format("remembered:  {}\n", memory_in_words(*rule, server_url)));
}

// In this session it is done even where others cannot be told.
void forget_action(const Words& words) {
  const std::string host = read_arguments(words, 0, 1).host();
  try {
    host.empty() ? forget_all() : forget(routed_host(host));
  } catch (const Error& error) {
    warn(not_told(error));
  }
}

}  // namespace

std::unique_ptr<RouteStore> open_route() {
  refuse_loop();
  return std::make_unique<RouteStore>(load_rules(), working_folder(), warn);
}

std::vector<OwnAction> route_actions() {
  return {{"accounts", accounts},
          {"use", use},
          {"explain", explain},
          {"forget", forget_action},
          {"init", init_route}};
}

}  // namespace pullsecret
