#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/image_options.h"
#include "cli/messages.h"
#include "cli/options.h"
#include "cli/piped_input.h"
#include "cli/secret_options.h"
#include "cli/store_options.h"
#include "credential/go_json_writer.h"
#include "docker/config_change.h"
#include "kubernetes/documents.h"
#include "operations/image_pulls.h"
#include "operations/inputs.h"
#include "operations/secrets_there.h"
#include "operations/usable_credentials.h"
#include "system/text.h"

namespace pullsecret {
namespace {

struct ConvertOptions {
  StoreOptions store;
  std::string account;
  ManifestOptions manifest;
  CredentialChoice choice;
  ImageOptions images;
};

ConvertOptions read_convert_options(const CommandLine& line) {
  ConvertOptions convert{.store = read_store_options(line),
                         .account = account_of(line),
                         .manifest = read_manifest_options(line),
                         .choice = {.registries = values_of(line, "registry"),
                                    .all = is_set(line, "all"),
                                    .skip_unresolved = is_set(line, "skip-unresolved")}};
  convert.manifest.account = convert.account;
  convert.images = read_image_options(line);
  convert.choice.way_to_skip = "--skip-unresolved converts the others";
  convert.choice.as_passwords = convert.manifest.format != OutputFormat::config;
  convert.store.limits.jobs = jobs_of(line).value_or(convert.store.limits.jobs);
  const CredentialChoice& choice = convert.choice;
  if (choice.all && !choice.registries.empty() && !convert.images.any())
    throw Error("--all", "it says nothing beside --registry, which names what is wanted",
                "leave out one of the two");
  return convert;
}

// What follows the first value of the file, which Docker does not read, is left out.
std::string config_with(JsonText json, KeyedCredentials credentials) {
  json.text = fmt::format("{}\n", first_value(json));
  const ConfigChange change = inline_alone(std::move(credentials));
  return printable_json(changed_config(json, change));
}

// An image of a manifest that no entry serves may well be public.
void note_unserved(const std::vector<std::string>& images, const Streams& streams) {
  std::vector<std::string> names;
  names.reserve(images.size());
  for (const std::string& image : images)
    names.push_back(printable(image));
  print_note(streams,
             "no entry serves, so the kubelet pulls without a login: " + join(names, ", "));
}

// Of images that are none, and of Pods that will never be, nothing is converted; of others it is.
Workloads read_workloads_of(const ConvertOptions& options, const Streams& streams) {
  const auto& file = options.images.images_in;
  if (!file) return {};
  const bool quiet = options.store.quiet;
  Workloads workloads = told(workloads_in(read_manifest_text(*file)), streams, quiet);
  std::vector<Error> refused;
  for (const InvalidImage& image : workloads.invalid_images)
    refused.push_back(image.reason);
  for (const Pod& pod : workloads.pods)
    if (pod.refusal)
      refused.emplace_back(pod.in_words(), "the API server refuses it: " + pod.refusal->message(),
                           pod.refusal->hint());
  if (workloads.images.empty())
    throw refused.empty() ? Error("", "no image is pulled for any of its Pods",
                                  "a Pod that has ended pulls nothing, nor does imagePullPolicy: "
                                  "Never")
                          : Error(refused.front());
  for (const Error& reason : refused)
    if (!quiet) print_warning(streams, reason);
  return workloads;
}

std::vector<WorkloadImage> not_named(std::vector<WorkloadImage> images,
                                     const std::vector<WorkloadImage>& named) {
  std::erase_if(images, [&](const WorkloadImage& image) {
    return std::any_of(named.begin(), named.end(),
                       [&](const WorkloadImage& known) { return known.name == image.name; });
  });
  return images;
}

// Nothing is to be put into the Secrets of --into.
bool only_removes(const ConvertOptions& options) {
  const CredentialChoice& choice = options.choice;
  return !options.manifest.removed.empty() && !options.store.config && choice.registries.empty() &&
         !options.images.any() && !choice.all;
}

void convert(const ConvertOptions& options, const Streams& streams) {
  const bool quiet = options.store.quiet;
  if (!options.store.config && !options.manifest.into && options.images.images_in != "-")
    refuse_piped_input(
        streams, "`pullsecret convert --config -` takes it in place of the Docker config", quiet);
  if (only_removes(options)) return write_secrets(options.manifest, {}, streams, quiet);
  tell_of_typed_config(options.store, streams);
  auto [loaded, secret_name] = told(config_or_secrets(options.store.config), streams, quiet);
  loaded.config.account = options.account;
  CredentialChoice choice = options.choice;
  const Workloads workloads = read_workloads_of(options, streams);
  const std::vector<WorkloadImage> others = not_named(workloads.images, options.images.named);
  choice.images = images_of(options.images.named);
  choice.images_if_known = images_of(others);
  if (!choice.images.empty()) choice.buildx_logins = find_buildx_logins(options.store.config);
  StatusLine status(streams, quiet);
  HelperClient helpers = make_helper_client(options.store, status);
  auto [credentials, notices] = usable_credentials(choice, loaded.config, helpers);
  status.erase();
  if (credentials.empty())
    throw loaded.config.is_of_secrets
        ? Error("", "no entry of the Secrets serves any of the images",
                "pullsecret inspect shows what is there")
        : Error("", "no entry of the config serves any of the images",
                "`docker login REGISTRY`, or --all where only the store knows the registry");
  print_notices(streams, notices, quiet);
  if (const auto unserved = unserved_images(others, credentials); !unserved.empty() && !quiet)
    note_unserved(unserved, streams);
  if (options.manifest.into)
    credentials = by_names_asked(choice.registries, loaded.config, std::move(credentials));
  loaded.config = {};  // which may be large, and is not needed any more
  ManifestOptions manifest = options.manifest;
  if (manifest.format == OutputFormat::config)
    return write_output(manifest, config_with(std::move(loaded.json), std::move(credentials)),
                        streams);
  std::map<std::string, Credential> by_key(std::move_iterator(credentials.begin()),
                                           std::move_iterator(credentials.end()));
  if (!manifest.into) {
    if (!manifest.is_named)
      manifest.secret.name =
          secret_name ? *secret_name : common_secret_name(workloads).value_or(manifest.secret.name);
    print_notices(streams,
                  notices_of_pods(workloads, {.name = printed_name(manifest, by_key),
                                              .is_name_chosen = !manifest.append_hash,
                                              .name_spaces = manifest.namespaces}),
                  quiet);
  }
  write_secrets(manifest, std::move(by_key), streams, quiet);
}

}  // namespace

Command convert_command() {
  return {
      .name = "convert",
      .usage = "[OPTION]...",
      .summary = "make a Secret from a Docker config",
      .intro =
          R"(Prints the credentials of a Docker config as a Kubernetes Secret.

Usage:
    pullsecret convert [OPTION]... | kubectl apply -f -

It reads ~/.docker/config.json, or $DOCKER_CONFIG/config.json; without these
podman's auth.json, else ~/.dockercfg. For each registry it asks the credential
store that the file names. It prints a Secret that kubectl applies and the
kubelet takes. If a registry has no usable credential, that is an error, and it
prints nothing.

Pods use the Secret if their imagePullSecrets name it, in the same namespace.
)",
      .groups = {{"Which credentials",
                  {account_option(),
                   config_option("this file, or standard input; pull Secrets, too"),
                   {.name = "registry",
                    .value = {"HOST", ValueKind::registry},
                    .is_repeatable = true,
                    .description = "only this registry; may be repeated"},
                   image_option("only what the kubelet would use for this image; may be repeated"),
                   images_in_option(
                       "only what it would use for the images that the manifests in FILE name"),
                   {.name = "all",
                    .description =
                        "also all that the store of \"credsStore\" lists; not beside --registry"},
                   {.name = "skip-unresolved",
                    .description = "leave out, with a warning, what has no usable credential"}}},
                 secret_options(),
                 into_options(),
                 output_options(
                     "yaml (default) or json: the Secret; config: the config file with inline "
                     "credentials and without stores, for kaniko, BuildKit, skopeo, Tekton"),
                 {"Asking the stores",
                  {jobs_option("at most N calls at once (1 to 128, default: 16)"),
                   timeout_option("end a call that takes longer (default: 60s)"), quiet_option()}}},
      .outro = R"(Examples:
    One pull secret for two namespaces, with no more in it than one image needs:

    $ pullsecret convert --image ghcr.io/acme/app:1.4 \
          -n staging,production | kubectl apply -f -
    secret/regcred created
    secret/regcred created

    The Pods of these namespaces then have:

    imagePullSecrets: [{name: regcred}]

    A config file for kaniko, without a credential store:

    $ pullsecret convert -o config --output-file kaniko/config.json
)",
      .prepare = prepare<read_convert_options, convert>};
}

}  // namespace pullsecret
