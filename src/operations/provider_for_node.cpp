#include "operations/provider_for_node.h"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "credential/issuers.h"
#include "credential/registry.h"
#include "docker/resolve.h"
#include "helper/own_stores.h"
#include "kubernetes/keyring.h"
#include "kubernetes/match_images.h"
#include "kubernetes/provider_request.h"
#include "operations/node_checks.h"
#include "system/environment.h"
#include "system/run_programs.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr auto own_command = "credential-provider";

CredentialProvider own_provider() {
  return {.name = std::string(usual_provider_name),
          .match_images = {},
          .default_cache_duration = std::chrono::minutes(10),
          .api_version = std::string(newest_provider_api)};
}

// ---- For which images

bool is_on_path(const std::string& helper) {
  return is_helper_name(helper) && find_on_path(helper_program_name(helper)).found;
}

// What the store lists, but not where that fails: what the config names is known all the same.
std::vector<std::string> listed_registries(const Config& config, HelperClient& helpers,
                                           Notices& notices) {
  if (!is_on_path(config.creds_store)) return {};  // which notices_for_node() tells
  try {
    return stored_registries(config, helpers);
  } catch (const Error& error) {
    notices.push_back(
        {.text = {error.place(), error.message() + ": the registries it has are not asked for",
                  error.hint()}});
    return {};
  }
}

// A helper that mints tokens serves registries that no config has to name.
std::string token_options(const Config& config) {
  std::vector<std::string> options;
  for (const std::string_view host : hosts_of_token_helper(config.creds_store))
    options.push_back("--match " + shell_word(host));
  return join(options, " ");
}

// Appends one for each key; what serves no image has none.
void add_patterns_of_keys(const std::vector<std::string>& keys,
                          WithNotices<CredentialProvider>& node) {
  for (const std::string& key : keys)
    if (auto pattern = match_pattern(key))
      node.value.match_images.push_back(*std::move(pattern));
    else if (const auto reason = why_serves_nothing(key))
      node.notices.push_back(
          {.text = {key_in_words(key), reason->message() + ": left out", reason->hint()}});
}

void add_patterns(const std::vector<std::string>& patterns, WithNotices<CredentialProvider>& node) {
  for (const std::string& pattern : patterns) {
    if (const auto reason = why_matches_nothing(pattern))
      node.notices.push_back({.text = {printable(pattern), reason->message(), reason->hint()}});
    node.value.match_images.push_back(pattern);
  }
}

void set_images(const Config& config, const std::vector<std::string>& patterns,
                HelperClient& helpers, WithNotices<CredentialProvider>& node) {
  std::vector<std::string> keys = named_registries(config);
  for (std::string& key : listed_registries(config, helpers, node.notices))
    keys.push_back(std::move(key));
  add_patterns_of_keys(without_repeats(std::move(keys)), node);
  add_patterns(patterns, node);
  std::vector<std::string>& images = node.value.match_images;
  if (images.empty()) return;
  images = without_repeats(std::move(images));
  const std::string options = token_options(config);
  if (!options.empty() && patterns.empty())
    node.notices.push_back(
        {.text = {program_of(config.creds_store), "it serves more registries than are named",
                  "name them: " + options}});
}

// ---- With which environment

std::vector<std::string_view> variables_of(const std::string& helper) {
  if (const OwnStore* own = find_own_store(helper)) return own->variables;
  const TokenHelper* known = find_token_helper(helper);
  return known == nullptr ? std::vector<std::string_view>() : known->variables;
}

// Those of the helpers first, so that the same programs are found as here.
std::string search_path_for(const std::vector<std::string>& helpers) {
  std::vector<std::string> folders;
  for (const std::string& helper : helpers) {
    if (!is_helper_name(helper)) continue;
    std::vector<std::string> programs{helper_program_name(helper)};
    if (const OwnStore* own = find_own_store(helper))
      programs.insert(programs.end(), own->programs.begin(), own->programs.end());
    for (const std::string& program : programs)
      if (const auto found = find_on_path(program).found)
        folders.push_back(found->parent_path().lexically_normal());
  }
  for (std::string& folder : split(service_environment().at("PATH"), ':'))
    folders.push_back(std::move(folder));
  return join(without_repeats(std::move(folders)), ":");
}

// Docker finds a config.json by its folder; any other has to be named.
void set_environment(const fs::path& file, const Config& config, CredentialProvider& provider) {
  provider.args = {own_command};
  provider.env = {{"HOME", home_folder()}};
  if (file.filename() == "config.json")
    provider.env.emplace_back("DOCKER_CONFIG", file.parent_path());
  else
    provider.args.insert(provider.args.end(), {"--config", file});
  const std::vector<std::string> helpers = named_helpers(config);
  provider.env.emplace_back("PATH", search_path_for(helpers));
  for (const std::string& helper : helpers)
    for (const std::string_view name : variables_of(helper))
      if (const auto value = environment_variable(std::string(name).c_str()))
        provider.env.emplace_back(name, *value);
}

}  // namespace

bool runs_pullsecret(const CredentialProvider& provider) {
  return !provider.args.empty() && provider.args.front() == own_command;
}

void hand_on_token(CredentialProvider& provider, TokenAttributes token,
                   const std::vector<std::string>& patterns,
                   const std::vector<std::string>& arguments) {
  provider.match_images = without_repeats(patterns);
  std::vector<std::string>& all = provider.args;
  all.emplace_back("--service-account-token");
  for (const std::string& pattern : provider.match_images)
    all.push_back("--match=" + pattern);
  all.push_back("--audience-expected=" + token.audience);
  all.insert(all.end(), arguments.begin(), arguments.end());
  provider.token = std::move(token);
}

CredentialProvider provider_of_token(TokenAttributes token,
                                     const std::vector<std::string>& patterns,
                                     const std::vector<std::string>& arguments) {
  CredentialProvider provider = own_provider();
  provider.args = {own_command};
  hand_on_token(provider, std::move(token), patterns, arguments);
  return provider;
}

WithNotices<CredentialProvider> provider_for_node(const fs::path& file, const Config& config,
                                                  const std::vector<std::string>& patterns,
                                                  HelperClient& helpers) {
  WithNotices<CredentialProvider> node{own_provider()};
  set_images(config, patterns, helpers, node);
  set_environment(file, config, node.value);
  return node;
}

Error no_registry_error(const Config& config) {
  const std::string options = token_options(config);
  return {config.file, "it names no registry, and its store none",
          options.empty() ? "name some with --match, such as --match ghcr.io"
                          : "name them: " + options};
}

}  // namespace pullsecret
