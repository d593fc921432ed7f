#include "operations/inputs.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "kubernetes/find_pull_data.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// "3 objects: ConfigMap, Service".
std::string kinds_in_words(const std::vector<std::string>& kinds) {
  return fmt::format("{}: {}",
                     kinds.size() == 1 ? "1 object" : fmt::format("{} objects", kinds.size()),
                     printable(join(without_repeats(kinds), ", ")));
}

// What is neither a pull secret nor meant to be one, as a message lists it.
std::vector<std::string> skipped_kinds(const Manifests& manifests) {
  std::vector<std::string> kinds = manifests.skipped;
  for (const SecretManifest& secret : manifests.secrets)
    if (!is_pull_secret(secret))
      kinds.push_back("Secret of type " + (secret.type.empty() ? "Opaque" : secret.type));
  return kinds;
}

}  // namespace

WithNotices<LoadedConfig> config_to_use(const std::optional<std::string>& named) {
  WithNotices<LoadedConfig> loaded{load_config(named)};
  const Config& config = loaded.value.config;
  if (!loaded.value.is_dockers_own)
    loaded.notices.push_back(
        {Severity::note, {"", "Docker has no config here; reading " + config.file}});
  if (const auto& refused = config.environment_refused)
    loaded.notices.push_back(
        {.text = {"",
                  fmt::format("ignoring DOCKER_AUTH_CONFIG, as Docker does: {}", refused->what()),
                  refused->hint()}});
  return loaded;
}

WithNotices<std::vector<InspectedSecret>> pull_secrets_in(const JsonText& source, Time now) {
  const Manifests manifests = read_manifests(source);
  WithNotices<std::vector<InspectedSecret>> found{inspect_secrets(manifests.secrets, now)};
  const std::vector<std::string> skipped = skipped_kinds(manifests);
  if (found.value.empty())
    throw Error(source.file,
                "no pull secret" + (skipped.empty() ? "" : ", only " + kinds_in_words(skipped)),
                "kubectl get secret NAME -o yaml; kubectl get secrets lists the names");
  if (!skipped.empty())
    found.notices.push_back({Severity::note, {"", "skipped " + kinds_in_words(skipped)}});
  return found;
}

WithNotices<Workloads> wanted_images(std::vector<WorkloadImage> named,
                                     const std::optional<JsonText>& manifests) {
  if (!manifests) return {{.images = std::move(named), .pull_secrets = {}, .passed_over = {}}};
  WithNotices<Workloads> wanted{read_workloads(*manifests)};
  auto& [images, pull_secrets, passed_over] = wanted.value;
  const std::string others =
      passed_over.empty() ? "" : "passed over " + kinds_in_words(passed_over);
  if (images.empty())
    throw Error(manifests->file,
                "the manifests name no image" + (others.empty() ? "" : "; " + others),
                "it takes Pods, and what makes them: Deployments, Jobs and the like");
  if (!others.empty()) wanted.notices.push_back({Severity::note, {manifests->file, others}});
  std::erase_if(images, [&](const WorkloadImage& image) {
    return std::any_of(named.begin(), named.end(),
                       [&](const WorkloadImage& known) { return known.name == image.name; });
  });
  images.insert(images.begin(), std::move_iterator(named.begin()), std::move_iterator(named.end()));
  return wanted;
}

}  // namespace pullsecret
