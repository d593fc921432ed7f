#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/image_options.h"
#include "cli/inspection.h"
#include "cli/messages.h"
#include "cli/options.h"
#include "cli/read_pull_secrets.h"
#include "cli/table.h"
#include "credential/expiry.h"
#include "credential/go_duration.h"
#include "credential/registry.h"
#include "kubernetes/documents.h"
#include "kubernetes/keyring.h"
#include "kubernetes/secret_manifest.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

enum class InspectFormat { table, json };

struct InspectOptions {
  std::optional<std::string> file;  // absent: standard input
  ImageOptions images;
  bool show_secrets = false;
  InspectFormat format = InspectFormat::table;
  std::optional<std::chrono::seconds> min_validity;  // absent: entries may end at any time
};

// In seconds: a token may say that it lasts longer than nanoseconds can count.
std::optional<std::chrono::seconds> min_validity_of(const CommandLine& line) {
  constexpr std::chrono::hours ten_years(10 * 365 * 24);
  const auto duration = duration_of(line, "min-validity", std::chrono::seconds(0), ten_years);
  if (!duration) return std::nullopt;
  return std::chrono::ceil<std::chrono::seconds>(*duration);
}

InspectOptions read_inspect_options(const CommandLine& line) {
  InspectOptions inspect{.file = operand_of(line),
                         .images = read_image_options(line),
                         .show_secrets = is_set(line, "show-secrets"),
                         .format = choice_of<InspectFormat>(line, "output"),
                         .min_validity = min_validity_of(line)};
  if (inspect.file == "") throw Error("", "the file's name is empty");
  if (inspect.file == "-") inspect.file.reset();
  if (!inspect.file && inspect.images.images_in == "-")
    throw Error("--images-in", "standard input is what is inspected already",
                "name a file for one of the two");
  if (!inspect.file && isatty(STDIN_FILENO) != 0)
    throw Error("", "no Secret to inspect: standard input is a terminal",
                "kubectl get secret regcred -o yaml | pullsecret inspect");
  return inspect;
}

// A line for each Secret that the kubelet refuses; empty if there is none.
std::string refusals(const std::vector<InspectedSecret>& secrets) {
  std::string lines;
  for (const InspectedSecret& secret : secrets)
    if (secret.is_refused)
      lines += fmt::format(
          "\n    {}: the kubelet refuses it, and pulls no image for a Pod that "
          "names it",
          name_in_words(secret));
  return lines;
}

// Why no entry serves the image where no Secret is refused, a line for each Secret or key; the
// nearest keys first.
std::string reasons(const std::vector<InspectedSecret>& secrets, const Image& image) {
  constexpr std::size_t most_keys = 10;
  std::string unread;
  std::vector<std::string> near, far;
  for (const InspectedSecret& secret : secrets) {
    if (!secret.is_read) {
      unread += fmt::format("\n    {}: the kubelet reads no entry of it", name_in_words(secret));
      continue;
    }
    for (const InspectedEntry& inspected : secret.entries) {
      const std::string& key = inspected.entry.key;
      const NotServed why = why_not_served(key, image);
      (why.is_other_registry ? far : near)
          .push_back(fmt::format("\n    {} {}", key_in_words(key), why.reason));
    }
  }
  near.insert(near.end(), far.begin(), far.end());
  const std::size_t named = std::min(near.size(), most_keys);
  std::string text = unread;
  for (std::size_t i = 0; i < named; ++i)
    text += near[i];
  if (named < near.size()) text += fmt::format("\n    and {} more", near.size() - named);
  return text;
}

std::vector<ImageEntries> find_entries(const std::vector<WorkloadImage>& images,
                                       const std::vector<InspectedSecret>& secrets) {
  constexpr std::size_t most_explained = 10;
  const std::string refused = refusals(secrets);
  auto offered = entries_for_images(secrets, images_of(images));
  std::vector<ImageEntries> found;
  found.reserve(images.size());
  std::string unserved;
  std::size_t count = 0;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto& [name, image] = images[i];
    found.push_back({name, image, std::move(offered[i])});
    if (!found.back().offered.empty()) continue;
    unserved += "\n  " + printable(name);
    if (++count > most_explained) continue;
    unserved += refused.empty() ? reasons(secrets, image) : refused;
  }
  if (count > 0)
    throw Error("",
                fmt::format("no entry serves {} of {} images:{}", count, found.size(), unserved),
                refused.empty() ? "the kubelet pulls such an image without a login" : "");
  return found;
}

// ---- How long entries last

using Entries = std::vector<OfferedEntry>;

Entries entries_of(const std::vector<InspectedSecret>& secrets) {
  Entries entries;
  for (const InspectedSecret& secret : secrets)
    for (const InspectedEntry& inspected : secret.entries)
      entries.push_back({&secret, &inspected});
  return entries;
}

// Those that the kubelet would try for any of the images, each once.
Entries entries_of(const std::vector<ImageEntries>& images) {
  Entries entries;
  std::set<const InspectedEntry*> known;
  for (const ImageEntries& image : images)
    for (const OfferedEntry& offered : image.offered)
      if (known.insert(offered.inspected).second) entries.push_back(offered);
  return entries;
}

std::string secret_in_words(const InspectedSecret& secret) {
  if (secret.is_config_file || secret.name.empty()) return name_in_words(secret);
  return "Secret " + display_name(secret);
}

// Of one that does not say when it ends, nobody knows.
bool ends_too_soon(const InspectedEntry& inspected, std::chrono::seconds min_validity, Time now) {
  const auto& end = inspected.expires;
  return end && (*end <= now || *end - now < min_validity);
}

void check_validity(const Entries& entries, std::chrono::seconds min_validity, Time now) {
  std::size_t count = 0;
  std::string ending;
  for (const auto& [secret, inspected] : entries) {
    if (!ends_too_soon(*inspected, min_validity, now)) continue;
    ++count;
    ending += fmt::format("\n  {} in {}: {}", key_in_words(inspected->entry.key),
                          secret_in_words(*secret), time_left_in_words(*inspected->expires, now));
  }
  if (count == 0) return;
  const std::string what =
      min_validity.count() == 0 ? "have ended" : "last less than " + go_duration(min_validity);
  throw Error("", fmt::format("{} of {} entries {}:{}", count, entries.size(), what, ending),
              entries.front().secret->is_config_file
                  ? "log in again"
                  : "`pullsecret convert | kubectl apply -f -` makes the Secret again, with a new "
                    "token; a CronJob does it in time");
}

template <typename Things>
void print(const InspectOptions& options, const Things& things, const Streams& streams) {
  const Time now = current_time();
  if (options.min_validity) check_validity(entries_of(things), *options.min_validity, now);
  const InspectionStyle style{
      .show_secrets = options.show_secrets, .color = streams.has_color, .now = now};
  streams.data(options.format == InspectFormat::json ? inspection_json(things, style)
                                                     : inspection_table(things, style));
}

// Whoever leaves the namespace out leaves it to kubectl.
bool is_named(const InspectedSecret& secret, const PullSecretName& named) {
  const bool is_same_namespace = named.name_space.empty() || secret.name_space.empty() ||
                                 named.name_space == secret.name_space;
  return is_same_namespace && named.name == secret.name;
}

void warn_of_absent_secrets(const std::vector<PullSecretName>& named,
                            const std::vector<InspectedSecret>& secrets, const Streams& streams) {
  for (const PullSecretName& name : named)
    if (std::none_of(secrets.begin(), secrets.end(),
                     [&](const InspectedSecret& secret) { return is_named(secret, name); }))
      print_warning(streams,
                    Error(name.place, fmt::format("it names the pull Secret {}, which is not here",
                                                  printable(name.name))));
}

void inspect(const InspectOptions& options, const Streams& streams) {
  const std::vector<InspectedSecret> secrets =
      read_pull_secrets(options.file.value_or("-"), streams);
  if (!options.images.any()) return print(options, secrets, streams);
  const Workloads wanted = wanted_images(options.images, /*quiet=*/false, streams);
  warn_of_absent_secrets(wanted.pull_secrets, secrets, streams);
  print(options, find_entries(wanted.images, secrets), streams);
}

}  // namespace

Command inspect_command() {
  return {
      .name = "inspect",
      .usage = "[FILE]",
      .summary = "what is in a pull secret, and what the kubelet makes of it",
      .intro =
          R"(Shows what is in a pull secret, and what the kubelet makes of it.

Usage:
    kubectl get secret regcred -o yaml | pullsecret inspect [OPTION]...
    pullsecret inspect FILE [OPTION]...

Reads Secrets from FILE or standard input: YAML or JSON, one document or many, Lists, data and
stringData, of both types; objects of other kinds are skipped. A Docker config.json or .dockercfg
is read as if it were a Secret's data. For each entry it shows username, kind, length, how long it
lasts, and the images it serves, and says what is wrong, such as an entry that makes the kubelet
refuse the whole Secret. Problems are told, and are no failure.
)",
      .groups = {{"Options",
                  {image_option("only the entries the kubelet would try for this image, in its "
                                "order; may be repeated; exit status 1 if an image has none"),
                   images_in_option("the same for each image that the manifests in FILE name, "
                                    "and which pull Secrets they name that are not here"),
                   {.name = "min-validity",
                    .value = {"DURATION"},
                    .description = "exit status 1 if one of the entries ends sooner, such as in "
                                   "2h or 1h30m; one that does not say when it ends is no "
                                   "failure"},
                   {.name = "show-secrets", .description = "also passwords and tokens"},
                   {.letter = 'o',
                    .name = "output",
                    .value = {"FORMAT", ValueKind::choice, {"table", "json"}},
                    .description = "table (default), or json, for scripts"}}}},
      .outro = R"(Example:
    $ kubectl get secret regcred -o yaml | pullsecret inspect --image ghcr.io/acme/app:1.4
    Image ghcr.io/acme/app:1.4
      REGISTRY KEY  USERNAME  KIND          LENGTH  EXPIRES  SECRET
      ghcr.io       octocat   GitHub token  40      -        default/regcred

    For a monitor, whether it has to be made again:

    $ kubectl get secret acr -o yaml | pullsecret inspect --min-validity 2h
    pullsecret: error: 1 of 1 entries last less than 2h0m0s:
      acme.azurecr.io in Secret team/acr: 47 min left
)",
      .operand = Value{"FILE|-", ValueKind::file},
      .prepare = prepare<read_inspect_options, inspect>};
}

}  // namespace pullsecret
