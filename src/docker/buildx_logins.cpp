#include "docker/buildx_logins.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "credential/registry.h"
#include "docker/find_config.h"
#include "system/environment.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> docker_folder(const std::optional<std::string>& named) {
  if (named == "-") return std::nullopt;
  std::error_code unreachable;
  if (named)
    return fs::is_directory(*named, unreachable) ? fs::path(*named)
                                                 : fs::path(*named).parent_path();
  const auto config = dockers_config();
  return config ? std::optional(config->parent_path()) : std::nullopt;
}

std::optional<fs::path> buildx_folder(const std::optional<std::string>& named) {
  if (const auto folder = environment_variable("BUILDX_CONFIG")) return *folder;
  const auto folder = docker_folder(named);
  return folder ? std::optional(*folder / "buildx") : std::nullopt;
}

// `name` is that of its folder below BUILDX/config.
BuildxLogin login_in(fs::path file, const std::string& name) {
  BuildxLogin login{.file = std::move(file), .host = {}, .repository = {}, .actions = {}};
  const std::size_t at = name.find('@');
  if (at != std::string::npos)
    for (const std::string& action : split(name.substr(at + 1), ','))
      if (!trim(action).empty()) login.actions.emplace_back(trim(action));
  const std::string where = name.substr(0, at);
  const std::size_t slash = where.find('/');
  login.host = where.substr(0, slash);
  if (slash != std::string::npos) login.repository = where.substr(slash + 1);
  return login;
}

bool serves_pull(const BuildxLogin& login, std::string_view repository) {
  return (login.repository.empty() || login.repository == repository) &&
         std::all_of(login.actions.begin(), login.actions.end(),
                     [](const std::string& action) { return action == "pull"; });
}

}  // namespace

std::string BuildxLogin::server_url() const {
  return docker_server_url(host == docker_hub_host ? "docker.io" : host);
}

std::vector<BuildxLogin> find_buildx_logins(const std::optional<std::string>& named) {
  std::vector<BuildxLogin> logins;
  const auto folder = buildx_folder(named);
  if (!folder) return logins;
  constexpr std::size_t most = 1000;
  const fs::path base = *folder / "config";
  std::error_code ignored;
  for (fs::recursive_directory_iterator entry(base, ignored), end;
       entry != end && logins.size() < most; entry.increment(ignored)) {
    std::error_code unknown;
    if (entry->path().filename() == "config.json" && !entry->is_directory(unknown))
      logins.push_back(
          login_in(entry->path(), entry->path().parent_path().lexically_relative(base).string()));
  }
  std::sort(logins.begin(), logins.end(),
            [](const BuildxLogin& a, const BuildxLogin& b) { return a.file < b.file; });
  return logins;
}

// The one of the repository comes first, then the one with more actions.
const BuildxLogin* login_for_pull(const std::vector<BuildxLogin>& logins, std::string_view host,
                                  std::string_view repository) {
  const std::string_view asked = host == "docker.io" ? docker_hub_host : host;
  const BuildxLogin* best = nullptr;
  for (const BuildxLogin& login : logins) {
    if (login.host != asked || !serves_pull(login, repository)) continue;
    const auto rank = [](const BuildxLogin& one) {
      return std::pair(!one.repository.empty(), one.actions.size());
    };
    if (best == nullptr || rank(login) > rank(*best)) best = &login;
  }
  return best;
}

}  // namespace pullsecret
