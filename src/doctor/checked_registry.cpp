#include "doctor/checked_registry.h"

#include <algorithm>

#include "kubernetes/image.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

bool is_host_of_image(const std::string& host) {
  try {
    return parse_image(host + "/image").registry_host == host;
  } catch (const Error&) {
    return false;
  }
}

// An entry counts by what Docker makes of its key, a line of credHelpers by the key alone.
bool is_asked_for(const Registry& registry) {
  const std::string name = registry.server_url();
  return registry.has_inline() ||
         (is_looked_for(name) && (registry.entry != nullptr || registry.key == name));
}

}  // namespace

std::string Registry::login() const {
  if (is_podmans) return podman_login_command(key);
  const std::string name = server_url();
  const bool is_as_spelled = store != nullptr && name != docker_hub_key && is_looked_for(name);
  return is_as_spelled ? "docker login " + shell_operand(name) : login_command(key);
}

bool is_looked_for(const std::string& name) {
  if (name == docker_hub_key || is_docker_hub_token(name)) return true;
  if (std::count(name.begin(), name.end(), ':') > 1)  // IPv6
    return name.find_first_not_of("0123456789ABCDEFabcdef:.[]") == std::string::npos;
  return is_host_of_image(name) || is_host_of_image(name + ":443");  // a label alone: by login
}

std::vector<std::string> registries_looked_for(const Config& config) {
  std::vector<std::string> keys = named_registries(config);
  std::erase_if(keys,
                [&](const std::string& key) { return !is_asked_for(registry_of(config, key)); });
  return keys;
}

}  // namespace pullsecret
