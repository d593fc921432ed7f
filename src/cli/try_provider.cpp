#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/messages.h"
#include "cli/options.h"
#include "cli/provider_report.h"
#include "cli/store_options.h"
#include "cli/table.h"
#include "kubernetes/ask_providers.h"
#include "kubernetes/documents.h"
#include "kubernetes/image.h"
#include "operations/node_checks.h"
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

ProviderTestOptions read_provider_test_options(const CommandLine& line) {
  const auto name = operand_of(line);
  if (!name) throw Error("", "no image named", "such as ghcr.io/acme/app:1.4");
  ProviderTestOptions test{.name = *name,
                           .image = parse_image(*name),
                           .config_file = path_in(line, "config-file"),
                           .bin_dir = path_in(line, "bin-dir"),
                           .format = choice_of<ReportFormat>(line, "output"),
                           .quiet = is_set(line, "quiet")};
  test.timeout = timeout_of(line).value_or(test.timeout);
  return test;
}

// ---- The config

// As the kubelet takes a folder since Kubernetes 1.34: by their names.
std::vector<fs::path> config_files(const fs::path& name) {
  if (!fs::is_directory(name)) return {name};
  std::set<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(name)) {
    const fs::path extension = entry.path().extension();
    const bool is_config = extension == ".json" || extension == ".yaml" || extension == ".yml";
    if (is_config && !entry.is_directory()) files.insert(entry.path());
  }
  if (files.empty()) throw Error(place_of(name), "there is no .yaml, .yml or .json in this folder");
  return {files.begin(), files.end()};
}

void refuse_repeated_names(const fs::path& file, const ProviderConfig& config) {
  std::set<std::string> names;
  for (const CredentialProvider& provider : config.providers)
    if (!names.insert(provider.name).second)
      throw Error(place_of(file), fmt::format("two providers are named {}, in several files",
                                              printable(provider.name)));
}

ProviderConfig load_providers(const fs::path& name) {
  ProviderConfig all;
  for (const fs::path& file : config_files(name)) {
    ProviderConfig config =
        read_provider_config({place_of(file), read_input(file, max_manifest_size)});
    std::move(config.providers.begin(), config.providers.end(), std::back_inserter(all.providers));
    std::move(config.unknown_fields.begin(), config.unknown_fields.end(),
              std::back_inserter(all.unknown_fields));
    refuse_repeated_names(file, all);
  }
  return all;
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

// ---- What cannot be as on the node

Notices what_differs(const ProviderTestOptions& options, const ProviderConfig& config) {
  Notices notices;
  if (!config.unknown_fields.empty())
    notices.push_back({.text = {place_of(options.config_file),
                                "newer kubelets do not start with a field that they do not know: " +
                                    join(config.unknown_fields, ", ")}});
  for (const CredentialProvider& provider : config.providers)
    if (provider.wants_service_account)
      notices.push_back(
          {Severity::note,
           {"", printable(provider.name) +
                    " gets the token of the Pod's ServiceAccount from the kubelet, and none "
                    "here"}});
  if (geteuid() != 0)
    notices.push_back(
        {Severity::note,
         {"", "the kubelet runs providers as root: run this as root to see what they do then"}});
  return notices;
}

void provider_test(const ProviderTestOptions& options, const Streams& streams) {
  const ProviderConfig config = load_for_kubelet(options);
  print_notices(streams, what_differs(options, config), options.quiet);
  const ProvidersReport report = report_of(options.name, options.image, config,
                                           ask_providers(config, options.image,
                                                         {.bin_dir = options.bin_dir,
                                                          .environment = service_environment(),
                                                          .timeout = options.timeout}));
  streams.data(options.format == ReportFormat::json ? providers_json(report)
                                                    : providers_table(report, streams.table));
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
tries for the image, in its order. It shows no password. Run it on the node, as
root.

The exit status is 1 if no credential is tried; then it says why.
)",
          .groups =
              {{"Options",
                {{.name = "config-file",
                  .value = {"FILE", ValueKind::file},
                  .description = "that of the kubelet's flag --image-credential-provider-config; a "
                                 "folder as Kubernetes 1.34 reads it"},
                 {.name = "bin-dir",
                  .value = {"FOLDER", ValueKind::file},
                  .description = "that of its flag --image-credential-provider-bin-dir"},
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
)",
          .operand = Value{"IMAGE"},
          .prepare = prepare<read_provider_test_options, provider_test>};
}

}  // namespace pullsecret
