#include "doctor/checked_registry.h"

#include <cstddef>

#include "system/text.h"

namespace pullsecret {
namespace {

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

std::string bare_host(const std::string& key) {
  std::string host = registry_host(trim_unseen(key));
  host.erase(0, host.rfind('@') + 1);
  const std::size_t colon = host.rfind(':');
  const bool is_port = colon == std::string::npos || host.ends_with(']') ||
                       host.find_first_not_of("0123456789", colon + 1) == std::string::npos;
  if (!is_port || host.ends_with(':')) host.erase(colon);
  return host;
}

std::vector<std::string> registries_looked_for(const Config& config) {
  std::vector<std::string> keys = named_registries(config);
  std::erase_if(keys,
                [&](const std::string& key) { return !is_asked_for(registry_of(config, key)); });
  return keys;
}

}  // namespace pullsecret
