#include "doctor/helper_remedies.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "credential/issuers.h"
#include "credential/registry.h"
#include "docker/ask_stores.h"
#include "doctor/helper_lines.h"
#include "system/text.h"

namespace pullsecret {
namespace {

WayOut way_out_of(const std::string& helper, const HelperState& state, const std::string& store) {
  if (!state.is_lost) return {"doctor --fix --use " + store};
  const std::string_view issuer = token_issuer(helper);
  const std::string consequence =
      issuer.empty()
          ? ""
          : fmt::format(", which mints no tokens: log in to {} by hand, whenever one ends", issuer);
  return {"doctor --fix", fmt::format(" puts {} in its place{}", store, consequence)};
}

void offer(Finding& finding, const std::string& helper, const HelperState& state,
           const std::optional<WorkingStore>& store) {
  if (store)
    finding.way_out = way_out_of(helper, state, store->name);
  else
    finding.add_hint("install a store that works here, such as docker-credential-encryptedfile");
}

// ---- A helper that only mints tokens, in credsStore

// Its lines: for the registries that are its own, whether or not it answers now, and for what else
// it gives.
HelperChanges lines_for_tokens(const Config& config, const HelperState& state,
                               HelperClient& helpers) {
  const std::string& helper = config.creds_store;
  std::vector<StoreKey> keys;
  for (const std::string& name : names_asked_for(config, helper, state.listed))
    if (!config.cred_helpers.contains(name)) keys.push_back({helper, name});
  const std::vector<StoreAnswer> answers = get_from_stores(keys, helpers);
  HelperChanges lines;
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (mints_tokens_for(helper, keys[i].server_url) ||
        std::holds_alternative<Credential>(answers[i]))
      lines[keys[i].server_url] = helper;
  return lines;
}

ConfigChange move_to_lines(const Config& config, const HelperChanges& lines,
                           const std::string& store) {
  ConfigChange change{.creds_store = store};
  keep_inline(change.cred_helpers, config, true,
              [&](const std::string& helper) { return helper == config.creds_store; });
  std::erase_if(change.cred_helpers,
                [&](const auto& line) { return config.cred_helpers.contains(line.first); });
  for (const auto& [name, helper] : lines)
    change.cred_helpers[name] = helper;
  return change;
}

std::string names_in_words(const HelperChanges& lines) {
  const std::string first = key_in_words(lines.begin()->first);
  return lines.size() == 1 ? first : fmt::format("{} and {} more", first, lines.size() - 1);
}

// Measured: ecr-login's `store` fails with "not implemented", gcloud's keeps nothing and says
// nothing.
Finding read_only(const Config& config, const HelperState& state, Substitute& substitute,
                  HelperClient& helpers) {
  const std::string name = printable(config.creds_store);
  Finding finding = problem(
      "helper-read-only", program_of(config.creds_store),
      fmt::format("credsStore names it, and it only mints tokens for {}: docker login to any "
                  "registry fails with `error storing credentials … not implemented`, or is "
                  "forgotten",
                  token_issuer(config.creds_store)),
      fmt::format("name it in credHelpers for the registries of {}, and in credsStore a store that "
                  "works",
                  token_issuer(config.creds_store)));
  const HelperChanges lines = lines_for_tokens(config, state, helpers);
  if (lines.empty() || !substitute.store()) return finding;
  finding.way_out = {"doctor --fix",
                     fmt::format(" names it in credHelpers for {}, and {} for all others; what "
                                 "else it serves needs a line there, too",
                                 names_in_words(lines), substitute.store()->name)};
  finding.change = move_to_lines(config, lines, substitute.store()->name);
  return finding;
}

}  // namespace

void offer_substitute(CheckedHelpers& checked, Substitute& substitute) {
  for (const std::string& helper : substitute.useless()) {
    HelperCheck& check = checked.at(helper);
    for (Finding& finding : check.findings)
      if (finding.severity == Severity::problem)
        offer(finding, helper, check.state, substitute.store());
  }
}

void keep_inline_beside_names(CheckedHelpers& checked, const Config& config) {
  for (auto& [helper, check] : checked)
    for (Finding& finding : check.findings)
      if (!finding.change.empty())
        keep_inline(finding.change.cred_helpers, config, !config.creds_store.empty(),
                    [&name = helper](const std::string& other) { return other == name; });
}

std::optional<Finding> check_read_only(const Config& config, const HelperStates& states,
                                       Substitute& substitute, HelperClient& helpers) {
  const auto state = states.find(config.creds_store);
  if (state == states.end() || state->second.is_lost || token_issuer(state->first).empty())
    return std::nullopt;
  return read_only(config, state->second, substitute, helpers);
}

}  // namespace pullsecret
