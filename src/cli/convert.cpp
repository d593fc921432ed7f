#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/help.h"
#include "cli/image_options.h"
#include "cli/manifest.h"
#include "cli/messages.h"
#include "cli/options.h"
#include "cli/store_options.h"
#include "cli/usable_credentials.h"
#include "docker/config_change.h"
#include "kubernetes/keyring.h"
#include "system/text.h"

namespace pullsecret {
namespace {

struct ConvertOptions {
  StoreOptions store;
  ManifestOptions manifest;
  CredentialChoice choice;
  ImageOptions images;
};

ConvertOptions read_convert_options(const Arguments& arguments) {
  cxxopts::Options options("convert");
  add_store_options(options);
  add_manifest_options(options);
  add_image_options(options);
  options.add_options()("registry", "", cxxopts::value<std::vector<std::string>>())("all", "")(
      "skip-unresolved", "")("jobs", "", cxxopts::value<std::string>()->default_value("16"));
  const cxxopts::ParseResult parsed = parse_options(options, arguments);

  ConvertOptions convert{.store = read_store_options(parsed),
                         .manifest = read_manifest_options(parsed),
                         .choice = {.registries = values_of(parsed, "registry"),
                                    .all = parsed["all"].as<bool>(),
                                    .skip_unresolved = parsed["skip-unresolved"].as<bool>()},
                         .images = read_image_options(parsed)};
  convert.choice.as_passwords = convert.manifest.format != OutputFormat::config;
  convert.choice.quiet = convert.store.quiet;
  // Each call takes a few of the 1024 descriptors that a process may have.
  convert.store.limits.jobs = number_of<std::size_t>(parsed, "jobs", 1, 128);
  const CredentialChoice& choice = convert.choice;
  for (const std::string& registry : choice.registries)
    if (registry.empty()) throw Error("--registry", "the registry's name is empty");
  if (choice.all && !choice.registries.empty() && !convert.images.any())
    throw Error("--all", "it says nothing beside --registry, which names what is wanted",
                "leave out one of the two");
  if (convert.store.config == "-" && convert.images.images_in == "-")
    throw Error("--images-in", "standard input is the config already",
                "name a file for one of the two");
  return convert;
}

// What follows the first value of the file, which Docker does not read, is left out.
std::string config_with(const LoadedConfig& loaded, const KeyedCredentials& credentials) {
  const JsonText json{loaded.json.file, fmt::format("{}\n", first_value(loaded.json))};
  return changed_config(json, inline_alone(loaded.config, credentials));
}

void write_credentials(const ConvertOptions& options, const LoadedConfig& loaded,
                       KeyedCredentials credentials) {
  if (options.manifest.format == OutputFormat::config)
    return write_output(options.manifest, config_with(loaded, credentials));
  const std::map<std::string, Credential> by_key(std::move_iterator(credentials.begin()),
                                                 std::move_iterator(credentials.end()));
  write_manifests(options.manifest, format_manifests(options.manifest, by_key));
}

// An image of a manifest that no entry serves may well be public.
void note_unknown(const ConvertOptions& options, const std::vector<WorkloadImage>& images,
                  const KeyedCredentials& credentials) {
  std::vector<std::string> keys, unknown;
  for (const auto& [key, credential] : credentials)
    keys.push_back(key);
  const auto serving = positions_serving(keys, images_of(images));
  for (std::size_t i = 0; i < images.size(); ++i)
    if (serving[i].empty()) unknown.push_back(printable(images[i].name));
  if (credentials.empty())
    throw Error("", "no entry of the config serves any of the images",
                "`docker login REGISTRY`, or --all where only the store knows the registry");
  if (!options.store.quiet && !unknown.empty())
    print_note("no entry serves, so the kubelet pulls without a login: " + join(unknown, ", "));
}

void convert(const ConvertOptions& options) {
  const LoadedConfig loaded = load_config_aloud(options.store);
  CredentialChoice choice = options.choice;
  const std::vector<WorkloadImage> others =
      wanted_images({.images_in = options.images.images_in}, options.store.quiet).images;
  choice.images = images_of(options.images.named);
  choice.images_if_known = images_of(others);
  StatusLine status(options.store.quiet);
  HelperClient helpers = make_helper_client(options.store, status);
  KeyedCredentials credentials = usable_credentials(choice, loaded.config, helpers, status);
  if (!others.empty()) note_unknown(options, others, credentials);
  write_credentials(options, loaded, std::move(credentials));
}

}  // namespace

const Command convert_command{"convert", convert_help, prepare<read_convert_options, convert>};

}  // namespace pullsecret
