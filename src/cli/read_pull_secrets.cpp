#include "cli/read_pull_secrets.h"

#include <chrono>

#include "cli/image_options.h"
#include "kubernetes/documents.h"
#include "kubernetes/secret_manifest.h"
#include "system/error.h"

namespace pullsecret {
namespace {

// What is neither a pull secret nor meant to be one, as a message lists it.
std::vector<std::string> skipped_kinds(const Manifests& manifests) {
  std::vector<std::string> kinds = manifests.skipped;
  for (const SecretManifest& secret : manifests.secrets)
    if (!is_pull_secret(secret))
      kinds.push_back("Secret of type " + (secret.type.empty() ? "Opaque" : secret.type));
  return kinds;
}

}  // namespace

std::vector<InspectedSecret> read_pull_secrets(const std::string& file, const Streams& streams) {
  const JsonText source = read_file_or_input(file, max_manifest_size);
  const Manifests manifests = read_manifests(source);
  const Time now = current_time();
  std::vector<InspectedSecret> secrets = inspect_secrets(manifests.secrets, now);
  const std::vector<std::string> skipped = skipped_kinds(manifests);
  if (secrets.empty())
    throw Error(source.file,
                "no pull secret" + (skipped.empty() ? "" : ", only " + kinds_in_words(skipped)),
                "kubectl get secret NAME -o yaml; kubectl get secrets lists the names");
  if (!skipped.empty()) print_note(streams, "skipped " + kinds_in_words(skipped));
  return secrets;
}

}  // namespace pullsecret
