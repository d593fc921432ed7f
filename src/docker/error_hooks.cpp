#include "docker/error_hooks.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "credential/go_json_reader.h"

namespace pullsecret {
namespace {

// docker compares words: `image pull` is another command than `pull`. It does not tell what a build
// by its plugin buildx failed with, so that there is nothing to say of one.
constexpr const char* hooked_commands =
    "login,pull,push,build,run,create,image pull,image push,image build";

bool has_hooks(const JsonMember& plugin) {
  const std::vector<JsonMember> settings = members_of(plugin.value);
  return std::any_of(settings.begin(), settings.end(), [](const JsonMember& setting) {
    return setting.name == "hooks" || setting.name == "error-hooks";
  });
}

bool has_other_hooks(const JsonText& config) {
  const GoJsonReader reader(config, TextBehind::ignored);
  if (reader.value().empty()) return false;
  for (const JsonMember& setting : reader.members_of_object(reader.value(), "the config")) {
    if (!is_field(setting.name, "plugins") || kind_of(setting.value) != JsonKind::object) continue;
    for (const JsonMember& plugin : members_of(setting.value))
      if (plugin.name != "pullsecret" && kind_of(plugin.value) == JsonKind::object &&
          has_hooks(plugin))
        return true;
  }
  return false;
}

}  // namespace

ConfigChange error_hooks(const JsonText& config, bool on) {
  const std::vector<std::string> ours{"plugins", "pullsecret", "error-hooks"};
  const std::vector<std::string> feature{"features", "hooks"};
  if (on) return {.strings = {{ours, hooked_commands}, {feature, "true"}}};
  ConfigChange off{.strings = {{ours, std::nullopt}}};
  if (!has_other_hooks(config)) off.strings.push_back({feature, std::nullopt});
  return off;
}

void set_error_hooks(ConfigLocation& location, bool on) {
  const JsonText json = read_config_text(location);
  const std::string text = changed_config(json, error_hooks(json, on));
  // A power cut may bring back the config without them, which is as good as it was.
  if (text != json.text) std::ignore = write_config(location, json, text);
}

}  // namespace pullsecret
