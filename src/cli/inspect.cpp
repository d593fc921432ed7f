#include "operations/inspect.h"

#include <unistd.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/image_options.h"
#include "cli/inspection_report.h"
#include "cli/messages.h"
#include "cli/options.h"
#include "kubernetes/documents.h"
#include "operations/inputs.h"

namespace pullsecret {
namespace {

struct InspectOptions {
  std::string file;
  ImageOptions images;
  bool show_secrets = false;
  ReportFormat format = ReportFormat::table;
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
  InspectOptions inspect{.file = operand_of(line).value_or("-"),
                         .images = read_image_options(line),
                         .show_secrets = is_set(line, "show-secrets"),
                         .format = choice_of<ReportFormat>(line, "output"),
                         .min_validity = min_validity_of(line)};
  if (inspect.file == "-" && isatty(STDIN_FILENO) != 0)
    throw Error("", "no Secret to inspect: standard input is a terminal",
                "kubectl get secret regcred -o yaml | pullsecret inspect");
  return inspect;
}

template <typename Things>
void print(const InspectOptions& options, const Things& things, const Streams& streams) {
  if (options.min_validity) require_validity(things, *options.min_validity, streams.now);
  const InspectionStyle style{
      .show_secrets = options.show_secrets, .color = streams.has_color, .now = streams.now};
  streams.data(options.format == ReportFormat::json ? inspection_json(things, style)
                                                    : inspection_table(things, style));
}

void inspect(const InspectOptions& options, const Streams& streams) {
  const std::vector<InspectedSecret> secrets = told(
      pull_secrets_in(read_file_or_input(options.file, max_manifest_size), streams.now), streams);
  if (!options.images.any()) return print(options, secrets, streams);
  const Workloads wanted = told(wanted_images(options.images), streams);
  print_notices(streams, absent_secrets(wanted.pull_secrets, secrets));
  const Keyring keyring = keyring_of(secrets);
  print(options, entries_serving(wanted.images, keyring, secrets), streams);
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
                   report_option("table (default), or json, for scripts")}}},
      .outro = R"(Example:
    $ kubectl get secret regcred -o yaml | pullsecret inspect --image ghcr.io/acme/app:1.4
    Image ghcr.io/acme/app:1.4
      REGISTRY KEY  USERNAME  KIND          LENGTH  EXPIRES  SECRET
      ghcr.io       octocat   GitHub token  40      -        default/regcred

    For a monitor, whether it has to be made again:

    $ kubectl get secret acr -o yaml | pullsecret inspect --min-validity 2h
    pullsecret: error: 1 of 1 entries last less than 2h:
      acme.azurecr.io in Secret team/acr: 47 min left
)",
      .operand = Value{.name = "FILE|-",
                       .kind = ValueKind::file,
                       .input = "what is inspected",
                       .by_default = "-"},
      .prepare = prepare<read_inspect_options, inspect>};
}

}  // namespace pullsecret
