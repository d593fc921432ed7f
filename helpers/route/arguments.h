#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pullsecret {

/// What stands behind an action.
struct Arguments {
  std::vector<std::string> words;  ///< a host, a username
  std::set<std::string> options;   ///< `--yes`

  bool has(const std::string& option) const { return options.contains(option); }
  /// The first word; empty: there is none, which means all hosts.
  std::string host() const { return words.empty() ? std::string() : words.front(); }
};

/// Throws Error for an option that is none of `known`, and for fewer or more words than there may
/// be.
Arguments read_arguments(const std::vector<std::string>& arguments, std::size_t least,
                         std::size_t most, const std::set<std::string>& known = {});

}  // namespace pullsecret
