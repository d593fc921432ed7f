#include "helpers/route/take_over.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "credential/issuers.h"
#include "credential/registry.h"
#include "docker/podman.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::string_view route = "route";

using Pairs = std::vector<std::pair<std::string, std::string>>;  ///< match and helper

bool is_looked_up(const std::string& key) {
  return key == docker_lookup_name(key) || key == podman_lookup_name(key);
}

// The lines of credHelpers for which a rule can stand: registry → helper, Docker's before podman's.
std::map<std::string, std::string> routed_lines(const Config& config) {
  std::map<std::string, std::string> helpers;
  for (const bool is_dockers : {true, false})
    for (const auto& [key, helper] : config.cred_helpers)
      if (!helper.empty() && is_looked_up(key) && !is_docker_hub_token(key) &&
          is_dockers == (key == docker_lookup_name(key)))
        helpers.emplace(routed_host(key), helper);
  return helpers;
}

Rule pattern_rule(std::string_view pattern) {
  Rule rule{.match = std::string(pattern), .pattern = parts_of(*parse_url(pattern))};
  return rule;
}

// Whether nothing but hosts of `helper` is known below the pattern, and several are.
bool is_helpers_alone(const Rule& pattern, const std::string& helper,
                      const std::map<std::string, std::string>& lines,
                      const std::set<std::string>& others) {
  std::size_t count = 0;
  for (const auto& [host, other] : lines)
    if (is_for(pattern, host)) {
      if (other != helper) return false;
      ++count;
    }
  return count > 1 && std::none_of(others.begin(), others.end(),
                                   [&](const std::string& host) { return is_for(pattern, host); });
}

Pairs pairs_of(std::map<std::string, std::string> lines, const std::set<std::string>& others) {
  std::set<std::string> helpers;
  for (const auto& [host, helper] : lines)
    helpers.insert(helper);
  Pairs patterns;
  for (const std::string& helper : helpers)
    for (const std::string_view pattern : hosts_of_token_helper(helper)) {
      const Rule rule = pattern_rule(pattern);
      if (!is_helpers_alone(rule, helper, lines, others)) continue;
      patterns.emplace_back(pattern, helper);
      std::erase_if(lines, [&](const auto& line) { return is_for(rule, line.first); });
    }
  Pairs pairs(lines.begin(), lines.end());
  pairs.insert(pairs.end(), patterns.begin(), patterns.end());
  return pairs;
}

std::string text_of(const Pairs& pairs) {
  std::vector<std::string> lines;
  for (const auto& [match, helper] : pairs)
    lines.push_back(fmt::format("  {{\"match\": {}, \"helper\": {}}}", nlohmann::json(match).dump(),
                                nlohmann::json(helper).dump()));
  return fmt::format("{{\"routes\": [\n{}\n]}}\n", join(lines, ",\n"));
}

// Registries of which something is known without a line of credHelpers.
std::set<std::string> other_hosts(const Config& config, const std::vector<std::string>& stored) {
  std::set<std::string> hosts;
  for (const AuthEntry& entry : config.auths)
    if (!is_empty(entry.credential)) hosts.insert(routed_host(entry.key));
  for (const std::string& server_url : stored)
    hosts.insert(routed_host(server_url));
  return hosts;
}

const Rule& required_rule(const std::vector<Rule>& rules, const std::string& key) {
  if (const Rule* rule = find_rule(rules, key, "/")) return *rule;
  throw Error(key_in_words(key), "no rule is for it, so config.json cannot say who answers",
              "add one to routes.json, or take its line out of credHelpers");
}

}  // namespace

TakeOver take_over(const Config& config, const std::vector<std::string>& stored) {
  std::map<std::string, std::string> lines = routed_lines(config);
  TakeOver taken;
  for (const auto& [key, helper] : config.cred_helpers)
    if (const auto line = lines.find(routed_host(key));
        line != lines.end() && line->second == helper && is_looked_up(key))
      taken.change.cred_helpers[key] = route;
  Pairs pairs = pairs_of(std::move(lines), other_hosts(config, stored));
  if (!config.creds_store.empty()) {
    pairs.emplace_back("*", config.creds_store);
    taken.change.creds_store = route;
  }
  taken.rules = text_of(pairs);
  return taken;
}

ConfigChange give_back(const Config& config, const std::vector<Rule>& rules,
                       const std::map<std::string, std::string>& kept) {
  std::map<std::string, std::string> helpers;
  for (const auto& [server_url, helper] : kept)
    helpers.emplace(routed_host(server_url), helper);
  const auto helper_for = [&](const std::string& key) {
    const auto found = helpers.find(routed_host(key));
    return found == helpers.end() ? required_rule(rules, key).helpers.front() : found->second;
  };
  ConfigChange change;
  for (const auto& [key, helper] : config.cred_helpers)
    if (helper == route) change.cred_helpers[key] = helper_for(key);
  if (config.creds_store != route) return change;
  const std::string& rest = required_rule(rules, "*").helpers.front();
  change.creds_store = rest;
  for (const auto& [server_url, helper] : kept)
    if (const std::string name = docker_lookup_name(server_url);
        helper != rest && !config.cred_helpers.contains(name))
      change.cred_helpers[name] = helper;
  return change;
}

}  // namespace pullsecret
