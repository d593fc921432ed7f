#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/image_options.h"
#include "cli/messages.h"
#include "cli/options.h"
#include "cli/store_options.h"
#include "credential/issuers.h"
#include "credential/registry.h"
#include "docker/config_file.h"
#include "docker/resolve.h"
#include "doctor/helper_program.h"
#include "doctor/node_checks.h"
#include "kubernetes/ask_providers.h"
#include "kubernetes/documents.h"
#include "kubernetes/keyring.h"
#include "kubernetes/match_images.h"
#include "kubernetes/provider_config_writer.h"
#include "system/environment.h"
#include "system/file.h"
#include "system/program.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

struct ProviderConfigOptions {
  StoreOptions store;
  std::vector<std::string> patterns;
  std::optional<std::string> merge;
  std::optional<std::string> output_file;
  ProviderFormat format = ProviderFormat::yaml;
};

void check_pattern(const std::string& pattern) {
  if (is_match_pattern(pattern) && !pattern.empty()) return;
  throw Error("--match",
              fmt::format("\"{}\" is no pattern: the kubelet would not start", printable(pattern)),
              "a pattern is HOST[:PORT][/PATH]; a * stands for one label of the host");
}

ProviderConfigOptions read_provider_config_options(const CommandLine& line) {
  ProviderConfigOptions config{.store = read_store_options(line),
                               .patterns = values_of(line, "match"),
                               .merge = value_of(line, "merge"),
                               .output_file = value_of(line, "output-file"),
                               .format = choice_of<ProviderFormat>(line, "output")};
  if (config.store.config == "-")
    throw Error("--config", "standard input is gone when the kubelet asks", "name the node's file");
  for (const auto& [option, file] :
       {std::pair("--merge", config.merge), std::pair("--output-file", config.output_file)})
    if (file == "") throw Error(option, "the file's name is empty");
  if (config.output_file == "-") config.output_file.reset();
  std::for_each(config.patterns.begin(), config.patterns.end(), check_pattern);
  return config;
}

void warn(const ProviderConfigOptions& options, const Streams& streams, const Error& warning) {
  if (!options.store.quiet) print_warning(streams, warning);
}

// ---- For which images

bool is_on_path(const std::string& helper) {
  return is_helper_name(helper) && find_on_path(helper_program_name(helper)).found;
}

// What the store lists, but not where that fails: what the config names is known all the same.
std::vector<std::string> listed_registries(const ProviderConfigOptions& options,
                                           const Config& config, const Streams& streams) {
  if (!is_on_path(config.creds_store)) return {};  // which warnings_for_node() tells
  StatusLine status(streams, options.store.quiet);
  HelperClient helpers = make_helper_client(options.store, status);
  try {
    return stored_registries(config, helpers);
  } catch (const Error& error) {
    status.erase();
    warn(options, streams,
         {error.place(), error.message() + ": the registries it has are not asked for",
          error.hint()});
    return {};
  }
}

// A helper that mints tokens serves registries that no config has to name.
std::string token_options(const Config& config) {
  std::vector<std::string> options;
  for (const std::string_view host : hosts_of_token_helper(config.creds_store))
    options.push_back("--match " + shell_word(host));
  return join(options, " ");
}

std::vector<std::string> match_images_for(const ProviderConfigOptions& options,
                                          const Config& config, const Streams& streams) {
  std::vector<std::string> keys = named_registries(config);
  for (std::string& key : listed_registries(options, config, streams))
    keys.push_back(std::move(key));
  std::vector<std::string> patterns;
  for (const std::string& key : without_repeats(std::move(keys)))
    if (auto pattern = match_pattern(key))
      patterns.push_back(*std::move(pattern));
    else if (const auto reason = why_serves_nothing(key))
      warn(options, streams, {key_in_words(key), reason->message() + ": left out", reason->hint()});
  for (const std::string& pattern : options.patterns) {
    if (const auto reason = why_matches_nothing(pattern))
      warn(options, streams, {printable(pattern), reason->message(), reason->hint()});
    patterns.push_back(pattern);
  }
  const std::string token_registries = token_options(config);
  if (patterns.empty())
    throw Error(config.file, "it names no registry, and its store none",
                token_registries.empty() ? "name some with --match, such as --match ghcr.io"
                                         : "name them: " + token_registries);
  if (!token_registries.empty() && options.patterns.empty())
    warn(options, streams,
         {program_of(config.creds_store), "it serves more registries than are named",
          "name them: " + token_registries});
  return without_repeats(std::move(patterns));
}

// ---- With which environment

// Names of folders and files, and of accounts, by which a helper finds what it knows. None holds a
// secret.
constexpr std::array<std::pair<std::string_view, std::array<const char*, 5>>, 5> helper_variables{{
    {"pass", {"PASSWORD_STORE_DIR", "GNUPGHOME"}},
    {"encryptedfile", {"DOCKER_CREDENTIAL_KEY_FILE", "XDG_DATA_HOME", "XDG_CONFIG_HOME"}},
    {"ecr-login",
     {"AWS_PROFILE", "AWS_REGION", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE",
      "AWS_SDK_LOAD_CONFIG"}},
    {"gcloud", {"CLOUDSDK_CONFIG", "GOOGLE_APPLICATION_CREDENTIALS"}},
    {"gcr", {"GOOGLE_APPLICATION_CREDENTIALS"}},
}};

// Those of the helpers first, so that the same programs are found as here.
std::string search_path_for(const std::vector<std::string>& helpers) {
  std::vector<std::string> folders;
  for (const std::string& helper : helpers) {
    if (!is_helper_name(helper)) continue;
    std::vector<std::string> programs{helper_program_name(helper)};
    if (helper == "pass") programs.insert(programs.end(), {"pass", "gpg"});
    for (const std::string& program : programs)
      if (const auto found = find_on_path(program).found)
        folders.push_back(found->parent_path().lexically_normal());
  }
  for (std::string& folder : split(service_environment().at("PATH"), ':'))
    folders.push_back(std::move(folder));
  return join(without_repeats(std::move(folders)), ":");
}

bool is_found_by_folder(const fs::path& config_file) {
  return config_file.filename() == "config.json";
}

CredentialProvider provider_for(const fs::path& config_file, const Config& config,
                                std::vector<std::string> patterns) {
  const std::vector<std::string> helpers = named_helpers(config);
  CredentialProvider provider{.name = "pullsecret",
                              .match_images = std::move(patterns),
                              .default_cache_duration = std::chrono::minutes(10),
                              .api_version = std::string(newest_provider_api),
                              .args = {"credential-provider"},
                              .env = {{"HOME", home_folder()}}};
  if (is_found_by_folder(config_file))
    provider.env.emplace_back("DOCKER_CONFIG", config_file.parent_path());
  else
    provider.args.insert(provider.args.end(), {"--config", config_file});
  provider.env.emplace_back("PATH", search_path_for(helpers));
  for (const auto& [helper, variables] : helper_variables)
    if (std::find(helpers.begin(), helpers.end(), helper) != helpers.end())
      for (const char* name : variables)
        if (const auto value = name == nullptr ? std::nullopt : environment_variable(name))
          provider.env.emplace_back(name, *value);
  return provider;
}

// ---- What is said beside it

ProviderComments comments_for(const fs::path& config_file) {
  return {
      .head =
          {"For the kubelet: credentials for images from " + place_of(config_file) + ".",
           "Made by pullsecret credential-provider config.", "",
           "The kubelet reads this when it starts, and does not start where a program is missing",
           "in BIN_DIR, the one folder for all providers.", "",
           "kubeadm: these flags, in KUBELET_EXTRA_ARGS of /etc/default/kubelet (Red Hat's:",
           "/etc/sysconfig/kubelet), for new nodes in nodeRegistration.kubeletExtraArgs:",
           "    --image-credential-provider-config=/etc/kubernetes/credential-providers.yaml",
           "    --image-credential-provider-bin-dir=/usr/local/libexec/credential-providers",
           "k3s and RKE2: no flags, if both are there when they start:",
           "    /var/lib/rancher/credentialprovider/config.yaml",
           "    /var/lib/rancher/credentialprovider/bin",
           "microk8s: the flags of kubeadm, in /var/snap/microk8s/current/args/kubelet"},
      .provider = {fmt::format("BIN_DIR has a link to it: `ln -s {} BIN_DIR/`",
                               shell_word(own_program().string()))}};
}

void warn_of_node(const ProviderConfigOptions& options, const Config& config,
                  const CredentialProvider& provider, const Streams& streams) {
  const Environment environment = provider_environment(provider, service_environment());
  for (const Error& warning : warnings_for_node(config, environment))
    warn(options, streams, warning);
  if (options.store.quiet) return;
  if (environment_variable("DOCKER_AUTH_CONFIG"))
    print_note(streams,
               "DOCKER_AUTH_CONFIG does not count: the kubelet's environment does not have it");
  if (geteuid() != 0)
    print_note(streams,
               "the kubelet runs as root: run this as root, with the config that is root's");
}

// ---- The other providers

JsonText read_providers(const std::string& name) {
  JsonText source = read_file_or_input(name, max_manifest_size);
  if (trim(source.text).empty())
    throw Error(source.file, "it is empty, and no config",
                "a shell's > empties a file before it is read: write with --output-file");
  return source;
}

std::string config_text(const ProviderConfigOptions& options, const CredentialProvider& provider,
                        const ProviderComments& comments, const Streams& streams) {
  if (!options.merge) return new_provider_config(provider, comments, options.format);
  const JsonText source = read_providers(*options.merge);
  MergedConfig merged = merged_provider_config(source, provider, comments, options.format);
  const bool loses_comments = options.format == ProviderFormat::yaml && !merged.keeps_text &&
                              source.text.find('#') != std::string::npos;
  if (loses_comments && !options.store.quiet)
    print_note(
        streams,
        source.file + " is not in YAML's block style: its comments are left out, its values kept");
  return std::move(merged.text);
}

void provider_config(const ProviderConfigOptions& options, const Streams& streams) {
  ConfigLocation location = find_config(options.store.config);
  const fs::path file = fs::absolute(location.file).lexically_normal();
  if (!location.is_there)
    throw Error(place_of(file), "there is no such file",
                "log in with docker login REGISTRY, or name a file with --config");
  const Config config = parse_config_file(file, read_config_text(location));
  const CredentialProvider provider =
      provider_for(file, config, match_images_for(options, config, streams));
  const std::string text = config_text(options, provider, comments_for(file), streams);
  warn_of_node(options, config, provider, streams);
  if (options.output_file)
    std::ignore =
        replace_file(*options.output_file, text, Access::as_before);  // it can be made again
  else
    streams.data(text);
}

}  // namespace

Command provider_config_command() {
  return {
      .name = "credential-provider config",
      .usage = "[OPTION]...",
      .summary = "the kubelet's config, by which a node asks this Docker config",
      .intro =
          R"(Prints the kubelet's config of credential providers, by which a node asks this Docker config.

Usage:
    pullsecret credential-provider config [OPTION]... --output-file FILE

The kubelet starts `pullsecret credential-provider` for each image that a pattern of the config
matches. The patterns are the registries that the Docker config names, and those that the store of
"credsStore" lists. Comments in the YAML say which flags the kubelet needs, for kubeadm, k3s and
microk8s, and which link to make. Run it on the node, as root. What cannot work there is told: a
store that needs a desktop or a passphrase, a helper that is not there.
)",
      .groups =
          {{"Options",
            {{.name = "config",
              .value = {"FILE", ValueKind::file},
              .description = "this Docker config, which the node's provider then reads, too"},
             {.name = "match",
              .value = {"PATTERN"},
              .is_repeatable = true,
              .description = "also images of HOST[:PORT][/PATH], where a * is one label of the "
                             "host; may be repeated"},
             {.name = "merge",
              .value = {"FILE|-", ValueKind::file},
              .description = "keep the other providers of this config as they are, and put "
                             "pullsecret's in the place of an older one"},
             timeout_option("end a call to a credential store that takes longer (default: 60)"),
             quiet_option()}},
           {"Output",
            {{.letter = 'o',
              .name = "output",
              .value = {"FORMAT", ValueKind::choice, {"yaml", "json"}},
              .description = "yaml (default), or json"},
             {.name = "output-file",
              .value = {"FILE|-", ValueKind::file},
              .description = "replace FILE in one step; - is standard output"}}}},
      .outro = R"(Example:
    On a node of k3s, whose kubelet finds both where they are put here:

    $ cd /var/lib/rancher/credentialprovider
    $ ln -s /usr/bin/pullsecret bin/
    $ pullsecret credential-provider config --output-file config.yaml
)",
      .prepare = prepare<read_provider_config_options, provider_config>};
}

}  // namespace pullsecret
