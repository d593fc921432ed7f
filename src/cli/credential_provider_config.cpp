#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/caller.h"
#include "cli/image_options.h"
#include "cli/messages.h"
#include "cli/options.h"
#include "cli/provider_options.h"
#include "cli/store_options.h"
#include "docker/config_file.h"
#include "kubernetes/documents.h"
#include "kubernetes/match_images.h"
#include "kubernetes/name_rules.h"
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
  std::string name;  // the provider's
  std::vector<std::string> patterns;
  std::optional<TokenAttributes> token;  // what Pods' tokens it asks for; none: the stores' logins
  bool or_store = false;                 // those for a Pod without one
  bool exchanges = false;                // the token for another
  std::vector<std::string> token_arguments;  // the provider's, for them
  std::optional<std::string> merge;
  std::optional<std::string> output_file;
  ProviderFormat format = ProviderFormat::yaml;
};

// A link of this name starts pullsecret: by some names it is another program's plugin.
std::string provider_name_of(const CommandLine& line) {
  std::string name = value_of(line, "name").value_or(std::string(usual_provider_name));
  const std::string in_words = printable(name);
  if (!is_provider_name(name) || in_words != name)
    throw Error("--name", fmt::format("\"{}\" is no name of a program in BIN_DIR", in_words),
                "it has no slash and no space, and is not . or ..");
  if (caller_of(name) != Caller::shell)
    throw Error("--name", fmt::format("a program named {} is a plugin, and no provider", name),
                "such as pullsecret-token");
  return name;
}

std::vector<std::string> annotations_of(const CommandLine& line, const std::string& option) {
  std::vector<std::string> keys = without_repeats(values_of(line, option));
  for (const std::string& key : keys)
    with_place("--" + option, [&] { check_annotation_key(key); });
  return keys;
}

TokenAttributes token_attributes_of(const CommandLine& line, const std::string& audience) {
  if (audience.empty())
    throw Error("--service-account-token", "an empty audience: the kubelet would not start",
                "it is what the registry wants in the token's aud, such as registry.example.com");
  with_place("--service-account-token", [&] { check_token_audience(audience); });
  TokenAttributes token{.audience = audience,
                        .cache = choice_of<TokenAttributes::Cache>(line, "cache-type"),
                        .required_annotations = annotations_of(line, "require-annotation"),
                        .optional_annotations = annotations_of(line, "optional-annotation")};
  if (const auto key = annotation_in_both(token))
    throw Error("--optional-annotation", *key + " is required already: the kubelet would not start",
                "leave out one of the two");
  return token;
}

// An annotation that the provider wants is sent to it only if the config names it.
void add_annotation(TokenAttributes& token, const CommandLine& line, const std::string& option) {
  const auto key = value_of(line, option);
  if (!key) return;
  for (const auto* known : {&token.required_annotations, &token.optional_annotations})
    if (std::find(known->begin(), known->end(), *key) != known->end()) return;
  token.optional_annotations.push_back(*key);
}

// A token goes to the images of its patterns alone: to none of them is a mistake, and so is to more
// than they say.
void check_token_patterns(const std::vector<std::string>& patterns) {
  if (patterns.empty())
    throw Error("", "no --match", "name the registries that the token goes to, and no other");
  for (const std::string& pattern : patterns)
    if (const auto why = why_matches_nothing(pattern))
      throw Error("--match", fmt::format("\"{}\": {}", printable(pattern), why->message()),
                  why->hint());
}

void read_token_options(const CommandLine& line, ProviderConfigOptions& config) {
  const auto audience = value_of(line, "service-account-token");
  require(audience.has_value(), "service-account-token", line,
          {"cache-type", "require-annotation", "optional-annotation"});
  const auto use = read_token_use(line, audience.has_value());
  if (!use) return;
  config.or_store = is_set(line, "or-store");
  if (config.store.config && !config.or_store)
    throw Error("--config", "with --service-account-token no Docker config is read",
                "leave it out, or add --or-store");
  check_token_patterns(use->patterns);
  config.token = token_attributes_of(line, *audience);
  for (const std::string option : {"username-annotation", "scope-annotation"})
    add_annotation(*config.token, line, option);
  if (config.or_store && !config.token->required_annotations.empty())
    throw Error("--or-store",
                "it is for Pods without a ServiceAccount, which --require-annotation leaves out",
                "leave out one of the two");
  config.token->requires_service_account = !config.or_store;
  config.exchanges = use->exchange.has_value();
  config.token_arguments = token_use_arguments(line);
}

ProviderConfigOptions read_provider_config_options(const CommandLine& line) {
  ProviderConfigOptions config{.store = read_store_options(line),
                               .name = provider_name_of(line),
                               .patterns = match_patterns_of(line),
                               .token = {},
                               .or_store = false,
                               .exchanges = false,
                               .token_arguments = {},
                               .merge = value_of(line, "merge"),
                               .output_file = value_of(line, "output-file"),
                               .format = choice_of<ProviderFormat>(line, "output")};
  if (config.store.config == "-")
    throw Error("--config", "standard input is gone when the kubelet asks", "name the node's file");
  if (config.output_file == "-") config.output_file.reset();
  read_token_options(line, config);
  return config;
}

// ---- What is said beside it

ProviderComments comments_for(const CredentialProvider& provider, const std::string& purpose) {
  ProviderComments comments{
      .head =
          {"For the kubelet: " + purpose, "Made by pullsecret credential-provider config.", "",
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
      .provider = {fmt::format(
          "BIN_DIR has a link to it: `ln -s {} BIN_DIR/{}`", shell_word(own_program().string()),
          provider.name == usual_provider_name ? "" : shell_word(provider.name))}};
  if (provider.token)
    comments.provider.emplace_back(
        "Kubelets since 1.33: RBAC must let nodes ask for this audience (man pullsecret-recipes)");
  return comments;
}

// ---- The other providers

JsonText read_providers(const std::string& name) {
  if (std::error_code unknown; fs::is_directory(name, unknown))
    throw Error(place_of(name), "it is a folder",
                "name one file of it: kubelets from 1.34 on read them all as one config");
  JsonText source = read_file_or_input(name, max_manifest_size);
  if (trim(source.text).empty())
    throw Error(source.file, "it is empty, and no config",
                "a shell's > empties a file before it is read: write with --output-file");
  return source;
}

// Those of `patterns` that are none of `others`.
std::string without(const std::vector<std::string>& patterns,
                    const std::vector<std::string>& others) {
  std::vector<std::string> rest;
  std::copy_if(patterns.begin(), patterns.end(), std::back_inserter(rest),
               [&](const std::string& pattern) {
                 return std::find(others.begin(), others.end(), pattern) == others.end();
               });
  return printable(join(rest, ", "));
}

// What pullsecret did on this node, and does no more.
Notices what_ends(const JsonText& source, const CredentialProvider& before,
                  const CredentialProvider& provider) {
  const std::string name = printable(before.name);
  if (before.name != usual_provider_name && !runs_pullsecret(before))
    throw Error(source.file, fmt::format("its provider {} is not pullsecret, and stays", name),
                "give --name a name that no other provider has");
  Notices notices;
  if (before.token.has_value() != provider.token.has_value())
    notices.push_back(
        {.text = {
             source.file,
             "its " + name +
                 (before.token ? " handed on Pods' tokens, and answers from the node's stores"
                               : " answered from the node's stores, and hands on Pods' tokens") +
                 " from now on"}});
  if (const auto lost = without(before.match_images, provider.match_images); !lost.empty())
    notices.push_back(
        {.text = {source.file, fmt::format("its {} is no more asked for {}", name, lost),
                  "with --name NAME what is printed is a provider of its own beside it"}});
  return notices;
}

WithNotices<std::string> config_text(const ProviderConfigOptions& options,
                                     const CredentialProvider& provider,
                                     const ProviderComments& comments) {
  if (!options.merge) return {new_provider_config(provider, comments, options.format)};
  const JsonText source = read_providers(*options.merge);
  MergedConfig merged = merged_provider_config(source, provider, comments, options.format);
  Notices notices = merged.replaced ? what_ends(source, *merged.replaced, provider) : Notices();
  const bool loses_comments = options.format == ProviderFormat::yaml && !merged.keeps_text &&
                              source.text.find('#') != std::string::npos;
  if (loses_comments)
    notices.push_back(
        {Severity::note,
         {"", source.file +
                  " is not in YAML's block style: its comments are left out, its values kept"}});
  return {std::move(merged.text), std::move(notices)};
}

void print_config(const ProviderConfigOptions& options, const CredentialProvider& provider,
                  const std::string& purpose, const Notices& notices, const Streams& streams) {
  const std::string text = told(config_text(options, provider, comments_for(provider, purpose)),
                                streams, options.store.quiet);
  print_notices(streams, notices, options.store.quiet);
  if (options.output_file)
    std::ignore =
        replace_file(*options.output_file, text, Access::as_before);  // it can be made again
  else
    streams.data(text);
}

// What the options leave out that was perhaps wanted. `provider` is as it is without the token.
void add_notices_of_token(const ProviderConfigOptions& options, const CredentialProvider& provider,
                          Notices& notices) {
  if (const auto rest = without(provider.match_images, options.patterns); !rest.empty())
    notices.push_back(
        {Severity::note,
         {"--or-store",
          fmt::format("it is for the images of --match alone, and not "
                      "for those of {}",
                      rest),
          "a provider of another --name, without --service-account-token, has those"}});
  const bool is_for_all_pods = options.token->cache == TokenAttributes::Cache::service_account;
  if (is_for_all_pods && !options.exchanges)
    notices.push_back({Severity::note,
                       {"--cache-type",
                        "without --exchange the answer is one Pod's token, which "
                        "ends with that Pod: others may get what has ended",
                        "leave it out"}});
}

// Of the node's Docker config and its stores.
void config_of_stores(const ProviderConfigOptions& options, const Streams& streams) {
  ConfigLocation location = find_config(options.store.config);
  const fs::path file = fs::absolute(location.file).lexically_normal();
  if (!location.is_there)
    throw Error(place_of(file), "there is no such file",
                "log in with docker login REGISTRY, or name a file with --config");
  const Config config = parse_config_file(location, read_config_text(location));
  StatusLine status(streams, options.store.quiet);
  HelperClient helpers = make_helper_client(options.store, status);
  auto [provider, notices] = provider_for_node(file, config, options.patterns, helpers);
  provider.name = options.name;
  status.erase();
  if (options.token) add_notices_of_token(options, provider, notices);
  print_notices(streams, notices, options.store.quiet);
  if (provider.match_images.empty()) throw no_registry_error(config);
  if (options.token)
    hand_on_token(provider, *options.token, options.patterns, options.token_arguments);
  print_config(options, provider, fmt::format("credentials for images from {}.", place_of(file)),
               notices_for_node(config, provider), streams);
}

void config_of_token(const ProviderConfigOptions& options, const Streams& streams) {
  CredentialProvider provider =
      provider_of_token(*options.token, options.patterns, options.token_arguments);
  provider.name = options.name;
  Notices notices;
  add_notices_of_token(options, provider, notices);
  print_config(options, provider,
               "the token of the Pod's ServiceAccount as its login (Kubernetes 1.34 and later).",
               notices, streams);
}

void provider_config(const ProviderConfigOptions& options, const Streams& streams) {
  if (options.token && !options.or_store)
    config_of_token(options, streams);
  else
    config_of_stores(options, streams);
}

// The options about the token: what the kubelet hands over, and what the provider does with it.
OptionGroup token_options_of_config() {
  return token_group(
      {{.name = "service-account-token",
        .value = {"AUDIENCE"},
        .description = "the kubelet hands over one that has this aud, as the registry wants it; "
                       "for the images of --match alone"},
       {.name = "cache-type",
        .value = {"TYPE", ValueKind::choice, {"Token", "ServiceAccount"}},
        .description = "Token (default): an answer is kept for that token alone, which is one "
                       "Pod's; ServiceAccount: for all Pods of the same"},
       {.name = "require-annotation",
        .value = {"KEY"},
        .is_repeatable = true,
        .description = "only where the ServiceAccount has this annotation, which the provider "
                       "gets; may be repeated"},
       {.name = "optional-annotation",
        .value = {"KEY"},
        .is_repeatable = true,
        .description = "the provider gets this annotation where it is there; may be repeated"}});
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

With --service-account-token no login is kept on the node: the kubelet hands the
provider a token of the Pod's ServiceAccount for AUDIENCE, and that is the
password of NAME for the images of --match. Kubernetes has it since 1.34.
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
             {.name = "name",
              .value = {"NAME"},
              .description = "the provider's, and that of its link in BIN_DIR (default: "
                             "pullsecret); another adds a second provider"},
             timeout_option(),
             quiet_option()}},
           token_options_of_config(),
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

    The same for Pods that pull with their own tokens:

    $ pullsecret credential-provider config --output-file config.yaml \
          --service-account-token registry.example.com --username token \
          --match registry.example.com
)",
      .prepare = prepare<read_provider_config_options, provider_config>};
}

}  // namespace pullsecret
