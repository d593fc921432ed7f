// Feeds the readers of config files: they return or throw Error, and what format_config() writes is
// read back as the same credentials and settings.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "docker/config.h"

namespace {

using namespace pullsecret;

using KeyedCredentials = std::vector<std::pair<std::string, Credential>>;

void require(bool condition) {
  if (!condition) std::abort();
}

bool can_be_written(const AuthEntry& entry) {
  return !entry.problem && !entry.credential.username.empty() &&
         entry.credential.username.find(':') == std::string::npos;
}

void check_round_trip(const Config& config) {
  KeyedCredentials credentials;
  for (const AuthEntry& entry : config.auths)
    if (can_be_written(entry)) credentials.emplace_back(entry.key, entry.credential);
  const Config again = parse_config({"again", format_config(config, credentials)});

  require(again.creds_store.empty() && again.cred_helpers.empty());
  require(again.settings.size() == config.settings.size());
  for (std::size_t i = 0; i < config.settings.size(); ++i) {
    require(again.settings[i].name == config.settings[i].name);
    require(again.settings[i].value == config.settings[i].value);
  }
  require(again.auths.size() == credentials.size());
  for (std::size_t i = 0; i < credentials.size(); ++i) {
    require(again.auths[i].key == credentials[i].first);
    require(!again.auths[i].problem);
    require(again.auths[i].credential.username == credentials[i].second.username);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    check_round_trip(parse_config({"config.json", text}));
  } catch (const Error&) {
    // refused in words
  }
  try {
    parse_dockercfg({".dockercfg", text});
  } catch (const Error&) {
  }
  try {
    parse_environment_auths(text);
  } catch (const Error&) {
  }
  return 0;
}
