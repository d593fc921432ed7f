#include "operations/inputs.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "credential/unfilled_template.h"
#include "kubernetes/find_pull_data.h"
#include "kubernetes/name_rules.h"
#include "system/append.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// "3 objects: ConfigMap, Service".
std::string kinds_in_words(const std::vector<std::string>& kinds) {
  return fmt::format("{}: {}",
                     kinds.size() == 1 ? "1 object" : fmt::format("{} objects", kinds.size()),
                     printable(join(without_repeats(kinds), ", ")));
}

// What is not taken of the manifests, as a message lists it.
std::vector<std::string> kinds_of(const std::vector<PassedOver>& objects) {
  std::vector<std::string> kinds;
  for (const PassedOver& object : objects)
    if (!object.has_images) kinds.push_back(object.kind);
  return kinds;
}

// A hint: the images that a manifest does not have are those of the Pods that come of it.
std::string way_to_images(const PassedOver& object) {
  return fmt::format("the Pods that come of it have them: `kubectl get pods{} -o yaml`",
                     is_namespace(object.name_space) ? " -n " + object.name_space : "");
}

std::string why_unknown(const PassedOver& object) {
  return object.why.empty() ? "" : ": " + object.why;
}

// Of objects that hold images, nobody may think that they were asked about.
Notices notices_of_passed_over(const std::vector<PassedOver>& objects, const std::string& file) {
  Notices notices;
  if (const auto kinds = kinds_of(objects); !kinds.empty())
    notices.push_back({Severity::note, {file, "passed over " + kinds_in_words(kinds)}});
  for (const PassedOver& object : objects)
    if (object.has_images)
      notices.push_back(
          {.text = {file,
                    fmt::format("passed over {}{}, which names images that are not known here{}",
                                object.is_part ? "a part of " : "", object.in_words,
                                why_unknown(object)),
                    way_to_images(object)},
           .is_unconditional = true});
  return notices;
}

// Those of the file's objects that are neither a pull secret nor meant to be one, nor otherwise
// taken.
std::vector<std::string> skipped_kinds(const Manifests& manifests,
                                       const std::optional<Workloads>& beside, bool takes_pods) {
  std::vector<std::string> kinds = beside ? kinds_of(beside->passed_over) : manifests.skipped;
  if (beside && !takes_pods)
    for (const Pod& pod : beside->pods)
      kinds.push_back(pod.kind);
  for (const SecretManifest& secret : manifests.secrets)
    if (!is_pull_secret(secret))
      kinds.push_back("Secret of type " + (secret.type.empty() ? "Opaque" : secret.type));
  return kinds;
}

Workloads joined(Workloads one, Workloads other, bool takes_pods) {
  append(one.accounts, std::move(other.accounts));
  append(one.secrets, std::move(other.secrets));
  append(one.to_come, std::move(other.to_come));
  if (!takes_pods) return one;
  append(one.pods, std::move(other.pods));
  append(one.images, std::move(other.images));
  append(one.invalid_images, std::move(other.invalid_images));
  return one;
}

WithNotices<Workloads> workloads_in(const Documents& manifests, const std::string& name_space) {
  WithNotices<Workloads> found{read_workloads(manifests, name_space)};
  const auto& [images, invalid_images, pods, accounts, secrets, to_come, passed_over, warnings] =
      found.value;
  for (const Error& why : warnings)
    found.notices.push_back({.text = why});
  append(found.notices, notices_of_passed_over(passed_over, manifests.file));
  if (std::any_of(pods.begin(), pods.end(),
                  [](const Pod& pod) { return pod.refusal || !pod.images.empty(); }))
    return found;
  std::vector<std::string> kinds;
  kinds.reserve(passed_over.size());
  for (const PassedOver& object : passed_over)
    kinds.push_back(object.kind);
  const auto unknown =
      std::find_if(passed_over.begin(), passed_over.end(), std::mem_fn(&PassedOver::has_images));
  const bool is_any_unknown = unknown != passed_over.end();
  throw Error(
      manifests.file,
      fmt::format("the manifests name no image{}{}{}", is_any_unknown ? " that is known here" : "",
                  kinds.empty() ? "" : "; passed over " + kinds_in_words(kinds),
                  is_any_unknown ? why_unknown(*unknown) : ""),
      is_any_unknown ? way_to_images(*unknown)
                     : "it takes Pods, and what makes them: Deployments, Jobs and the like");
}

void remove_inspected(const std::vector<InspectedSecret>& inspected,
                      std::vector<SecretName>& secrets) {
  std::set<std::pair<std::string, std::string>> names;
  for (const InspectedSecret& secret : inspected)
    names.emplace(secret.origin.name_space, secret.origin.name);
  std::erase_if(secrets, [&](const SecretName& secret) {
    return names.contains({secret.name_space, secret.name});
  });
}

void add_manifests(const JsonText& manifests, const std::string& name_space, Time now,
                   WithNotices<PullInputs>& inputs) {
  const Documents documents = read_documents(manifests, PlainScalars::typed);
  auto [workloads, notices] = workloads_in(documents, name_space);
  append(inputs.notices, std::move(notices));
  PullInputs& found = inputs.value;
  found.secrets = inspect_secrets(read_manifests(documents, name_space).secrets, now);
  remove_inspected(found.secrets, workloads.secrets);
  // Where a cluster was asked for its Secrets, there are no others.
  found.has_secrets =
      !found.secrets.empty() || std::any_of(workloads.secrets.begin(), workloads.secrets.end(),
                                            std::mem_fn(&SecretName::is_made));
  found.workloads = std::move(workloads);
}

// A hint, where the file has no pull secret.
std::string way_to_secret(const std::vector<std::string>& kinds) {
  if (is_any_encrypted(kinds)) return std::string(way_of_sops);
  if (std::any_of(kinds.begin(), kinds.end(),
                  [](const std::string& kind) { return equal_ignoring_case(kind, "Secret"); }))
    return "letter case counts: kind: Secret";
  return "kubectl get secret NAME -o yaml; kubectl get secrets lists the names";
}

// `has_manifests`: their Pods may have the file's ServiceAccounts. `wants_pods`: the file's own
// count.
void add_file(const JsonText& given, const std::string& name_space, Time now,
              WithNotices<PullInputs>& inputs, bool has_manifests, bool wants_pods) {
  const std::optional<JsonText> decoded = decoded_config(given);
  const JsonText& file = decoded ? *decoded : given;
  const Documents documents = read_documents(file, PlainScalars::typed);
  const Manifests manifests = read_manifests(documents, name_space);
  PullInputs& found = inputs.value;
  const bool is_config = std::any_of(manifests.secrets.begin(), manifests.secrets.end(),
                                     std::mem_fn(&SecretManifest::is_config_file));
  if (is_config && !found.secrets.empty())
    inputs.notices.push_back(
        {Severity::note,
         {"", fmt::format("the Secrets of the manifests do not count: {} is given, and stands for "
                          "those that the Pods name",
                          file.file)}});
  if (is_config) found.secrets.clear();
  found.has_secrets = !is_config;
  std::vector<InspectedSecret> secrets = inspect_secrets(manifests.secrets, now);

  std::optional<Workloads> beside;
  if (!manifests.skipped.empty() && (has_manifests || wants_pods))
    beside = read_workloads(documents, name_space);
  const bool takes_pods = wants_pods && beside && !beside->pods.empty();
  const std::vector<std::string> skipped = skipped_kinds(manifests, beside, takes_pods);
  if (secrets.empty() && !takes_pods)
    throw Error(file.file,
                "no pull secret" + (skipped.empty() ? "" : ", only " + kinds_in_words(skipped)),
                way_to_secret(skipped));
  if (!skipped.empty())
    inputs.notices.push_back({Severity::note, {"", "skipped " + kinds_in_words(skipped)}});
  if (beside) remove_inspected(secrets, beside->secrets);
  append(found.secrets, std::move(secrets));
  if (!beside) return;
  if (wants_pods)
    for (Notice& notice : notices_of_passed_over(beside->passed_over, file.file))
      if (notice.is_unconditional) inputs.notices.push_back(std::move(notice));
  found.workloads = joined(std::move(found.workloads), *std::move(beside), takes_pods);
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

WithNotices<Workloads> workloads_in(const JsonText& manifests) {
  return workloads_in(read_documents(manifests, PlainScalars::typed), {});
}

WithNotices<PullInputs> pull_inputs(std::vector<WorkloadImage> named,
                                    const std::optional<JsonText>& manifests,
                                    const std::optional<JsonText>& file,
                                    const std::string& name_space, Time now) {
  WithNotices<PullInputs> inputs{
      {.named = std::move(named), .workloads = {}, .secrets = {}, .name_space = name_space}};
  const bool wants_pods = inputs.value.named.empty() && !manifests;
  if (manifests) add_manifests(*manifests, name_space, now, inputs);
  if (file) add_file(*file, name_space, now, inputs, manifests.has_value(), wants_pods);
  return inputs;
}

}  // namespace pullsecret
