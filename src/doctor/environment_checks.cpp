#include "doctor/environment_checks.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "credential/registry.h"
#include "credential/white_space_remarks.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/file.h"

namespace pullsecret {
namespace {

constexpr const char* auth_variable = "DOCKER_AUTH_CONFIG";

// ---- DOCKER_AUTH_CONFIG

Finding variable_refused(const Error& error) {
  return warning("environment-refused", error.place(),
                 fmt::format("{}; Docker ignores the variable", error.message()),
                 error.hint().empty()
                     ? R"(it holds {"auths": {"REGISTRY": {"auth": "…"}}} and nothing else)"
                     : error.hint());
}

Finding taken(std::size_t count) {
  return fine("environment-ok", auth_variable,
              fmt::format("Docker 28.3 and later take the credential{} of {} from it",
                          count == 1 ? "" : "s",
                          count == 1 ? "a registry" : fmt::format("{} registries", count)));
}

Finding never_asked(const std::string& key) {
  return warning("environment-spelling", auth_variable,
                 fmt::format("its credential for {} stays unused: Docker asks for {}",
                             key_in_words(key), key_in_words(docker_server_url(key))),
                 fmt::format("write {} in its place", key_in_words(docker_server_url(key))));
}

Finding overriding(const std::string& key) {
  return warning("environment-overrides", auth_variable,
                 fmt::format("its credential for {} counts before what the config says of that "
                             "registry, in Docker 28.3 and later",
                             key_in_words(key)),
                 fmt::format("`unset {}` if it is outdated", auth_variable));
}

bool is_known(const Config& config, const std::string& key) {
  return config.auths.find(key) != nullptr || config.cred_helpers.contains(key);
}

// It is made by hand, and a login does not mend it.
Findings check_login(const AuthEntry& entry) {
  std::vector<Remark> remarks = remarks_on_white_space(entry.credential);
  if (lacks_secret(entry.credential))
    remarks.push_back({"entry-no-password", Severity::problem, "the password is empty", ""});
  Findings findings;
  for (Remark& remark : remarks) {
    remark.message = fmt::format("for {}, {}", key_in_words(entry.key), remark.message);
    remark.hint = "make its \"auth\" with printf '%s' 'USER:PASSWORD' | base64 -w 0";
    findings.push_back({std::move(remark), auth_variable});
  }
  return findings;
}

std::optional<Finding> check_key(const std::string& key, const std::optional<Config>& config) {
  if (docker_server_url(key) != key) return never_asked(key);
  if (config && is_known(*config, key)) return overriding(key);
  return std::nullopt;
}

Findings check_auths(const std::vector<AuthEntry>& entries, const std::optional<Config>& config) {
  Findings findings;
  std::size_t fine = 0;
  for (const AuthEntry& entry : entries) {
    Findings about = check_login(entry);
    append(about, check_key(entry.key, config));
    if (about.empty()) ++fine;
    append(findings, std::move(about));
  }
  if (fine > 0) findings.insert(findings.begin(), taken(fine));
  return findings;
}

}  // namespace

Findings check_environment(const std::optional<Config>& config) {
  const auto text = environment_variable(auth_variable);
  if (!text) return {};
  try {
    return check_auths(parse_environment_auths(*text), config);
  } catch (const Error& error) {
    return {variable_refused(error)};
  }
}

std::optional<Finding> check_snap(const std::filesystem::path& file, const Config& config) {
  const bool names_helper = !config.creds_store.empty() ||
                            std::any_of(config.cred_helpers.begin(), config.cred_helpers.end(),
                                        [](const auto& line) { return !line.second.empty(); });
  if (!names_helper || file.string().find("/snap/docker/") == std::string::npos)
    return std::nullopt;
  return problem("snap-confined", place_of(file),
                 "it is the config of Docker's snap, which cannot run credential helpers of this "
                 "machine: docker login fails",
                 "install Docker from its packages, in place of the snap",
                 {"migrate --to inline", " keeps the credentials in the file, in plain text"});
}

}  // namespace pullsecret
