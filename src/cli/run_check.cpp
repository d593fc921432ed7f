#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "cli/check.h"
#include "cli/messages.h"
#include "cli/network.h"
#include "cli/pull_report.h"
#include "docker/config_file.h"
#include "docker/resolve.h"
#include "operations/check.h"
#include "operations/image_pulls.h"
#include "operations/inputs.h"
#include "operations/usable_credentials.h"
#include "registry/http/client.h"
#include "registry/origin.h"

namespace pullsecret {
namespace {

// What convert would take; nothing where there is no config, as who has never logged in may well
// ask for public images.
Keyring keyring_of_config(const CheckOptions& options, const PullInputs& inputs,
                          const Streams& streams) {
  if (options.images.any() && !is_any_config(options.store.config)) {
    if (!options.store.quiet)
      print_note(streams, "there is no Docker config: images are asked for without a login");
    return Keyring();
  }
  tell_of_typed_config(options.store, streams);
  LoadedConfig loaded = told(config_to_use(options.store.config), streams, options.store.quiet);
  loaded.config.account = options.account;
  CredentialChoice choice{
      .images_if_known = images_of(inputs.named),
      .way_to_skip = "the Secret that convert --skip-unresolved makes can be checked without it"};
  for (const Image& image : images_of(inputs.workloads.images))
    choice.images_if_known.push_back(image);
  StatusLine status(streams, options.store.quiet);
  HelperClient helpers = make_helper_client(options.store, status);
  auto [credentials, notices] = usable_credentials(choice, loaded.config, helpers);
  status.erase();
  print_notices(streams, notices, options.store.quiet);
  std::vector<KeyringEntry> entries;
  entries.reserve(credentials.size());
  for (auto& [key, credential] : credentials)
    entries.push_back({key, std::move(credential)});
  return Keyring(std::move(entries));
}

bool is_of_use(const InspectedSecret& secret, bool has_images) {
  return !secret.is_refused && (has_images || secret.is_read || !secret.entries.empty());
}

// All that was given, as a Docker config or to log in with: then entries will do that the kubelet
// does not read. Of a Docker config that is of no use there is nothing else to be said.
Keyring keyring_of_all(bool has_images, const std::vector<InspectedSecret>& secrets) {
  std::vector<KeyringEntry> entries;
  for (const InspectedSecret& secret : secrets) {
    if (!is_of_use(secret, has_images) && is_docker_config(secret.origin))
      throw refusal_of(secret).reason;
    if (is_of_use(secret, has_images) && (!has_images || secret.is_read))
      entries.insert(entries.end(), secret.entries.begin(), secret.entries.end());
  }
  return Keyring(std::move(entries));
}

std::vector<Inquiry> about_logins(const Keyring& all, const std::vector<InspectedSecret>& secrets,
                                  const Streams& streams, bool quiet) {
  std::vector<Inquiry> inquiries = told(about_registries(all), streams, quiet);
  for (const InspectedSecret& secret : secrets)
    if (!is_of_use(secret, false)) inquiries.push_back(about_refused(secret));
  if (inquiries.empty())
    throw secrets.empty() ? Error("", "there is no registry to be asked")
                          : refusal_of(secrets.front()).reason;
  return inquiries;
}

// Without the Secrets that the Pods name, the Docker config stands for them.
void note_missing_secrets(const std::vector<ImagePull>& pulls, const Streams& streams) {
  if (std::any_of(pulls.begin(), pulls.end(), std::mem_fn(&ImagePull::is_by_config)))
    print_note(streams,
               "the Secrets that the Pods name are not given: the logins of the Docker config "
               "stand for them");
}

// What the kubelet refuses concerns the Pods that name it, and nobody else.
void note_unused_refusals(const PullInputs& inputs, const std::vector<ImagePull>& pulls,
                          const Streams& streams) {
  std::set<const InspectedSecret*> used;
  for (const ImagePull& pull : pulls)
    used.insert(pull.secrets.begin(), pull.secrets.end());
  for (const InspectedSecret& secret : inputs.secrets)
    if (secret.is_refused && !used.contains(&secret))
      print_note(streams, fmt::format("the kubelet refuses Secret {}, which no Pod here names",
                                      name_in_words(secret.origin)));
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

bool is_refused_login_of_config(const PullTry& one) {
  return one.entry != nullptr && one.entry->origin.kind == EntryOrigin::Kind::docker_config &&
         one.verdict.outcome == PullOutcome::refused;
}

// docker-credential-route, where the config names it, may have remembered what a registry refuses.
// Whether it is to be asked again.
bool is_forgotten(const CheckOptions& options, const std::vector<PullReport>& reports) {
  std::vector<HelperCall> calls;
  for (const PullReport& report : reports)
    if (std::any_of(report.tries.begin(), report.tries.end(), is_refused_login_of_config))
      calls.push_back(
          {.helper = "route", .action = "forget", .input = {}, .arguments = {report.registry}});
  if (calls.empty() || options.file || options.store.config == "-") return false;
  const std::vector<std::string> helpers = named_helpers(load_config(options.store.config).config);
  if (std::find(helpers.begin(), helpers.end(), "route") == helpers.end()) return false;
  const std::vector<HelperReply> replies = HelperClient(options.store.limits).run(calls);
  return std::any_of(replies.begin(), replies.end(), [](const HelperReply& reply) {
    return std::holds_alternative<std::string>(reply);
  });
}

void fail_if_any(const std::vector<PullReport>& reports, bool about_images) {
  const auto bad = std::count_if(reports.begin(), reports.end(),
                                 [](const PullReport& report) { return !report.succeeds; });
  if (bad > 0)
    throw Error(
        "", fmt::format("{} of {} {}", bad, reports.size(),
                        about_images ? "images do not pull" : "registries cannot be logged in to"));
}

// False if it said nothing, since what it asked with was not what the config has.
bool check(const CheckOptions& options, const Streams& streams, bool may_ask_again) {
  HttpClient http(options.http);
  const bool quiet = options.store.quiet;
  const PullInputs inputs =
      told(read_pull_inputs(options.images, options.file, options.name_space, streams.now), streams,
           quiet);
  if (!quiet && options.store.config != "-" &&
      is_input_unread(options.images, options.node, options.file))
    print_note(streams, unread_input);
  const bool asks_for_images = options.images.any() || !inputs.workloads.pods.empty();
  Keyring all;
  if (!inputs.has_secrets && !options.file)
    all = keyring_of_config(options, inputs, streams);
  else if (!inputs.has_secrets || !asks_for_images)
    all = keyring_of_all(asks_for_images, inputs.secrets);
  std::vector<ImagePull> pulls;
  if (asks_for_images) pulls = image_pulls(inputs, all);
  if (!quiet) note_missing_secrets(pulls, streams);
  std::optional<NodeEndpoints> node = read_node_endpoints(options.node, asks_for_images);
  if (node) {
    set_endpoints(pulls, *node);
    print_notices(streams, node->notices(), quiet);
  }
  if (!quiet && asks_for_images) note_unused_refusals(inputs, pulls, streams);
  std::vector<Inquiry> inquiries =
      asks_for_images ? about_images(pulls) : about_logins(all, inputs.secrets, streams, quiet);
  const std::vector<PullReport> reports = ask(options, http, std::move(inquiries), streams);
  if (may_ask_again && is_forgotten(options, reports)) return false;
  if (options.format == ReportFormat::json)
    print_pull_json(reports, streams);
  else if (options.format == ReportFormat::junit)
    streams.data(pull_junit(reports, streams.now));
  else
    streams.data(pull_table(reports, {.table = streams.table, .now = streams.now}));
  if (!quiet && std::any_of(reports.begin(), reports.end(), [](const PullReport& report) {
        return report.pull == nullptr && !report.tries.empty();
      }))
    print_note(
        streams,
        "that it logs in does not say that it pulls: name images with --image or --images-in");
  fail_if_any(reports, asks_for_images);
  return true;
}

}  // namespace

void run_check(const CheckOptions& options, const Streams& streams) {
  if (check(options, streams, true)) return;
  CheckOptions again = options;
  again.store.quiet = true;  // what is to be said was said
  check(again, streams, false);
}

HttpExchange network_for(const Streams& streams, const HttpLimits& limits, std::string_view /*who*/,
                         const std::function<void()>& meanwhile) {
  if (streams.network) return streams.network;
  return [http = std::make_shared<HttpClient>(limits), meanwhile](const auto& requests) {
    return http->exchange(requests, [&](auto, auto, const auto&) { meanwhile(); });
  };
}

}  // namespace pullsecret
