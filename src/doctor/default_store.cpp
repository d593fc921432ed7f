#include "doctor/default_store.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "doctor/helper_checks.h"
#include "system/program.h"

namespace pullsecret {
namespace {

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

DefaultStore check_default_store(const Config& config, HelperClient& helpers) {
  if (!names_nothing(config)) return {};
  const std::string store = is_on_path("pass") ? "pass" : "secretservice";
  const std::string program = helper_program_name(store);
  if (!is_on_path(program)) return {};
  const auto reason = why_not_usable(store, helpers);
  if (!reason) return {working(store, program)};
  Finding finding = broken(store, program, *reason);
  if (const auto other = find_working_store(helpers, {store}))
    finding.way_out = {"doctor --fix", fmt::format(" names {}", other->name)};
  return {std::move(finding), true};
}

}  // namespace pullsecret
