#include "helpers/route/take_over.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "credential/account.h"
#include "credential/issuers.h"
#include "credential/registry.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::string_view route = "route";

using Pairs = std::vector<std::pair<std::string, std::string>>;  ///< match and helper

using Lines = std::map<std::string, std::string>;            ///< host → helper
using Names = std::map<std::string, std::set<std::string>>;  ///< host → names for it

// All names that clients look something up by, as far as anybody knows.
Names known_names(const Config& config, const std::vector<std::string>& stored) {
  Names names;
  const auto add = [&](const std::string& name) { names[routed_host(name)].insert(name); };
  for (const AuthEntry& entry : config.auths)
    add(docker_lookup_name(entry.key));
  for (const auto& [key, helper] : config.cred_helpers)
    add(key);
  for (const std::string& server_url : stored)
    if (!parse_account_url(server_url)) add(server_url);
  return names;
}

// What a rule takes as it stands: no characters of a pattern, and nothing that no URL has.
bool is_host(const std::string& host) {
  return !host.empty() && host.find_first_of("*[]?/@#") == std::string::npos && parse_url(host);
}

// Whether Docker looks each of them up; `docker.io` is podman's name beside Docker's.
bool are_looked_up(const std::set<std::string>& names) {
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    return (name == docker_lookup_name(name) && !is_about_path(name)) ||
           (name == "docker.io" && names.contains(std::string(docker_hub_key)));
  });
}

// The lines for which a rule can stand: a rule is for all names of its host, a line for one.
Lines lines_to_route(const Config& config, const Names& names) {
  Lines lines;
  for (const auto& [host, of_host] : names) {
    std::set<std::string> helpers;
    for (const std::string& name : of_host) {
      const auto line = config.cred_helpers.find(name);
      helpers.insert(line == config.cred_helpers.end() ? std::string() : line->second);
    }
    if (is_host(host) && are_looked_up(of_host) && helpers.size() == 1 && !helpers.begin()->empty())
      lines.emplace(host, *helpers.begin());
  }
  return lines;
}

Rule pattern_rule(std::string_view pattern) {
  return {.match = std::string(pattern), .pattern = parts_of(*parse_url(pattern))};
}

// Whether several lines are below the pattern, all of `helper`, and nothing else is known there.
bool is_helpers_alone(const Rule& pattern, const std::string& helper, const Lines& lines,
                      const Names& names) {
  std::size_t count = 0;
  for (const auto& [host, of_host] : names) {
    if (!is_for(pattern, host)) continue;
    const auto line = lines.find(host);
    if (line == lines.end() || line->second != helper) return false;
    ++count;
  }
  return count > 1;
}

Pairs pairs_of(Lines lines, const Names& names, bool has_rest) {
  std::set<std::string> helpers;
  for (const auto& [host, helper] : lines)
    if (!has_rest) helpers.insert(helper);
  Pairs patterns;
  for (const std::string& helper : helpers)
    for (const std::string_view pattern : hosts_of_token_helper(helper)) {
      const Rule rule = pattern_rule(pattern);
      if (!is_helpers_alone(rule, helper, lines, names)) continue;
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
    lines.push_back(fmt::format(R"(  {{"match": {}, "helper": {}}})", nlohmann::json(match).dump(),
                                nlohmann::json(helper).dump()));
  return fmt::format("{{\"routes\": [\n{}\n]}}\n", join(lines, ",\n"));
}

const Rule& required_rule(const std::vector<Rule>& rules, const std::string& key) {
  if (const Rule* rule = find_rule(rules, key, "/")) return *rule;
  throw Error(key_in_words(key), "no rule is for it, so config.json cannot say who answers",
              "add one to routes.json, or take its line out of credHelpers");
}

}  // namespace

TakeOver take_over(const Config& config, const std::optional<std::vector<std::string>>& stored) {
  TakeOver taken;
  Names names;
  Lines lines;
  if (stored) {
    names = known_names(config, *stored);
    lines = lines_to_route(config, names);
  }
  for (const auto& [key, helper] : config.cred_helpers)
    if (lines.contains(routed_host(key))) taken.change.cred_helpers[key] = route;
  Pairs pairs = pairs_of(std::move(lines), names, !config.creds_store.empty());
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
    if (helper != rest && server_url == docker_lookup_name(server_url) &&
        !config.cred_helpers.contains(server_url))
      change.cred_helpers[server_url] = helper;
  return change;
}

}  // namespace pullsecret
