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
#include "cli/provider_options.h"
#include "cli/store_options.h"
#include "docker/config_file.h"
#include "kubernetes/documents.h"
#include "kubernetes/provider_config_writer.h"
#include "operations/node_checks.h"
#include "operations/provider_for_node.h"
#include "system/environment.h"
#include "system/file.h"
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

ProviderConfigOptions read_provider_config_options(const CommandLine& line) {
  ProviderConfigOptions config{.store = read_store_options(line),
                               .patterns = match_patterns_of(line),
                               .merge = value_of(line, "merge"),
                               .output_file = value_of(line, "output-file"),
                               .format = choice_of<ProviderFormat>(line, "output")};
  if (config.store.config == "-")
    throw Error("--config", "standard input is gone when the kubelet asks", "name the node's file");
  if (config.output_file == "-") config.output_file.reset();
  return config;
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

// ---- The other providers

JsonText read_providers(const std::string& name) {
  JsonText source = read_file_or_input(name, max_manifest_size);
  if (trim(source.text).empty())
    throw Error(source.file, "it is empty, and no config",
                "a shell's > empties a file before it is read: write with --output-file");
  return source;
}

WithNotices<std::string> config_text(const ProviderConfigOptions& options,
                                     const CredentialProvider& provider,
                                     const ProviderComments& comments) {
  if (!options.merge) return {new_provider_config(provider, comments, options.format)};
  const JsonText source = read_providers(*options.merge);
  MergedConfig merged = merged_provider_config(source, provider, comments, options.format);
  const bool loses_comments = options.format == ProviderFormat::yaml && !merged.keeps_text &&
                              source.text.find('#') != std::string::npos;
  if (!loses_comments) return {std::move(merged.text)};
  return {
      std::move(merged.text),
      {{Severity::note,
        {"", source.file +
                 " is not in YAML's block style: its comments are left out, its values kept"}}}};
}

void provider_config(const ProviderConfigOptions& options, const Streams& streams) {
  ConfigLocation location = find_config(options.store.config);
  const fs::path file = fs::absolute(location.file).lexically_normal();
  if (!location.is_there)
    throw Error(place_of(file), "there is no such file",
                "log in with docker login REGISTRY, or name a file with --config");
  const Config config = parse_config_file(location, read_config_text(location));
  StatusLine status(streams, options.store.quiet);
  HelperClient helpers = make_helper_client(options.store, status);
  const auto [provider, notices] = provider_for_node(file, config, options.patterns, helpers);
  status.erase();
  print_notices(streams, notices, options.store.quiet);
  if (provider.match_images.empty()) throw no_registry_error(config);
  const std::string text =
      told(config_text(options, provider, comments_for(file)), streams, options.store.quiet);
  print_notices(streams, notices_for_node(config, provider), options.store.quiet);
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
      .summary = "print the config by which the kubelet asks",
      .intro =
          R"(Prints the kubelet's config of credential providers for this Docker config.

Usage:
    pullsecret credential-provider config [OPTION]... --output-file FILE

The kubelet starts `pullsecret credential-provider` for each image that a
pattern of the config matches. The patterns are the registries that the Docker
config names, and those that the store of "credsStore" lists. Comments in the
YAML say which flags the kubelet needs, for kubeadm, k3s and microk8s, and which
link to make. Run it on the node, as root. It says what cannot work there: a
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
              .value = {.name = "FILE|-", .kind = ValueKind::file, .input = "the other providers"},
              .description = "keep the other providers of this config as they are, and put "
                             "pullsecret's in the place of an older one"},
             timeout_option(),
             quiet_option()}},
           {"Output",
            {{.letter = 'o',
              .name = "output",
              .value = {"FORMAT", ValueKind::choice, {"yaml", "json"}},
              .description = "yaml (default), or json"},
             {.name = "output-file",
              .value = {"FILE|-", ValueKind::output},
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
