#include "cli/mistyped.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "system/text.h"

namespace pullsecret {
namespace {

// What people call an option that has another name here, as docker, kubectl, skopeo and podman do.
constexpr std::array<std::array<std::string_view, 6>, 7> same_meaning{{
    {"registry", "server", "host", "hostname", "url", "docker-server"},
    {"username", "user", "login", "u", "docker-username"},
    {"email", "docker-email"},
    {"output", "format", "json", "yaml"},
    {"config", "file", "filename", "authfile", "docker-config"},
    {"password-stdin", "pass", "token", "secret", "docker-password"},
    {"to", "use", "store", "creds-store"},
}};

bool is_alike(std::string_view a, std::string_view b) {
  if (a.empty()) return false;
  return std::any_of(same_meaning.begin(), same_meaning.end(), [&](const auto& names) {
    const auto has = [&](std::string_view name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    return has(a) && has(b);
  });
}

// The option that is meant by `name`, if one can tell.
std::optional<std::string> meant_option(const Command& command, const std::string& name) {
  std::vector<std::string> names;
  for (const Option& option : options_of(command))
    if (is_offered(option)) names.emplace_back(option.name);
  if (auto near = nearest(name, names)) return near;
  const auto alike = std::find_if(names.begin(), names.end(), [&](const std::string& candidate) {
    return is_alike(name, candidate);
  });
  return alike == names.end() ? std::nullopt : std::optional(*alike);
}

// What kubectl takes to find a cluster, and as whom to ask it.
bool is_about_cluster(std::string_view name) {
  return is_one_of(name, {"--as", "--as-group", "--as-uid", "--certificate-authority",
                          "--client-key", "--client-certificate", "--cluster", "--context",
                          "--kubeconfig", "--request-timeout", "--tls-server-name"});
}

}  // namespace

Error unknown_option(const Command& command, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  if (is_about_cluster(name))
    return {name, "refused: nothing is asked of a cluster",
            "give it to the kubectl that applies what is printed"};
  const std::size_t dashes = std::min(name.find_first_not_of('-'), name.size());
  const auto meant = meant_option(command, name.substr(dashes));
  return {"", fmt::format("unknown option {}", printable(name, 40)),
          (meant ? fmt::format("the nearest is --{}; ", *meant) : "") +
              fmt::format("pullsecret help {} has them all", command.name)};
}

}  // namespace pullsecret
