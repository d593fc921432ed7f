// Feeds the readers of config files: they return or throw Error, and credentials that are written
// inline are read back the same.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "docker/config.h"
#include "docker/config_change.h"
#include "fuzz/require.h"

namespace {

using namespace pullsecret;

using KeyedCredentials = std::vector<std::pair<std::string, Credential>>;

bool can_be_written(const AuthEntry& entry) {
  return !entry.problem && !entry.credential.username.empty() &&
         entry.credential.username.find(':') == std::string::npos;
}

void check_round_trip(const JsonText& json, const Config& config) {
  KeyedCredentials credentials;
  for (const AuthEntry& entry : config.auths)
    if (can_be_written(entry)) credentials.emplace_back(entry.key, entry.credential);
  const std::string text = changed_config(json, inline_alone(credentials));
  const Config again = parse_config({"again", text});

  require(again.creds_store.empty() && again.cred_helpers.empty());
  require(again.auths.size() == credentials.size());
  for (const auto& [key, credential] : credentials) {
    const AuthEntry* entry = again.auths.find(key);
    require(entry != nullptr && !entry->problem);
    require(entry->credential.username == credential.username);
    require(entry->credential.password == credential.password);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    const JsonText json{"config.json", text};
    check_round_trip(json, parse_config(json));
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
