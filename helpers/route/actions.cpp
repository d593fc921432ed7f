#include "helpers/route/actions.h"

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "credential/account.h"
#include "credential/expiry.h"
#include "credential/go_duration.h"
#include "credential/registry.h"
#include "helpers/route/init.h"
#include "helpers/route/messages.h"
#include "helpers/route/remembered.h"
#include "helpers/route/rules.h"
#include "system/error.h"
#include "system/session_keyring.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// Empty where it is there no more.
std::filesystem::path working_folder() {
  std::error_code gone;
  return std::filesystem::current_path(gone);
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

using Arguments = std::vector<std::string>;

const std::string& host_in(const Arguments& arguments, std::size_t least, std::size_t most) {
  static const std::string every_host;
  if (arguments.size() < least || arguments.size() > most)
    throw Error("",
                arguments.size() < least
                    ? "arguments are missing"
                    : fmt::format("unexpected argument: {}", printable(arguments[most], 80)),
                "`docker-credential-route --help` lists what there is");
  return arguments.empty() ? every_host : arguments.front();
}

void accounts(const Arguments& arguments) {
  std::string lines;
  for (const auto& [server_url, found] : open_route()->accounts(host_in(arguments, 0, 1))) {
    const std::string host = printable(routed_host(server_url));
    if (!found.in_use.empty())
      lines += fmt::format("{}  {}  in use\n", host, printable(found.in_use));
    for (const std::string& other : found.others)
      lines += fmt::format("{}  {}\n", host, printable(other));
  }
  print(lines);
}

void use(const Arguments& arguments) {
  const std::string& host = host_in(arguments, 2, 2);
  open_route()->use(host, arguments.back());
}

std::string in_words(const CacheRule& cache) {
  return cache.at_most ? short_go_duration(*cache.at_most) : "as long as the answer says";
}

std::string memory_in_words(const Rule& rule, const std::string& server_url) {
  if (!rule.cache) return "nothing";
  if (const auto fault = session_keyring_fault()) return fmt::format("nothing: {}", fault->what());
  const Time now = current_time();
  const auto known = find_remembered(rule, server_url, now);
  if (!known) return fmt::format("nothing yet, then {}", in_words(*rule.cache));
  return fmt::format("the login of {}, {}", printable(known->credential.username),
                     time_left_in_words(known->end, now));
}

void explain(const Arguments& arguments) {
  const std::string server_url = docker_server_url(host_in(arguments, 1, 1));
  const std::vector<Rule> rules = load_rules();
  const Rule* rule = find_rule(rules, server_url, working_folder());
  if (rule == nullptr)
    return print(fmt::format("registry:    {}\nrule:        none: Docker finds no login\n",
                             key_in_words(routed_host(server_url))));
  std::string lines =
      fmt::format("registry:    {}\nrule:        routes[{}], match {}\nhelpers:     {}\n",
                  key_in_words(routed_host(server_url)), rule - rules.data(),
                  printable(rule->match), printable(join(rule->helpers, ", then ")));
  for (const auto& [name, value] : rule->variables)
    lines += fmt::format("environment: {}\n", printable(name));
  if (!rule->account.empty()) lines += fmt::format("account:     {}\n", printable(rule->account));
  print(lines + fmt::format("remembered:  {}\n", memory_in_words(*rule, server_url)));
}

void forget_action(const Arguments& arguments) {
  const std::string& host = host_in(arguments, 0, 1);
  host.empty() ? forget_all() : forget(routed_host(host));
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
