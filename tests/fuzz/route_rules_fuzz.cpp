// Feeds rules to docker-credential-route: they are read, or refused with an Error, and what is read
// has what the header promises. A registry has the first rule that is for it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/require.h"
#include "helpers/route/rules.h"
#include "system/error.h"

using namespace pullsecret;

// libFuzzer prescribes the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  std::vector<Rule> rules;
  try {
    rules = parse_rules({"routes.json", text});
  } catch (const Error&) {
    return 0;
  }
  require(rules.size() <= max_rules);
  std::vector<std::string> hosts{"ghcr.io", "https://index.docker.io/v1/", "localhost:5000"};
  for (const Rule& rule : rules) {
    require(!rule.match.empty() && !rule.helpers.empty() && rule.helpers.size() <= max_helpers);
    require(std::find(rule.helpers.begin(), rule.helpers.end(), "route") == rule.helpers.end());
    hosts.push_back(rule.match);
  }
  for (const std::string& host : hosts) {
    const Rule* found = find_rule(rules, host, "/srv/app");
    if (found == nullptr) continue;
    require(is_for(*found, routed_host(host)));
    for (const Rule* before = rules.data(); before != found; ++before)
      require(!before->folders.empty() || !is_for(*before, routed_host(host)));
  }
  return 0;
}
