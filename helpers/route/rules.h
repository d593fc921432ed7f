#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credential/json_syntax.h"
#include "credential/url_pattern.h"
#include "system/environment.h"

namespace pullsecret {

/// For how long the answers of a rule's helpers are remembered.
struct CacheRule {
  /// At most; nothing: as long as the answer itself says, and not at all where it says nothing.
  std::optional<std::chrono::seconds> at_most;
};

/// A line of routes.json: who answers for which registries.
struct Rule {
  std::string match;                 ///< as it stands there; `*` is any registry
  UrlParts pattern;                  ///< the same, taken apart
  std::string in;                    ///< the working folders in which it counts; empty: any
  std::vector<std::string> folders;  ///< the same, from the root: as it stands there, and resolved
  std::vector<std::string> helpers;  ///< asked in this order; some
  Environment variables;             ///< of their environment
  std::optional<CacheRule> cache;    ///< nothing: each question is asked
  std::optional<std::chrono::milliseconds> timeout;  ///< of one call
  bool goes_on_after_errors = false;                 ///< to the next helper
  std::string account;                               ///< the username; empty: the one in use
};

/// The most bytes of routes.json, and the most rules and helpers of one in it.
inline constexpr std::size_t max_rules_size = 1024UL * 1024, max_rules = 1000, max_helpers = 16;

/// Reads `{"routes": […]}`, JSON with comments. Throws Error with its place for what is none, for a
/// member that it does not have (with the one that is meant) or has twice, and for a value that is
/// wrong.
std::vector<Rule> parse_rules(const JsonText& json);

/// The file with the rules: routes.json in docker-credential-route of $XDG_CONFIG_HOME, else of
/// ~/.config; if that is not there, of /etc.
std::filesystem::path rules_file();

/// Of both that which counts. One's own that cannot be reached counts as there.
std::filesystem::path counting_file(const std::filesystem::path& own,
                                    const std::filesystem::path& system);

/// The user's own, which need not be there.
std::filesystem::path own_rules_file();

/// The rules in it. Throws Error, as parse_rules() does, and if there is no such file, or it is
/// another user's, root's and sudo's caller's excepted, or one that anybody may write to.
std::vector<Rule> load_rules();

/// In words, the rules that are for nothing: one before them is for all of it, or no client asks
/// so.
std::vector<std::string> vain_rules(const std::vector<Rule>& rules);

/// Whether a registry, as routed_host() names it, is one that the rule's `match` is for.
bool is_for(const Rule& rule, std::string_view host);

/// The registry that a server URL means, as a rule's `match` names it: HOST[:PORT] in lower case,
/// `docker.io` for Docker Hub.
std::string routed_host(std::string_view server_url);

/// The first of `rules` for that registry that counts in the working folder `folder`, as its name
/// is given or without links; nullptr: there is none.
const Rule* find_rule(const std::vector<Rule>& rules, std::string_view server_url,
                      const std::filesystem::path& folder);

}  // namespace pullsecret
