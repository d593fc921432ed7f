#include "doctor/store_checks.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "helper/own_stores.h"
#include "system/environment.h"
#include "system/run_programs.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// ---- What a status means

bool prevents_store(const StoreFault& fault) {
  return fault.prevents != Prevents::get;
}

// What counts whatever the helper itself answered.
bool is_certain(const StoreStatus& status, const StoreFault& fault) {
  if (!fault.registries.empty()) return false;
  return status.state == StoreState::unusable || prevents_store(fault);
}

// Whether the user can be asked all the same. Those who keep secrets on the session bus ask in a
// window; pass and encryptedfile have a fault only where they can ask nowhere.
bool can_be_asked(const std::string& store) {
  const OwnStore* own = find_own_store(store);
  return own != nullptr && own->needs_desktop &&
         (environment_variable("DISPLAY") || environment_variable("WAYLAND_DISPLAY"));
}

std::optional<Severity> severity_of(const std::string& store, const StoreStatus& status,
                                    const StoreFault& fault, Tried tried) {
  if (status.state == StoreState::unusable || tried == Tried::failed || !fault.registries.empty())
    return Severity::problem;
  if (!prevents_store(fault)) return std::nullopt;
  if (!can_be_asked(store)) return Severity::problem;
  return tried == Tried::gave_credential ? std::nullopt : std::optional(Severity::warning);
}

std::string consequence(const HelperUse& use, const StoreStatus& status, const StoreFault& fault) {
  if (!fault.registries.empty()) return what_fails(use, fmt::format(" for {}", fault.registries));
  if (fault.prevents == Prevents::store) return fmt::format("{} login fails", use.client());
  if (fault.prevents == Prevents::get)
    return fmt::format("{} pull fails{}", use.client(), older_pull(use));
  if (status.state == StoreState::unusable) return what_fails(use);
  if (can_be_asked(use.helper))
    return fmt::format(
        "{0} login and {0} pull have to ask first, and fail, or find nothing, where they cannot",
        use.client());
  return fmt::format(
      "nobody can be asked for its password here: {0} login fails, and {0} pull fails or finds "
      "nothing",
      use.client());
}

// ---- Whether a store works

std::optional<Error> fault_of(const Interview& interview) {
  const std::string& store = interview.use.helper;
  const auto failure = why_mute(interview);
  if (failure && !failure->end) return failure->error;
  if (const auto status = status_behind(interview))
    if (auto reason = why_not_usable(store, *status)) return reason;
  return failure ? std::optional(failure->error) : std::nullopt;
}

// ---- The store that Docker takes by itself

bool names_nothing(const Config& config) {
  return config.creds_store.empty() && config.cred_helpers.empty() && config.auths.size() == 0;
}

bool is_on_path(const std::string& program) {
  return find_on_path(program).found.has_value();
}

Finding working(const std::string& store, const std::string& program) {
  return fine("default-store", program,
              fmt::format("the config names no store: Docker takes {} by itself", store));
}

Finding broken(const std::string& store, const std::string& program, const Error& reason) {
  return problem("default-store", program,
                 fmt::format("the config names no store, and Docker takes {} by itself, which "
                             "does not work: {}",
                             store, reason.message()),
                 reason.hint());
}

}  // namespace

StoreCheck check_store(const HelperUse& use, const StoreStatus& status, Tried tried) {
  const std::string& store = use.helper;
  StoreCheck check;
  for (const StoreFault& fault : status.faults) {
    const auto severity = severity_of(store, status, fault, tried);
    if (!severity) continue;
    check.is_shut |= fault.registries.empty() && fault.prevents == Prevents::both &&
                     tried != Tried::gave_credential;
    check.findings.push_back(
        {{fmt::format("{}-{}", store, fault.kind), *severity,
          fmt::format("{}; {}", fault.message, consequence(use, status, fault)), fault.hint},
         program_of(store)});
  }
  return check;
}

std::optional<Error> why_not_usable(const std::string& store, const StoreStatus& status) {
  const auto found =
      std::find_if(status.faults.begin(), status.faults.end(),
                   [&](const StoreFault& fault) { return is_certain(status, fault); });
  if (found == status.faults.end()) return std::nullopt;
  return Error(program_of(store), found->message, found->hint);
}

std::optional<WorkingStore> find_working_store(HelperClient& helpers,
                                               const std::set<std::string>& useless) {
  for (const OwnStore& own : own_stores()) {
    const std::string store(own.name);
    if (!own.keeps_logins || useless.contains(store) || why_not_usable(store, helpers)) continue;
    auto listed = listed_by({.helpers = helpers, .use = {.helper = store}});
    return WorkingStore{store, std::move(listed).value_or(StoreList()).server_urls};
  }
  return std::nullopt;
}

std::optional<std::string> find_substitute(const std::optional<std::string>& use,
                                           const std::set<std::string>& useless,
                                           HelperClient& helpers) {
  const auto working = use ? std::nullopt : find_working_store(helpers, useless);
  return working ? std::optional(working->name) : use;
}

std::optional<Error> why_not_usable(const std::string& store, HelperClient& helpers) {
  const Interview interview{.helpers = helpers, .use = {.helper = store}};
  ask_for_list(interview);
  return fault_of(interview);
}

void check_usable(const std::string& option, const std::string& store, HelperClient& helpers) {
  if (const auto reason = why_not_usable(store, helpers))
    throw Error(option, fmt::format("{} does not work: {}", printable(store), reason->what()),
                reason->hint());
}

std::optional<std::string> find_default_store(const Config& config) {
  if (!names_nothing(config)) return std::nullopt;
  const auto taken =
      std::find_if(own_stores().begin(), own_stores().end(), [](const OwnStore& own) {
        return own.default_beside &&
               (own.default_beside->empty() || is_on_path(std::string(*own.default_beside)));
      });
  if (taken == own_stores().end()) return std::nullopt;
  const bool has_helper = is_on_path(helper_program_name(taken->name));
  return has_helper ? std::optional<std::string>(taken->name) : std::nullopt;
}

std::optional<Finding> check_default_store(const Config& config, HelperClient& helpers,
                                           const std::optional<std::string>& use) {
  const auto store = find_default_store(config);
  if (!store) return std::nullopt;
  const std::string program = helper_program_name(*store);
  const auto reason = why_not_usable(*store, helpers);
  if (!reason) return working(*store, program);
  Finding finding = broken(*store, program, *reason);
  if (const auto other = find_substitute(use, {*store}, helpers))
    finding.remedy = fix(fmt::format(" names {}", *other), {.creds_store = *other});
  return finding;
}

}  // namespace pullsecret
