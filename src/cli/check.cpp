#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/image_options.h"
#include "cli/messages.h"
#include "cli/options.h"
#include "cli/pull_report.h"
#include "cli/read_pull_secrets.h"
#include "cli/store_options.h"
#include "cli/table.h"
#include "credential/registry.h"
#include "kubernetes/keyring.h"
#include "operations/usable_credentials.h"
#include "registry/http_program.h"
#include "registry/origin.h"
#include "registry/pull_check.h"
#include "system/text.h"

namespace pullsecret {
namespace {

enum class CheckFormat { table, json };

struct CheckOptions {
  StoreOptions store;
  std::optional<std::string> file;  // absent: the Docker config
  ImageOptions images;
  RegistryAccess access;
  HttpLimits http;
  CheckFormat format = CheckFormat::table;
};

void check_inputs(const CheckOptions& options) {
  int readers = 0;
  for (const auto& file : {options.file, options.images.images_in, options.store.config})
    if (file == "-") ++readers;
  if (readers > 1)
    throw Error("", "standard input can be read but once", "name a file for the others");
  if (options.file && options.store.config)
    throw Error("--config", "the credentials are those of the file named",
                "leave out one of the two");
}

CheckOptions read_check_options(const CommandLine& line) {
  CheckOptions check{.store = read_store_options(line),
                     .file = operand_of(line),
                     .images = read_image_options(line),
                     .access = {.insecure = values_of(line, "insecure-registry")},
                     .format = choice_of<CheckFormat>(line, "output")};
  check.http.jobs = jobs_of(line).value_or(check.http.jobs);
  check.store.limits.jobs = check.http.jobs;
  check.http.timeout = timeout_of(line).value_or(check.http.timeout);
  if (check.file == "") throw Error("", "the file's name is empty");
  for (const std::string& host : check.access.insecure)
    if (!origin_of("https://" + host))
      throw Error("--insecure-registry",
                  "it is HOST or HOST:PORT, such as registry.example.com:5000");
  check_inputs(check);
  return check;
}

// ---- The credentials

// A Secret as convert would make it; none where there is no config, as who has never logged in may
// well ask for public images.
std::vector<InspectedSecret> secret_of_config(const CheckOptions& options,
                                              const std::vector<WorkloadImage>& images,
                                              const Streams& streams) {
  if (!images.empty() && !is_any_config(options.store.config)) {
    if (!options.store.quiet)
      print_note(streams, "there is no Docker config: images are asked for without a login");
    return {};
  }
  const LoadedConfig loaded = load_config_aloud(options.store, streams);
  const CredentialChoice choice{.images_if_known = images_of(images)};
  StatusLine status(streams, options.store.quiet);
  HelperClient helpers = make_helper_client(options.store, status);
  auto [credentials, notices] = usable_credentials(choice, loaded.config, helpers);
  status.erase();
  if (!options.store.quiet) print_notices(streams, notices);
  InspectedSecret secret{.is_config_file = true, .is_read = true};
  for (auto& [key, credential] : credentials) {
    InspectedEntry& inspected = secret.entries.emplace_back();
    inspected.expires = expiry_of(credential);
    inspected.entry = {.key = key, .credential = std::move(credential)};
  }
  return {std::move(secret)};
}

std::vector<InspectedSecret> secrets_of_file(const std::string& file, const Streams& streams) {
  std::vector<InspectedSecret> secrets = read_pull_secrets(file, streams);
  for (const InspectedSecret& secret : secrets)
    if (secret.is_refused)
      throw Error(name_in_words(secret),
                  "the kubelet refuses it, and pulls no image for a Pod that names it",
                  file == "-"
                      ? "pipe it into `pullsecret inspect`, which says why"
                      : fmt::format("`pullsecret inspect {}` says why", shell_operand(file)));
  return secrets;
}

// ---- What is asked

/// A report whose verdicts are still to come, and the question for them.
struct Inquiry {
  PullReport report;
  PullQuestion question;
};

// What the kubelet sends: nothing where an entry has neither a username nor a password.
std::optional<Credential> sent_credential(const InspectedEntry& inspected) {
  const Credential& credential = inspected.entry.credential;
  if (credential.username.empty() && credential.password.empty()) return std::nullopt;
  return Credential{.username = credential.username, .password = credential.password};
}

void add_try(Inquiry& inquiry, const InspectedSecret* secret, const InspectedEntry* inspected) {
  inquiry.report.tries.push_back({.secret = secret, .inspected = inspected, .verdict = {}});
  inquiry.question.tries.push_back(inspected == nullptr ? std::nullopt
                                                        : sent_credential(*inspected));
}

std::vector<Inquiry> about_images(const std::vector<WorkloadImage>& images,
                                  const std::vector<InspectedSecret>& secrets) {
  const auto offered = entries_for_images(secrets, images_of(images));
  std::vector<Inquiry> inquiries;
  inquiries.reserve(images.size());
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto& [name, image] = images[i];
    const std::string& host = image.registry_host;
    Inquiry inquiry{.report = {.image = name, .registry = host},
                    .question = {.host = host,
                                 .repository = image.repository.substr(host.size() + 1),
                                 .reference = image.reference}};
    for (const auto& [secret, inspected] : offered[i])
      add_try(inquiry, secret, inspected);
    add_try(inquiry, nullptr, nullptr);
    inquiries.push_back(std::move(inquiry));
  }
  return inquiries;
}

// The registry host that the kubelet takes `key` for; nothing for a pattern, and for what is none.
std::optional<std::string> host_of_key(const std::string& key) {
  const auto filed = filed_key(key);
  if (!filed) return std::nullopt;
  const std::string host = registry_host(*filed);
  if (is_docker_hub_host(host)) return "docker.io";
  return origin_of("https://" + host) ? std::optional(host) : std::nullopt;
}

std::vector<Inquiry> about_registries(const std::vector<InspectedSecret>& secrets,
                                      const Streams& streams) {
  std::vector<Inquiry> inquiries;
  for (const InspectedSecret& secret : secrets)
    for (const InspectedEntry& inspected : secret.entries) {
      const auto host = host_of_key(inspected.entry.key);
      if (!host) {
        print_note(streams, fmt::format("{} names no single registry that could be asked",
                                        display_key(inspected, {})));
        continue;
      }
      Inquiry inquiry{.report = {.registry = *host},
                      .question = {.host = *host, .repository = {}, .reference = {}}};
      add_try(inquiry, &secret, &inspected);
      inquiries.push_back(std::move(inquiry));
    }
  return inquiries;
}

// ---- What is answered

// The kubelet pulls without a login only where no entry serves the image.
bool succeeds(const PullReport& report) {
  if (report.image.empty()) return report.tries.front().verdict.outcome == PullOutcome::logs_in;
  const PullTry& last = report.tries.back();
  const bool has_entries = report.tries.front().inspected != nullptr;
  return is_pull(last.verdict.outcome) && (last.inspected != nullptr || !has_entries);
}

std::vector<PullReport> ask(const CheckOptions& options, HttpClient& http,
                            std::vector<Inquiry> inquiries, Time now, const Streams& streams) {
  StatusLine status(streams, options.store.quiet);
  const auto progress = [&](std::size_t done, std::size_t total, const std::string& url) {
    const auto origin = origin_of(url);
    status.show(done, total, origin ? origin->host : "");
  };
  std::vector<PullQuestion> questions;
  questions.reserve(inquiries.size());
  for (Inquiry& inquiry : inquiries)
    questions.push_back(std::move(inquiry.question));
  const PullCheck check{
      .exchange = [&](const auto& requests) { return http.exchange(requests, progress); },
      .access = options.access,
      .now = now};
  std::vector<std::vector<PullVerdict>> verdicts = check_pulls(questions, check);

  std::vector<PullReport> reports;
  for (std::size_t i = 0; i < inquiries.size(); ++i) {
    PullReport& report = reports.emplace_back(std::move(inquiries[i].report));
    report.tries.resize(verdicts[i].size());
    for (std::size_t k = 0; k < verdicts[i].size(); ++k)
      report.tries[k].verdict = std::move(verdicts[i][k]);
    report.succeeds = succeeds(report);
    if (!report.succeeds && report.tries.back().verdict.outcome == PullOutcome::anonymous)
      report.tries.back().verdict.hint =
          "it is public, but where an entry serves an image, the kubelet does not pull without a "
          "login: mend the entry, or take it out";
  }
  return reports;
}

void fail_if_any(const std::vector<PullReport>& reports, bool about_images) {
  const auto bad = std::count_if(reports.begin(), reports.end(),
                                 [](const PullReport& report) { return !report.succeeds; });
  if (bad > 0)
    throw Error("",
                fmt::format("{} of {} {}", bad, reports.size(),
                            about_images ? "images do not pull" : "registries refuse the login"));
}

void check(const CheckOptions& options, const Streams& streams) {
  HttpClient http(http_program(), options.http);
  const bool asks_for_images = options.images.any();
  const std::vector<WorkloadImage> images =
      asks_for_images ? wanted_images(options.images, options.store.quiet, streams).images
                      : std::vector<WorkloadImage>();
  const std::vector<InspectedSecret> secrets = options.file
                                                   ? secrets_of_file(*options.file, streams)
                                                   : secret_of_config(options, images, streams);
  std::vector<Inquiry> inquiries =
      asks_for_images ? about_images(images, secrets) : about_registries(secrets, streams);
  if (inquiries.empty()) throw Error("", "there is no registry to be asked");
  const Time now = current_time();
  const std::vector<PullReport> reports = ask(options, http, std::move(inquiries), now, streams);
  if (options.format == CheckFormat::json)
    print_pull_json(reports, streams);
  else
    streams.data(pull_table(reports, {.color = streams.has_color, .now = now}));
  if (!asks_for_images && !options.store.quiet)
    print_note(
        streams,
        "that it logs in does not say that it pulls: name images with --image or --images-in");
  fail_if_any(reports, asks_for_images);
}

}  // namespace

Command check_command() {
  return {
      .name = "check",
      .usage = "[FILE]",
      .summary = "whether images really pull with it, asked of the registries",
      .intro =
          R"(Asks the registries whether images really pull with these credentials.

Usage:
    pullsecret check [FILE|-] [--image IMAGE]... [--images-in FILE|-] [OPTION]...

The credentials are those of the pull Secrets, the config.json or the .dockercfg in FILE, as inspect
reads them; without FILE those that convert would take from the Docker config, stores included, if
there is one. For each image the entries that the kubelet would try are tried in its order, as
containerd does it, and then no login at all: a token is asked for, and the image's manifest.
Nothing is pulled. Without an image each registry is only logged in to, which does not say that
anything pulls.

Exit status 0 only if every image pulls.

What came of each try:
    pulls           the image can be had with it
    anonymous       it is public: no credential is needed
    refused         wrong username or password
    expired         the credential has ended
    no access       logged in, but not to this repository
    no such image   the credential works, the tag or digest is not there
    rate limited    the registry takes no more requests for now
    unreachable     its name, connection, TLS, time or proxy; or it is no registry
)",
      .groups = {{"Which images",
                  {image_option("this image; may be repeated"),
                   images_in_option(
                       "every image that the manifests in FILE name: Pods, and what makes them")}},
                 {"Asking the registries",
                  {{.name = "insecure-registry",
                    .value = {"HOST[:PORT]", ValueKind::registry},
                    .is_repeatable = true,
                    .description = "over http, too, and with any certificate; may be repeated"},
                   jobs_option("at most N requests at once (1 to 128, default: 16)"),
                   timeout_option("end a request that takes longer (default: 30s)"),
                   config_option("this Docker config; not beside FILE")}},
                 {"Output",
                  {{.letter = 'o',
                    .name = "output",
                    .value = {"FORMAT", ValueKind::choice, {"table", "json"}},
                    .description = "table (default), or json: an object for each image and try"},
                   quiet_option()}}},
      .outro =
          R"(Certificates are those that Docker takes: the system's, and /etc/docker/certs.d/HOST[:PORT]. Proxies
are those of HTTPS_PROXY and NO_PROXY.

Example:
    Before a deployment, whether its images will pull:

    $ helm template . | pullsecret check --images-in - regcred.yaml
    Image ghcr.io/acme/app:1.4
      REGISTRY KEY  USERNAME  SECRET        EXPIRES    RESULT
      ghcr.io       octocat   team/regcred  11 h left  pulls
)",
      .operand = Value{"FILE|-", ValueKind::file},
      .prepare = prepare<read_check_options, check>};
}

}  // namespace pullsecret
