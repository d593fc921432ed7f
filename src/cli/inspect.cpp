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
#include "operations/image_pulls.h"

namespace pullsecret {
namespace {

struct InspectOptions {
  std::string file;
  ImageOptions images;
  NodeOptions node;
  std::string name_space;  // of manifests that leave it open
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
                         .node = read_node_options(line),
                         .name_space = read_name_space(line),
                         .show_secrets = is_set(line, "show-secrets"),
                         .format = choice_of<ReportFormat>(line, "output"),
                         .min_validity = min_validity_of(line)};
  if (inspect.file == "-" && isatty(STDIN_FILENO) != 0)
    throw Error("", "no Secret to inspect: standard input is a terminal",
                "kubectl get secret regcred -o yaml | pullsecret inspect");
  return inspect;
}

template <typename Things, typename... Others>
void print(const InspectOptions& options, const Things& things, const Streams& streams,
           const Others&... others) {
  if (options.min_validity) require_validity(things, *options.min_validity, streams.now);
  const InspectionStyle style{
      .show_secrets = options.show_secrets, .table = streams.table, .now = streams.now};
  streams.data(options.format == ReportFormat::json ? inspection_json(things, others..., style)
                                                    : inspection_table(things, others..., style));
}

void inspect(const InspectOptions& options, const Streams& streams) {
  const PullInputs inputs = told(
      read_pull_inputs(options.images, options.file, options.name_space, streams.now), streams);
  if (is_input_unread(options.images, options.node, options.file))
    print_note(streams, unread_input);
  std::optional<NodeEndpoints> node = read_node_endpoints(options.node, options.images.any());
  if (!options.images.any()) {
    print(options, inputs.secrets, streams, pods_with_findings(inputs));
    return;
  }
  const Keyring all = keyring_of(inputs.secrets);
  std::vector<ImagePull> pulls = image_pulls(inputs, all);
  if (node) {
    set_endpoints(pulls, *node);
    print_notices(streams, node->notices());
  }
  // Of Pods and of mirrors there is more to be seen than entries.
  const bool is_shown_first = !inputs.workloads.pods.empty() || node;
  if (!is_shown_first) require_entries(pulls);
  print(options, pulls, streams);
  if (is_shown_first) require_entries(pulls);
}

}  // namespace

Command inspect_command() {
  return {
      .name = "inspect",
      .usage = "[FILE]",
      .summary = "show a pull secret, and what is wrong in it",
      .intro =
          R"(Shows what is in a pull secret, and what the kubelet makes of it.

Usage:
    kubectl get secret regcred -o yaml | pullsecret inspect [OPTION]...
    pullsecret inspect FILE [OPTION]...

It reads Secrets from FILE or standard input: YAML or JSON, one document or
many, Lists, data and stringData, of both types. If Pods and ServiceAccounts
stand beside them, it says which Pods do not have the Secrets that they need,
such as where imagePullSecrets name another one. It skips objects of other
kinds. It reads a Docker config.json or .dockercfg as if it were the data of a
Secret.

For each entry it shows the username, the kind, the length, how long it lasts,
and the images it serves. It says what is wrong, such as an entry that makes the
kubelet refuse the whole Secret. A problem is no failure.
)",
      .groups = {{"Options",
                  {image_option("only the entries the kubelet would try for this image, in its "
                                "order; may be repeated; exit status 1 if an image has none"),
                   images_in_option("the same for each image that the manifests in FILE name, with "
                                    "the Secrets of each Pod alone; may be the input itself"),
                   name_space_option(),
                   hosts_option(),
                   registries_option(),
                   {.name = "min-validity",
                    .value = {"DURATION"},
                    .description = "exit status 1 if one of the entries ends sooner, such as in "
                                   "2h or 1h30m; one that does not say when it ends is no "
                                   "failure"},
                   {.name = "show-secrets", .description = "also passwords and tokens"},
                   report_option("table (default), or json, for scripts")}}},
      .outro = R"(Example:
    $ kubectl get secret regcred -o yaml |
          pullsecret inspect --image ghcr.io/acme/app:1.4
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
                       .input = manifests_input,
                       .by_default = "-"},
      .prepare = prepare<read_inspect_options, inspect>};
}

}  // namespace pullsecret
