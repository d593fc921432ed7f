// Feeds the reader of manifests, and all that inspect makes of them: it returns or throws Error, no
// message has a control character, and a credential that was read is read again once it is written.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "fuzz/require.h"
#include "kubernetes/inspect_secrets.h"
#include "kubernetes/keyring.h"
#include "kubernetes/pull_data.h"
#include "kubernetes/secret.h"
#include "system/error.h"

namespace {

using namespace pullsecret;

void check_remarks(const std::vector<Remark>& remarks) {
  for (const Remark& remark : remarks)
    require(!remark.message.empty() && is_printable(remark.message) && is_printable(remark.hint));
}

bool can_be_written(const KeyringEntry& entry) {
  return !entry.is_refused && has_password(entry.credential) &&
         entry.credential.username.find(':') == std::string::npos;
}

void check_round_trip(const InspectedSecret& secret) {
  std::map<std::string, Credential> credentials;
  for (const KeyringEntry& entry : secret.entries)
    if (can_be_written(entry)) credentials[entry.key] = entry.credential;
  const PullData again = read_pull_data(
      SecretType::dockerconfigjson, pull_secret_data(SecretType::dockerconfigjson, credentials));
  require(!again.refusal && again.repeated_keys.empty());
  require(again.entries.size() == credentials.size());
  for (const PullEntry& entry : again.entries) {
    const Credential& written = credentials.at(entry.key);
    require(entry.credential.username == written.username);
    require(entry.credential.password == written.password);
  }
}

void check_entries(const InspectedSecret& secret) {
  require(secret.entries.size() <= max_pull_entries);
  check_remarks(secret.remarks);
  for (const KeyringEntry& entry : secret.entries) {
    check_remarks(entry.remarks);
    require(!entry.is_refused || !secret.is_read);
    require(!served_images(entry.key) || filed_key(entry.key));
  }
}

}  // namespace

// libFuzzer prescribes the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const JsonText source{"manifest", std::string(reinterpret_cast<const char*>(data), size)};
  try {
    const Manifests manifests = read_manifests(source);
    const auto secrets = inspect_secrets(manifests.secrets, Time());
    require(secrets.size() <= manifests.secrets.size());
    for (const InspectedSecret& secret : secrets) {
      check_entries(secret);
      check_round_trip(secret);
    }
    std::ignore = keyring_of(secrets).offered(parse_image("ghcr.io/acme/app"));
  } catch (const Error& error) {
    require(is_printable(error.what()) && is_printable(error.hint()));
  }
  return 0;
}
