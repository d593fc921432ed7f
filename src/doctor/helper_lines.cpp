#include "doctor/helper_lines.h"

#include <utility>

#include "credential/registry.h"
#include "docker/resolve.h"
#include "system/text.h"

namespace pullsecret {

void keep_inline(HelperChanges& lines, const Config& config, bool has_creds_store,
                 const std::function<bool(const std::string& helper)>& fails) {
  for (const AuthEntry& entry : config.auths) {
    const std::string* store = store_for(config, entry.key);
    if (is_empty(entry.credential) || is_docker_hub_token(entry.key) || store == nullptr) continue;
    const std::string name = docker_lookup_name(entry.key);
    const bool is_found = name == entry.key || name == registry_host(entry.key);
    if (!is_found || !fails(*store)) continue;
    std::optional<std::string>& line = lines[name];
    line.reset();
    if (has_creds_store) line.emplace();
  }
}

std::vector<std::string> names_asked_for(const Config& config, const std::string& helper,
                                         const std::optional<std::vector<std::string>>& listed) {
  std::vector<std::string> keys = named_registries(config);
  if (listed) keys.insert(keys.end(), listed->begin(), listed->end());
  std::vector<std::string> names;
  for (const std::string& key : keys)
    if (const std::string* store = store_for(config, key); store != nullptr && *store == helper)
      names.push_back(docker_lookup_name(key));
  return without_repeats(std::move(names));
}

}  // namespace pullsecret
