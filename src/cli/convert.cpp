#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/help.h"
#include "cli/manifest.h"
#include "cli/messages.h"
#include "cli/options.h"
#include "cli/store_options.h"
#include "credential/registry.h"
#include "credential/white_space.h"
#include "docker/config.h"
#include "docker/config_change.h"
#include "docker/resolve.h"
#include "kubernetes/image.h"
#include "kubernetes/keyring.h"
#include "kubernetes/pull_credential.h"
#include "system/text.h"

namespace pullsecret {
namespace {

struct ConvertOptions {
  StoreOptions store;
  ManifestOptions manifest;
  std::vector<std::string> registries;
  std::vector<Image> images;
  bool all = false;
  bool skip_unresolved = false;
};

using KeyedCredentials = std::vector<std::pair<std::string, Credential>>;

ConvertOptions read_convert_options(const Arguments& arguments) {
  cxxopts::Options options("convert");
  add_store_options(options);
  add_manifest_options(options);
  options.add_options()("registry", "", cxxopts::value<std::vector<std::string>>())(
      "image", "", cxxopts::value<std::vector<std::string>>())("all", "")("skip-unresolved", "")(
      "jobs", "", cxxopts::value<std::string>()->default_value("16"));
  const cxxopts::ParseResult parsed = parse_options(options, arguments);

  ConvertOptions convert{.store = read_store_options(parsed),
                         .manifest = read_manifest_options(parsed),
                         .registries = values_of(parsed, "registry"),
                         .all = parsed["all"].as<bool>(),
                         .skip_unresolved = parsed["skip-unresolved"].as<bool>()};
  // Each call takes a few of the 1024 descriptors that a process may have.
  convert.store.limits.jobs = number_of<std::size_t>(parsed, "jobs", 1, 128);
  for (auto& [name, image] : images_of(parsed))
    convert.images.push_back(std::move(image));
  for (const std::string& registry : convert.registries)
    if (registry.empty()) throw Error("--registry", "the registry's name is empty");
  if (convert.all && !convert.registries.empty() && convert.images.empty())
    throw Error("--all", "it says nothing beside --registry, which names what is wanted",
                "leave out one of the two");
  return convert;
}

// The keys that the kubelet offers for `image`, else the one Docker would ask a store for.
std::vector<std::string> keys_for(const Image& image, const Config& config,
                                  const std::vector<std::string>& keys) {
  std::vector<std::string> offered;
  std::copy_if(keys.begin(), keys.end(), std::back_inserter(offered), [&](const std::string& key) {
    return serves_image(kubelet_registry_key(key), image);
  });
  if (offered.empty()) offered.push_back(registry_key_for(config, image.registry_host));
  return offered;
}

void append(std::vector<std::string>& keys, const std::vector<std::string>& more) {
  keys.insert(keys.end(), more.begin(), more.end());
}

std::vector<std::string> choose_registries(const ConvertOptions& options, const Config& config,
                                           HelperClient& helpers) {
  const bool is_narrowed = !options.registries.empty() || !options.images.empty();
  std::vector<std::string> known = named_registries(config);
  if (options.all || (known.empty() && !is_narrowed)) {
    append(known, stored_registries(config, helpers));
    known = without_repeats(std::move(known));
  }
  if (!is_narrowed) return known;

  std::vector<std::string> chosen;
  for (const std::string& registry : options.registries)
    chosen.push_back(registry_key_for(config, registry));
  for (const Image& image : options.images)
    append(chosen, keys_for(image, config, known));
  return without_repeats(std::move(chosen));
}

struct Unresolved {
  std::string key;
  Error reason;
};

Error unresolved_error(const std::vector<Unresolved>& unresolved, std::size_t asked) {
  std::string list =
      fmt::format("no usable credential for {} of {} registries:", unresolved.size(), asked);
  for (const auto& [key, reason] : unresolved) {
    list += fmt::format("\n  {}: {}", key_in_words(key), reason.what());
    if (!reason.hint().empty()) list += fmt::format("\n    hint: {}", reason.hint());
  }
  const bool is_any_left = unresolved.size() < asked;
  return {"", list, is_any_left ? "--skip-unresolved converts the others" : ""};
}

// What stays unresolved is an error, or a warning each as long as one credential is left.
void report_unresolved(const ConvertOptions& options, const std::vector<Unresolved>& unresolved,
                       std::size_t asked) {
  if (unresolved.empty()) return;
  if (!options.skip_unresolved || unresolved.size() == asked)
    throw unresolved_error(unresolved, asked);
  if (options.store.quiet) return;
  for (const auto& [key, reason] : unresolved)
    print_warning(
        Error(key_in_words(key), std::string("left out: ") + reason.what(), reason.hint()));
}

// It is written as it is: who knows that it is not meant?
void warn_of_white_space(const ConvertOptions& options, const std::string& key,
                         const Credential& credential) {
  if (options.store.quiet) return;
  for (const Remark& remark : remarks_on_white_space(credential))
    print_warning(Error(key_in_words(key), remark.message, login_command(key)));
}

// The credentials in the form that the output takes: for a Secret, with a password.
KeyedCredentials take_usable(const ConvertOptions& options, std::vector<Resolved> resolved) {
  KeyedCredentials usable;
  usable.reserve(resolved.size());
  std::vector<Unresolved> unresolved;
  for (Resolved& registry : resolved)
    try {
      if (const auto* error = std::get_if<Error>(&registry.outcome)) throw *error;
      auto& credential = std::get<Credential>(registry.outcome);
      if (options.manifest.format != OutputFormat::config) {
        if (const auto reason = why_serves_nothing(registry.key)) throw Error(*reason);
        credential = pull_credential(registry.key, std::move(credential));
      }
      warn_of_white_space(options, registry.key, credential);
      usable.emplace_back(registry.key, std::move(credential));
    } catch (const Error& error) {
      unresolved.push_back({registry.key, error});
    }
  report_unresolved(options, unresolved, resolved.size());
  return usable;
}

// The entries of one registry under its different spellings.
using Spellings = std::vector<std::pair<std::string, Credential>>;

// Of several spellings of one registry the one that needs no mending counts, else the first.
const std::pair<std::string, Credential>& counting(const Spellings& spellings,
                                                   const std::string& kubelet_key) {
  const auto right = std::find_if(spellings.begin(), spellings.end(), [&](const auto& spelling) {
    return spelling.first == kubelet_key;
  });
  return right == spellings.end() ? spellings.front() : *right;
}

void warn_of_others(const Spellings& spellings,
                    const std::pair<std::string, Credential>& counting) {
  std::vector<std::string> others;
  for (const auto& [key, credential] : spellings)
    if (!is_same_login(credential, counting.second)) others.push_back(key_in_words(key));
  if (others.empty()) return;
  print_warning(Error(
      "",
      fmt::format("{} and {} mean one registry and have different credentials; that of {} counts",
                  key_in_words(counting.first), join(others, ", "), key_in_words(counting.first)),
      "take those you do not need out of the config; docker logout takes all of them"));
}

KeyedCredentials mend_keys(const ConvertOptions& options, KeyedCredentials credentials) {
  const auto needs_no_mending = [](const auto& keyed) {
    return keyed.first == kubelet_registry_key(keyed.first);
  };
  if (std::all_of(credentials.begin(), credentials.end(), needs_no_mending)) return credentials;

  std::map<std::string, Spellings> registries;
  for (auto& keyed : credentials)
    registries[kubelet_registry_key(keyed.first)].push_back(std::move(keyed));
  KeyedCredentials mended;
  for (const auto& [kubelet_key, spellings] : registries) {
    const auto& kept = counting(spellings, kubelet_key);
    if (!options.store.quiet) warn_of_others(spellings, kept);
    mended.emplace_back(kubelet_key, kept.second);
  }
  return mended;
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

void convert(const ConvertOptions& options) {
  const LoadedConfig loaded = load_config_aloud(options.store);
  const Config& config = loaded.config;
  StatusLine status(options.store.quiet);
  HelperClient helpers = make_helper_client(options.store, status);

  const std::vector<std::string> keys = choose_registries(options, config, helpers);
  if (keys.empty())
    throw Error(config.file,
                config.environment_refused
                    ? "it names no registry, and no credential store, and DOCKER_AUTH_CONFIG is "
                      "not taken"
                    : "it names no registry, and no credential store",
                "log in with docker login REGISTRY, or name a file with --config");
  std::vector<Resolved> resolved = resolve(config, keys, helpers);
  status.erase();
  KeyedCredentials usable = take_usable(options, std::move(resolved));
  write_credentials(options, loaded, mend_keys(options, std::move(usable)));
}

}  // namespace

const Command convert_command{"convert", convert_help, prepare<read_convert_options, convert>};

}  // namespace pullsecret
