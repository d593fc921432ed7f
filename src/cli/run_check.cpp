#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/check.h"
#include "cli/messages.h"
#include "cli/pull_report.h"
#include "kubernetes/documents.h"
#include "operations/check.h"
#include "operations/inputs.h"
#include "operations/usable_credentials.h"
#include "registry/http/client.h"
#include "registry/origin.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// What convert would take; nothing where there is no config, as who has never logged in may well
// ask for public images.
Keyring keyring_of_config(const CheckOptions& options, const std::vector<WorkloadImage>& images,
                          const Streams& streams) {
  if (!images.empty() && !is_any_config(options.store.config)) {
    if (!options.store.quiet)
      print_note(streams, "there is no Docker config: images are asked for without a login");
    return Keyring();
  }
  tell_of_typed_config(options.store, streams);
  const LoadedConfig loaded =
      told(config_to_use(options.store.config), streams, options.store.quiet);
  const CredentialChoice choice{
      .images_if_known = images_of(images),
      .way_to_skip = "the Secret that convert --skip-unresolved makes can be checked without it"};
  StatusLine status(streams, options.store.quiet);
  HelperClient helpers = make_helper_client(options.store, status);
  auto [credentials, notices] = usable_credentials(choice, loaded.config, helpers);
  status.erase();
  print_notices(streams, notices, options.store.quiet);
  std::vector<KeyringEntry> entries;
  for (auto& [key, credential] : credentials)
    entries.push_back({key, std::move(credential)});
  return Keyring(std::move(entries));
}

// To log in with, entries will do that the kubelet does not read.
Keyring keyring_of_file(const CheckOptions& options, const Streams& streams) {
  const std::string& file = *options.file;
  const std::vector<InspectedSecret> secrets =
      told(pull_secrets_in(read_file_or_input(file, max_manifest_size), streams.now), streams,
           options.store.quiet);
  for (const InspectedSecret& secret : secrets)
    if (secret.is_refused)
      throw Error(name_in_words(secret.origin),
                  "the kubelet refuses it, and pulls no image for a Pod that names it",
                  file == "-"
                      ? "pipe it into `pullsecret inspect`, which says why"
                      : fmt::format("`pullsecret inspect {}` says why", shell_operand(file)));
  if (options.images.any()) return keyring_of(secrets);
  std::vector<KeyringEntry> entries;
  for (const InspectedSecret& secret : secrets)
    entries.insert(entries.end(), secret.entries.begin(), secret.entries.end());
  return Keyring(std::move(entries));
}

std::vector<PullReport> ask(const CheckOptions& options, HttpClient& http,
                            std::vector<Inquiry> inquiries, const Streams& streams) {
  StatusLine status(streams, options.store.quiet);
  const auto progress = [&](std::size_t done, std::size_t total, const std::string& url) {
    const auto origin = origin_of(url);
    status.show(done, total, origin ? origin->host : "");
  };
  const HttpExchange exchange = streams.network ? streams.network : [&](const auto& requests) {
    return http.exchange(requests, progress);
  };
  return ask_registries(std::move(inquiries), {exchange, options.access, streams.now});
}

void fail_if_any(const std::vector<PullReport>& reports, bool about_images) {
  const auto bad = std::count_if(reports.begin(), reports.end(),
                                 [](const PullReport& report) { return !report.succeeds; });
  if (bad > 0)
    throw Error(
        "", fmt::format("{} of {} {}", bad, reports.size(),
                        about_images ? "images do not pull" : "registries cannot be logged in to"));
}

}  // namespace

void run_check(const CheckOptions& options, const Streams& streams) {
  HttpClient http(options.http);
  const bool quiet = options.store.quiet, asks_for_images = options.images.any();
  const std::vector<WorkloadImage> images =
      told(wanted_images(options.images), streams, quiet).images;
  const Keyring keyring = options.file ? keyring_of_file(options, streams)
                                       : keyring_of_config(options, images, streams);
  std::vector<Inquiry> inquiries = asks_for_images
                                       ? about_images(images, keyring)
                                       : told(about_registries(keyring), streams, quiet);
  if (inquiries.empty()) throw Error("", "there is no registry to be asked");
  const std::vector<PullReport> reports = ask(options, http, std::move(inquiries), streams);
  if (options.format == ReportFormat::json)
    print_pull_json(reports, streams);
  else
    streams.data(pull_table(reports, {.color = streams.has_color, .now = streams.now}));
  if (!asks_for_images && !quiet)
    print_note(
        streams,
        "that it logs in does not say that it pulls: name images with --image or --images-in");
  fail_if_any(reports, asks_for_images);
}

}  // namespace pullsecret
