#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/image_options.h"
#include "cli/messages.h"
#include "cli/network.h"
#include "cli/options.h"
#include "cli/provider_report.h"
#include "cli/pull_report.h"
#include "cli/store_options.h"
#include "credential/jwt.h"
#include "kubernetes/ask_providers.h"
#include "kubernetes/documents.h"
#include "kubernetes/image.h"
#include "kubernetes/name_rules.h"
#include "operations/check.h"
#include "operations/node_checks.h"
#include "operations/provider_for_node.h"
#include "system/append.h"
#include "system/error.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

struct ProviderTestOptions {
  std::string name;
  Image image;
  fs::path config_file, bin_dir;
  std::optional<PodAccount> account;     // of the Pod; its tokens are yet to be read
  std::vector<std::string> token_files;  // `-`: standard input
  bool checks_pull = false;
  std::chrono::milliseconds timeout = ProviderRun().timeout;
  ReportFormat format = ReportFormat::table;
  bool quiet = false;
};

fs::path path_in(const CommandLine& line, const std::string& option) {
  const auto value = value_of(line, option);
  if (!value)
    throw Error("", fmt::format("no --{}", option),
                fmt::format("the kubelet has it as its flag --image-credential-provider-{}",
                            option == "bin-dir" ? "bin-dir" : "config"));
  return fs::absolute(*value).lexically_normal();
}

PodAccount account_in(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos || !is_namespace(text.substr(0, slash)) ||
      !is_secret_name(text.substr(slash + 1)))
    throw Error("--service-account",
                fmt::format("\"{}\" is not NAMESPACE/NAME of a ServiceAccount", printable(text)),
                "such as team/default");
  return {.name_space = text.substr(0, slash), .name = text.substr(slash + 1)};
}

std::map<std::string, std::string> annotations_in(const std::vector<std::string>& texts) {
  std::map<std::string, std::string> annotations;
  for (const std::string& text : texts) {
    const std::size_t end = text.find('=');
    if (end == std::string::npos || end == 0)
      throw Error("--annotation", "it is KEY=VALUE, such as acme.example/role=puller");
    const std::string key = text.substr(0, end);
    with_place("--annotation", [&] { check_annotation_key(key); });
    annotations[key] = text.substr(end + 1);
  }
  return annotations;
}

std::optional<PodAccount> account_in(const CommandLine& line) {
  const auto name = value_of(line, "service-account");
  if (name) {
    PodAccount account = account_in(*name);
    account.annotations = annotations_in(values_of(line, "annotation"));
    return account;
  }
  for (const std::string option : {"token-file", "annotation"})
    if (is_given(line, option))
      throw Error("--" + option, "it is of a ServiceAccount, and none is named",
                  "name the Pod's with --service-account NAMESPACE/NAME");
  return std::nullopt;
}

ProviderTestOptions read_provider_test_options(const CommandLine& line) {
  const auto name = operand_of(line);
  if (!name) throw Error("", "no image named", "such as ghcr.io/acme/app:1.4");
  ProviderTestOptions test{.name = *name,
                           .image = parse_image(*name),
                           .config_file = path_in(line, "config-file"),
                           .bin_dir = path_in(line, "bin-dir"),
                           .account = account_in(line),
                           .token_files = values_of(line, "token-file"),
                           .checks_pull = is_set(line, "check"),
                           .format = choice_of<ReportFormat>(line, "output"),
                           .quiet = is_set(line, "quiet")};
  test.timeout = timeout_of(line).value_or(test.timeout);
  return test;
}

// ---- The config

// As the kubelet takes a folder since Kubernetes 1.34: by their names, of which `.yaml` is one,
// too. What is a folder by a link it does not pass over, and cannot read.
std::vector<fs::path> config_files(const fs::path& name) {
  if (!fs::is_directory(name)) return {name};
  std::set<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(name)) {
    const std::string file = entry.path().filename();
    const bool is_config =
        file.ends_with(".json") || file.ends_with(".yaml") || file.ends_with(".yml");
    if (is_config && !fs::is_directory(entry.symlink_status())) files.insert(entry.path());
  }
  if (files.empty()) throw Error(place_of(name), "there is no .yaml, .yml or .json in this folder");
  return {files.begin(), files.end()};
}

ProviderConfig load_providers(const fs::path& name) {
  std::vector<JsonText> files;
  for (const fs::path& file : config_files(name))
    files.push_back({place_of(file), read_input(file, max_manifest_size)});
  return read_provider_configs(place_of(name), files);
}

// What a kubelet would not start with is no more a question of images.
ProviderConfig load_for_kubelet(const ProviderTestOptions& options) {
  try {
    ProviderConfig config = load_providers(options.config_file);
    check_programs(config, options.bin_dir);
    return config;
  } catch (const fs::filesystem_error& error) {
    throw Error(place_of(options.config_file), error_text(error.code().value()));
  }
}

// ---- The token

// A line break behind it is that of `kubectl create token`.
std::string read_token(const std::string& file, const Streams& streams) {
  if (file == "-") print_note_of_typing(streams, "a token");
  constexpr std::size_t largest_token = 64UL * 1024;
  const JsonText source = read_file_or_input(file, largest_token);
  std::string token(trim(source.text));
  if (jwt_claims(token) && token.find_first_of(" \t\r\n") == std::string::npos) return token;
  throw Error(source.file,
              token.empty() ? "it is empty, and no token of a ServiceAccount"
                            : "it is no token of a ServiceAccount, which is a JSON Web Token",
              "one is made by kubectl create token");
}

std::string audiences_in_words(const std::string& token) {
  const JwtClaims claims = jwt_claims(token).value_or(JwtClaims());
  return claims.audiences.empty() ? "-" : printable(join(claims.audiences, ", "));
}

// In what it is not as the kubelet's own would be.
Notices what_differs(const PodAccount& account, const std::string& audience, Time now) {
  const std::string text = token_for(account, audience);
  const JwtClaims token = jwt_claims(text).value_or(JwtClaims());
  const auto& audiences = token.audiences;
  std::vector<std::string> reasons;
  if (std::find(audiences.begin(), audiences.end(), audience) == audiences.end())
    reasons.push_back(fmt::format("it is for the audience {}, and the kubelet's is for {}",
                                  audiences_in_words(text), printable(audience)));
  if (token.end && *token.end <= now) reasons.push_back(time_left_in_words(*token.end, now));
  const std::string subject =
      fmt::format("system:serviceaccount:{}:{}", account.name_space, account.name);
  if (token.subject != subject)
    reasons.push_back(fmt::format("its subject is {}, not {}", printable(token.subject), subject));
  if (reasons.empty()) return {};
  return {{.text = {"the token", join(reasons, "; "),
                    fmt::format("`kubectl create token {} -n {} --audience {}`",
                                shell_word(account.name), shell_word(account.name_space),
                                shell_word(audience))}}};
}

// ---- What cannot be as on the node

using Providers = std::vector<const CredentialProvider*>;

// Of the providers for this image those that are told of Pods' ServiceAccounts.
Providers told_of_accounts(const ProviderConfig& config, const Image& image) {
  Providers told;
  for (const CredentialProvider& provider : config.providers)
    if (provider.token && pattern_for(provider, image)) told.push_back(&provider);
  return told;
}

bool names_annotation(const CredentialProvider& provider, const std::string& key) {
  const auto has = [&](const std::vector<std::string>& keys) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  return has(provider.token->required_annotations) || has(provider.token->optional_annotations);
}

// What was given, and reaches none of them.
Notices what_is_left_out(const Providers& told, const PodAccount& account) {
  Notices notices;
  for (const std::string& token : account.tokens)
    if (std::none_of(told.begin(), told.end(), [&](const CredentialProvider* provider) {
          return token_for(account, provider->token->audience) == token;
        }))
      notices.push_back({.text = {"--token-file",
                                  fmt::format("the token for the audience {} is handed to nobody: "
                                              "no provider for this image gets one for that",
                                              audiences_in_words(token))}});
  for (const auto& [key, value] : account.annotations)
    if (std::none_of(told.begin(), told.end(), [&name = key](const CredentialProvider* provider) {
          return names_annotation(*provider, name);
        }))
      notices.push_back(
          {.text = {"--annotation", key + " is handed to nobody: no provider's config names it",
                    "it belongs into the provider's optionalServiceAccountAnnotationKeys"}});
  return notices;
}

// What else the kubelet needs, and the provider itself, for the token to be of use.
Notices what_it_takes(const CredentialProvider& provider) {
  Notices notices{
      {Severity::note,
       {printable(provider.name),
        fmt::format("kubelets since 1.33 get a token for {} only where RBAC lets the nodes ask for "
                    "it, or a volume of the Pod names this audience",
                    printable(provider.token->audience)),
        "the manual pullsecret-recipes has the ClusterRole"}}};
  const auto& arguments = provider.args;
  constexpr auto option = "--service-account-token";
  if (runs_pullsecret(provider) &&
      std::find(arguments.begin(), arguments.end(), option) == arguments.end())
    notices.push_back({.text = {printable(provider.name),
                                fmt::format("it ignores the token: its args lack {}", option),
                                "add it, with --username and --match"}});
  return notices;
}

Notices what_differs(const ProviderTestOptions& options, const ProviderConfig& config,
                     const std::optional<PodAccount>& account, Time now) {
  Notices notices;
  for (const std::string& file : config.partly_read)
    notices.push_back(
        {.text = {file, "it has more than one document, of which the kubelet reads the first",
                  "put each into a file of a folder, which kubelets read from 1.34 on"}});
  const Providers told = told_of_accounts(config, options.image);
  std::set<std::string> audiences;
  for (const CredentialProvider* provider : told) {
    if (!account || account->tokens.empty() || why_not_started(*provider, account)) continue;
    if (audiences.insert(provider->token->audience).second)
      append(notices, what_differs(*account, provider->token->audience, now));
    append(notices, what_it_takes(*provider));
  }
  if (account) append(notices, what_is_left_out(told, *account));
  if (geteuid() != 0)
    notices.push_back(
        {Severity::note,
         {"", "the kubelet runs providers as root: run this as root to see what they do then"}});
  return notices;
}

// After the notices to that.
ProvidersReport ask_as_kubelet(const ProviderTestOptions& options, const Streams& streams) {
  const ProviderConfig config = load_for_kubelet(options);
  std::optional<PodAccount> account = options.account;
  for (const std::string& file : options.token_files)
    account->tokens.push_back(read_token(file, streams));
  print_notices(streams, what_differs(options, config, account, streams.now), options.quiet);
  return report_of(options.name, options.image, config, account,
                   ask_providers(config, options.image,
                                 {.bin_dir = options.bin_dir,
                                  .environment = service_environment(),
                                  .timeout = options.timeout,
                                  .account = account}));
}

// With what the registry said to the `pull` if it was asked.
void print_report(const ProvidersReport& report, const PullReport* pull,
                  const ProviderTestOptions& options, const Streams& streams) {
  if (options.format == ReportFormat::json) return streams.data(providers_json(report, pull));
  const InspectionStyle style{.table = streams.table, .now = streams.now};
  streams.data(providers_table(report, style));
  if (pull != nullptr) streams.data("\nThe registry\n" + pull_table({*pull}, style));
}

// What the registry says to a login is the provider's to mend: no Secret is made here.
void leave_out_logins(PullReport& pull) {
  using enum PullOutcome;
  for (PullTry& one : pull.tries)
    for (const PullOutcome outcome : {refused, expired, no_access})
      if (one.verdict.outcome == outcome) one.verdict.hint.clear();
}

// Whether the image pulls is asked only once the providers have answered; but what asks is had
// before the token is read.
void test_and_check(const ProviderTestOptions& options, const Streams& streams) {
  const HttpExchange network = network_for(streams, {}, "the registry is asked", [] {});
  const ProvidersReport report = ask_as_kubelet(options, streams);
  const std::vector<ImagePull> pulls{
      {.name = options.name, .image = options.image, .offered = report.tried}};
  PullReport pull = ask_registries(about_images(pulls), {network, {}, streams.now}).front();
  leave_out_logins(pull);
  print_report(report, &pull, options, streams);
  if (pull.succeeds) return;
  throw why_none_is_tried(report).value_or(Error("", "the image does not pull"));
}

void provider_test(const ProviderTestOptions& options, const Streams& streams) {
  if (options.checks_pull) return test_and_check(options, streams);
  const ProvidersReport report = ask_as_kubelet(options, streams);
  print_report(report, nullptr, options, streams);
  if (const auto why = why_none_is_tried(report)) throw Error(*why);
}

}  // namespace

Command provider_test_command() {
  return {.name = "credential-provider test",
          .usage = "IMAGE [OPTION]...",
          .summary = "show what the kubelet's providers answer",
          .intro =
              R"(Does what the kubelet does with its credential providers, and shows the result.

Usage:
    pullsecret credential-provider test IMAGE --config-file FILE
                                        --bin-dir FOLDER [OPTION]...

It reads the config as the kubelet does, and starts each provider with a pattern
that matches: with the environment of a service, without a terminal. It reads
the answers as strictly as the kubelet. It shows what each provider answered,
how long it took, how long the answer is kept, and which credentials the kubelet
tries for the image, in its order. It shows no password and no token. Run it on
the node, as root.

A provider that the kubelet hands a token of the Pod's ServiceAccount is asked
with that of --token-file, or not started where the kubelet does not start it.

The exit status is 1 if no credential is tried; then it says why. With --check
it is 1 if the image does not pull.
)",
          .groups =
              {{"The Pod's ServiceAccount",
                {{.name = "service-account",
                  .value = {"NAMESPACE/NAME"},
                  .description = "the Pod has this one (default: none)"},
                 {.name = "token-file",
                  .value = {.name = "FILE|-", .kind = ValueKind::file, .input = "the token"},
                  .is_repeatable = true,
                  .description = "its token for the audience of the config, as kubectl create "
                                 "token prints it; may be repeated, with one for each audience"},
                 {.name = "annotation",
                  .value = {"KEY=VALUE"},
                  .is_repeatable = true,
                  .description = "it has this annotation; may be repeated"}}},
               {"Options",
                {{.name = "config-file",
                  .value = {"FILE", ValueKind::file},
                  .description = "that of the kubelet's flag --image-credential-provider-config; a "
                                 "folder as Kubernetes 1.34 reads it"},
                 {.name = "bin-dir",
                  .value = {"FOLDER", ValueKind::file},
                  .description = "that of its flag --image-credential-provider-bin-dir"},
                 {.name = "check",
                  .description = "ask the registry, too, as pullsecret check does, whether the "
                                 "image pulls with what was answered"},
                 report_option("table (default), or json, for scripts"),
                 timeout_option("end a provider that takes longer (default: 60s, as the kubelet)"),
                 quiet_option("no notes and warnings")}}},
          .outro = R"(Example:
    $ pullsecret credential-provider test ghcr.io/acme/app \
          --config-file config.yaml --bin-dir bin
    Image ghcr.io/acme/app
      PROVIDER    MATCHED BY  ANSWER        TOOK  KEPT
      pullsecret  ghcr.io     1 credential  9 ms  12h, for its registry

    The kubelet tries
      REGISTRY KEY  USERNAME  KIND          LENGTH  PROVIDER
      ghcr.io       octocat   GitHub token  40      pullsecret

    With the token that the kubelet would hand over:

    $ kubectl create token builder -n team --audience registry.example.com |
          pullsecret credential-provider test registry.example.com/app \
          --config-file config.yaml --bin-dir bin \
          --service-account team/builder --token-file - --check
)",
          .operand = Value{"IMAGE"},
          .prepare = prepare<read_provider_test_options, provider_test>};
}

}  // namespace pullsecret
