#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "cli/completion.h"
#include "credential/registry.h"
#include "docker/config_file.h"
#include "docker/resolve.h"
#include "helper/installed.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// Somebody waits: what a login leaves in the file is 100 bytes a registry.
constexpr std::uintmax_t max_size = 1024UL * 1024;

bool is_plain(const std::string& name) {
  return !name.empty() && shell_word(name) == name && !name.starts_with('-') && !has_login(name);
}

// Nobody types Docker Hub's key.
std::string as_typed(const std::string& key) {
  return is_docker_hub_host(registry_host(key)) && !is_about_path(key) ? "docker.io" : key;
}

std::vector<std::string> registries_in(const std::optional<std::string>& config) {
  if (config == "-") return {};
  std::set<std::string> names;
  try {
    std::error_code no_file;
    const std::uintmax_t size = std::filesystem::file_size(find_config(config).file, no_file);
    if (no_file || size > max_size) return {};
    for (const std::string& key : named_registries(load_config(config).config))
      if (is_plain(key)) names.insert(as_typed(key));
  } catch (const Error&) {
    return {};
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> installed_stores() {
  const std::set<std::string> helpers = helpers_on_path();
  std::vector<std::string> names;
  std::copy_if(helpers.begin(), helpers.end(), std::back_inserter(names), is_plain);
  return names;
}

}  // namespace

CompletionSources completion_sources() {
  return {.registries = registries_in, .stores = installed_stores};
}

}  // namespace pullsecret
