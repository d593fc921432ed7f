#include "doctor/helper_checks.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "credential/image_grammar.h"
#include "credential/issuers.h"
#include "credential/registry.h"
#include "docker/podman.h"
#include "docker/resolve.h"
#include "doctor/checked_registry.h"
#include "doctor/helper_program.h"
#include "doctor/interview.h"
#include "doctor/replacement.h"
#include "doctor/store_checks.h"
#include "helper/way_to_have.h"
#include "system/environment.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// ---- Whom to ask, and what for

bool is_named(const Config& config, const std::string& helper) {
  return config.creds_store == helper ||
         std::any_of(config.cred_helpers.begin(), config.cred_helpers.end(),
                     [&](const auto& line) { return line.second == helper; });
}

// Those of its file; and beside Docker's, those that it asks before it comes to that.
std::vector<std::string> podmans_helpers(const Config& config) {
  std::vector<std::string> helpers = config.helpers_before;
  helpers.insert(helpers.end(), config.helpers_after.begin(), config.helpers_after.end());
  if (config.is_podmans || podmans_here().empty()) return helpers;
  if (const auto known = known_credential_helpers()) helpers = known->names;
  std::erase(helpers, auth_file_helper);
  return helpers;
}

std::vector<HelperUse> uses_of(const Config& config) {
  std::map<std::string, HelperUse> uses;
  if (!config.creds_store.empty()) uses[config.creds_store].is_creds_store = true;
  for (const auto& [registry, helper] : config.cred_helpers)
    uses[helper].registries.push_back(registry);
  for (const std::string& helper : podmans_helpers(config))
    uses.try_emplace(helper).first->second.is_podmans |= !is_named(config, helper);
  std::vector<HelperUse> result;
  for (auto& [helper, use] : uses) {
    use.helper = helper;
    use.is_podmans |= config.is_podmans;
    result.push_back(std::move(use));
  }
  return result;
}

// By Docker not one that only lines name which it never looks for: check_spellings() tells of
// these.
bool is_run_by_docker(const HelperUse& use) {
  return use.is_creds_store ||
         std::any_of(use.registries.begin(), use.registries.end(), [](const std::string& key) {
           return key == docker_lookup_name(key) && is_looked_for(key);
         });
}

std::vector<std::string> server_urls_for(const Config& config, const std::string& helper) {
  std::vector<std::string> server_urls;
  for (const std::string& key : registries_looked_for(config)) {
    const Registry registry = registry_of(config, key);
    if (registry.store != nullptr && *registry.store == helper)
      server_urls.push_back(registry.server_url());
  }
  return without_repeats(std::move(server_urls));
}

// ---- What the answers mean, one thing after the other

// A store says better what is wrong than its helper does; unless that is another program, or none.
void check_store_behind(const Interview& interview, HelperCheck& check) {
  Condition& condition = check.state.condition;
  const auto status = status_behind(interview);
  if (!status || condition == Condition::lost || answer_fault(interview)) return;
  StoreCheck store = check_store(interview.use, *status, what_was_tried(interview));
  if (store.findings.empty()) return;
  const bool has_problem = worst(store.findings) == Severity::problem;
  check.findings = std::move(store.findings);
  // With a GPG key that cannot encrypt, pass still reads, as route does for other registries.
  if ((check.state.works() && !store.is_shut) || !is_about_all(status->faults))
    condition = Condition::impaired;
  else
    condition = has_problem ? Condition::useless : Condition::unreachable;
}

void check_labels(const Interview& interview, HelperCheck& check) {
  if (!listed_by(interview).value_or(StoreList()).has_labels) return;
  append(check.findings,
         warning("secretservice-lists-labels", program_of(interview.use.helper),
                 "list answers display labels in place of server URLs, as "
                 "docker-credential-helpers 0.9 does: pullsecret reads them, other tools find "
                 "nothing",
                 "use pullsecret's docker-credential-secretservice, which reads the same "
                 "entries"));
}

void check_rules(const Interview& interview, HelperCheck& check) {
  const auto status = status_behind(interview);
  if (!status || status->warning.empty()) return;
  append(check.findings, warning("route-rules", program_of(interview.use.helper), status->warning,
                                 "change routes.json"));
}

HelperCheck check(const Interview& interview, UserShell& shell) {
  HelperCheck check = check_answers(interview);
  check_store_behind(interview, check);
  check_labels(interview, check);
  check_rules(interview, check);
  if (worst(check.findings) == Severity::problem) return check;
  if (interview.program) return interactive_only(interview.use, *interview.program);
  append(check.findings, check_other_paths(interview.use, shell));
  return check;
}

// No change of Docker's config mends what podman's own setting says.
Findings findings_for_podman(const std::string& helper, HelperCheck check) {
  const auto helpers = known_credential_helpers();
  const bool is_set_there = helpers && std::find(helpers->names.begin(), helpers->names.end(),
                                                 helper) != helpers->names.end();
  for (Finding& finding : check.findings) {
    finding.remedy = {};
    if (finding.severity == Severity::problem && is_set_there &&
        check.state.condition >= Condition::useless)
      finding.add_hint(
          fmt::format("take it out of credential-helpers in {}", place_of(helpers->file)));
  }
  return std::move(check.findings);
}

// ---- A helper that only mints tokens, in credsStore

// Its lines: for the registries that are its own, whether or not it answers now, and for what else
// it gives.
HelperChanges lines_for_tokens(const Config& config, const HelperState& state,
                               HelperClient& helpers) {
  HelperChanges lines;
  for (const std::string& name : names_asked_for(config, config.creds_store, state.listed))
    if (mints_tokens_for(config.creds_store, name)) lines[name] = config.creds_store;
  keep_given(lines, config, config.creds_store, state, helpers);
  std::erase_if(lines, [&](const auto& line) { return config.cred_helpers.contains(line.first); });
  return lines;
}

ConfigChange move_to_lines(const Config& config, const HelperChanges& lines,
                           const std::string& store) {
  ConfigChange change{.creds_store = store};
  keep_inline(change.cred_helpers, config, config.creds_store);
  std::erase_if(change.cred_helpers,
                [&](const auto& line) { return config.cred_helpers.contains(line.first); });
  for (const auto& [name, helper] : lines)
    change.cred_helpers[name] = helper;
  leave_to_file(change);
  return change;
}

std::string names_in_words(const HelperChanges& lines) {
  const std::string first = key_in_words(lines.begin()->first);
  return lines.size() == 1 ? first : fmt::format("{} and {} more", first, lines.size() - 1);
}

// Measured: ecr-login's `store` fails with "not implemented", gcloud's keeps nothing and says
// nothing.
std::optional<Finding> check_read_only(const Config& config, const HelperStates& states,
                                       Replacement& replacement, HelperClient& helpers) {
  const auto state = states.find(config.creds_store);
  const std::string_view issuer = token_issuer(config.creds_store);
  if (state == states.end() || state->second.condition == Condition::lost || issuer.empty())
    return std::nullopt;
  Finding finding = problem(
      "helper-read-only", program_of(config.creds_store),
      fmt::format("credsStore names it, and it only mints tokens for {}: docker login to any "
                  "registry fails with `error storing credentials … not implemented`, or is "
                  "forgotten",
                  issuer),
      fmt::format("name it in credHelpers for the registries of {}, and in credsStore a store that "
                  "works",
                  issuer));
  const HelperChanges lines = lines_for_tokens(config, state->second, helpers);
  if (lines.empty() || !replacement.store()) return finding;
  ConfigChange change = move_to_lines(config, lines, *replacement.store());
  const std::string others = change.creds_store->empty() ? "the file" : *change.creds_store;
  finding.remedy =
      fix(fmt::format(" names it in credHelpers for {}, and {} for all others; what else it serves "
                      "needs a line there, too",
                      names_in_words(lines), others),
          std::move(change));
  return finding;
}

// ---- Docker Desktop's helper, without Docker Desktop

// As docker chooses its engine (cli/command: resolveContextName).
bool is_under_colima(const Config& config) {
  if (const auto host = environment_variable("DOCKER_HOST"))
    return host->find("colima/") != std::string::npos;
  const std::string context =
      environment_variable("DOCKER_CONTEXT").value_or(config.current_context);
  return context == "colima" || context.starts_with("colima-");
}

// It gives what it has, and fails to store where Docker Desktop does not run
// (abiosoft/colima#167).
Findings check_desktop(const Config& config, const HelperStates& states, Replacement& replacement) {
  Findings findings;
  if (config.is_podmans || !is_under_colima(config)) return findings;
  for (const auto& [helper, state] : states) {
    const ForeignHelper* foreign = find_foreign_helper(helper);
    const bool is_desktops = foreign != nullptr && foreign->is_of_desktop;
    if (!is_desktops || !state.works() || !is_named(config, helper)) continue;
    Finding& finding = findings.emplace_back(
        problem("helper-read-only", program_of(helper),
                "it tells Docker Desktop of each login, and Docker runs in colima: docker login "
                "fails with `error storing credentials … credstore-updated`, unless Docker Desktop "
                "runs, too",
                "name a store that works in its place, and log in again"));
    const bool has_some = !state.listed.value_or(std::vector<std::string>()).empty();
    const bool has_none = state.listed && !has_some && config.creds_store == helper;
    if ((!has_some && !has_none) || !replacement.store()) continue;
    const std::string& store = *replacement.store();
    finding.hint.clear();
    if (has_some)
      finding.remedy = {fmt::format("migrate --from {} --to {}", helper, store),
                        " moves there what it has"};
    else
      finding.remedy = fix(fmt::format(" puts {} in its place", store), {.creds_store = store});
  }
  return findings;
}

}  // namespace

HelperChecks check_helpers(const Config& config, HelperClient& helpers,
                           const std::optional<std::string>& use) {
  CheckedHelpers checked, podmans;
  UserShell shell;
  const auto checked_as = [&](const HelperUse& named) -> HelperCheck& {
    return (named.is_podmans ? podmans : checked)[named.helper];
  };

  // A helper whose program is not there is not asked; the others are, all at once.
  std::vector<Interview> interviews;
  for (const HelperUse& named : uses_of(config)) {
    if (auto absent = check_presence(named, shell)) {
      if (auto& check = checked_as(named); named.is_podmans || is_run_by_docker(named))
        check = *std::move(absent);
      continue;
    }
    interviews.push_back({helpers, named, server_urls_for(config, named.helper)});
    if (auto program = find_elsewhere(named, shell)) {
      interviews.back().program = std::move(program);
      interviews.back().variables = {{"PATH", shell.interactive_path()}};
    }
  }
  ask_all(interviews);
  for (const Interview& interview : interviews)
    checked_as(interview.use) = check(interview, shell);

  keep_inline_beside_names(checked, config);
  Replacement replacement(checked, use, helpers);
  replacement.set_remedies(checked, config);
  HelperChecks checks{.findings = {}, .helpers = {}, .lacks_store = replacement.is_wanting()};
  for (auto& [helper, check] : checked) {
    append(checks.findings, std::move(check.findings));
    checks.helpers[helper] = std::move(check.state);
  }
  for (auto& [helper, check] : podmans) {
    checks.helpers[helper] = check.state;
    append(checks.findings, findings_for_podman(helper, std::move(check)));
  }
  append(checks.findings, check_read_only(config, checks.helpers, replacement, helpers));
  append(checks.findings, check_desktop(config, checks.helpers, replacement));
  return checks;
}

Findings check_presence(const Config& config) {
  Findings findings;
  UserShell nobody(std::nullopt);
  for (const HelperUse& use : uses_of(config)) {
    auto absent = check_presence(use, nobody);
    if (!absent || !is_run_by_docker(use)) continue;
    if (absent->state.condition == Condition::lost)
      absent->findings.front().remedy =
          fix(" puts a store that works in its place, if there is one", {});
    append(findings, std::move(absent->findings));
  }
  return findings;
}

}  // namespace pullsecret
