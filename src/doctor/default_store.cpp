#include "doctor/default_store.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "doctor/helper_checks.h"
#include "system/program.h"

namespace pullsecret {
namespace {

constexpr const char* finding_name = "default-store";

bool names_nothing(const Config& config) {
  return config.creds_store.empty() && config.cred_helpers.empty() && config.auths.size() == 0;
}

bool is_on_path(const std::string& program) {
  return find_on_path(program).found.has_value();
}

Finding working(const std::string& store, std::string program) {
  return {.name = finding_name,
          .subject = std::move(program),
          .message = fmt::format("the config names no store: Docker takes {} by itself", store)};
}

Finding broken(const std::string& store, std::string program, const Error& reason) {
  return {.name = finding_name,
          .severity = Severity::problem,
          .subject = std::move(program),
          .message = fmt::format("the config names no store, and Docker takes {} by itself, which "
                                 "does not work: {}",
                                 store, reason.message()),
          .hint = reason.hint() + (reason.hint().empty() ? "" : "; or ") +
                  "take another: `pullsecret doctor --fix`"};
}

}  // namespace

Findings check_default_store(const Config& config, HelperClient& helpers) {
  if (!names_nothing(config)) return {};
  const std::string store = is_on_path("pass") ? "pass" : "secretservice";
  std::string program = helper_program_name(store);
  if (!is_on_path(program)) return {};
  const auto reason = why_not_usable(store, helpers);
  return {reason ? broken(store, std::move(program), *reason) : working(store, std::move(program))};
}

bool has_broken_default_store(const Findings& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.name == finding_name && finding.severity == Severity::problem;
  });
}

}  // namespace pullsecret
