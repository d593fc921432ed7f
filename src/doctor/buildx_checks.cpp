#include "doctor/buildx_checks.h"

#include <fmt/format.h>

#include "credential/registry.h"
#include "docker/buildx_logins.h"
#include "docker/config_file.h"
#include "docker/resolve.h"
#include "system/error.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

std::string what_it_is_for(const BuildxLogin& login) {
  const std::string where =
      login.repository.empty() ? login.host : fmt::format("{}/{}", login.host, login.repository);
  const std::string actions = login.actions.empty() ? "all" : join(login.actions, " and ");
  return fmt::format("{} of {}", printable(actions), key_in_words(where));
}

bool finds_login(const Config& config, const BuildxLogin& login) {
  const std::string key = registry_keys_for(config, login.server_url()).front();
  const AuthEntry* entry = config.auths.find(key);
  return store_for(config, key) != nullptr || (entry != nullptr && !is_empty(entry->credential));
}

Finding check(const BuildxLogin& login) {
  const std::string place = place_of(login.file), what = what_it_is_for(login);
  try {
    if (finds_login(load_config(login.file.string()).config, login))
      return fine("buildx-login", place,
                  fmt::format("buildx 0.31 and later take the login in it for {}; docker pull does "
                              "not",
                              what));
  } catch (const Error& error) {
    return warning(
        "buildx-login", place,
        fmt::format("meant for {}, and buildx goes on without it: {}", what, error.message()),
        error.hint().empty() ? "correct it there" : error.hint());
  }
  return warning("buildx-login", place,
                 fmt::format("it has no login for {}: for {} buildx 0.31 and later are anonymous",
                             key_in_words(login.server_url()), what),
                 fmt::format("docker --config {} {}", shell_word(login.file.parent_path().string()),
                             login_command(login.server_url()).substr(sizeof("docker"))));
}

}  // namespace

Findings check_buildx_logins(const std::optional<std::string>& named) {
  Findings findings;
  for (const BuildxLogin& login : find_buildx_logins(named))
    findings.push_back(check(login));
  return findings;
}

}  // namespace pullsecret
