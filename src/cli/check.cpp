#include "cli/check.h"

#include <optional>
#include <string>

#include "cli/options.h"
#include "registry/origin.h"

namespace pullsecret {
namespace {

CheckOptions read_check_options(const CommandLine& line) {
  CheckOptions check{.store = read_store_options(line),
                     .account = account_of(line),
                     .file = operand_of(line),
                     .images = read_image_options(line),
                     .node = read_node_options(line),
                     .name_space = read_name_space(line),
                     .access = {.insecure = values_of(line, "insecure-registry")},
                     .format = choice_of<ReportFormat>(line, "output")};
  check.http.jobs = jobs_of(line).value_or(check.http.jobs);
  check.store.limits.jobs = check.http.jobs;
  check.http.timeout = timeout_of(line).value_or(check.http.timeout);
  for (const std::string& host : check.access.insecure)
    if (!origin_of("https://" + host))
      throw Error("--insecure-registry",
                  "it is HOST or HOST:PORT, such as registry.example.com:5000");
  require_images(check.node, check.images.any() || check.file);
  const bool is_any_named = check.file || check.store.config || check.images.images_in;
  if (!is_any_named && is_input_unread(check.images, check.node, check.file))
    throw Error("", "what is piped in is read as - alone",
                "`pullsecret check -` checks what is piped in; `pullsecret check --config FILE` "
                "this Docker config");
  if (check.file && check.store.config)
    throw Error("--config", "the credentials are those of the file named",
                "leave out one of the two");
  return check;
}

}  // namespace

Command check_command() {
  return {
      .name = "check",
      .usage = "[FILE]",
      .summary = "ask the registries whether images pull",
      .intro =
          R"(Asks the registries whether images really pull with these credentials.

Usage:
    pullsecret check [FILE|-] [--image IMAGE]... [--images-in FILE|-]
                     [OPTION]...

It takes the credentials of the pull Secrets, the config.json or the .dockercfg
in FILE, as inspect reads them. Without FILE it takes the pull Secrets in the
manifests of --images-in. If there are none, it takes those that convert would
take from the Docker config, stores included. From Secrets, each Pod of the
manifests gets only those that its imagePullSecrets name, or those of its
ServiceAccount, in its namespace. A Pod for which nobody names one has nothing
of a Docker config either. Pods in FILE itself are asked about, too; what FILE
has is then all that there is. Beside a config.json, Secrets of --images-in do
not count.

For each image it tries the entries that the kubelet would try, in its order,
and then no login at all. As containerd does, it asks for a token, and for the
image's manifest. It pulls nothing. Without an image it only logs in to each
registry, which does not say that anything pulls.

The exit status is 0 only if every image pulls.

The result of each try:
    pulls           the image can be had with it
    anonymous       it is public: no credential is needed
    logs in         no image was asked for, and the registry takes the login
    refused         wrong username or password
    expired         the credential has ended
    no access       logged in, but not to this repository
    no such image   the credential works, the tag or digest is not there
    rate limited    the registry takes no more requests for now
    unreachable     its name, connection, TLS, time or proxy; or no registry
Where nobody is asked:
    InvalidImageName
                    the image is none
    Secret refused  the kubelet cannot read the Secret, or one of the Pod
    Pod refused     the API server takes no such Pod
    no endpoint     no mirror may be asked, or the node cannot read its file
    not pulled      imagePullPolicy is Never, or the Pod has ended: no failure
)",
      .groups = {{"Which images",
                  {image_option("this image; may be repeated"),
                   images_in_option(
                       "every image that the manifests in FILE name: Pods, and what makes them"),
                   name_space_option()}},
                 {"Asking the registries",
                  {hosts_option(),
                   registries_option(),
                   {.name = "insecure-registry",
                    .value = {"HOST[:PORT]", ValueKind::registry},
                    .is_repeatable = true,
                    .description = "over http, too, and with any certificate; may be repeated"},
                   jobs_option("at most N requests at once (1 to 128, default: 16)"),
                   timeout_option("end a request that takes longer (default: 30s)"),
                   account_option(),
                   config_option("this Docker config; not beside FILE")}},
                 {"Output",
                  {report_option(
                       "table (default); json: an object for each image and try; or junit: "
                       "XML for CI, a test case for each image",
                       true),
                   quiet_option()}}},
      .outro =
          R"(Certificates are those that Docker takes: the system's, and those in
/etc/docker/certs.d/HOST[:PORT]. Proxies are those of HTTPS_PROXY and NO_PROXY.

Examples:
    Why the Pods of a namespace do not start:

    $ kubectl get pods,serviceaccounts,secrets -n team -o yaml |
          pullsecret check --images-in -

    Before a deployment, whether its images will pull:

    $ helm template . | pullsecret check --images-in - regcred.yaml
    Image ghcr.io/acme/app:1.4
      of  Deployment team/app

      REGISTRY KEY  USERNAME  SECRET        EXPIRES    RESULT
      ghcr.io       octocat   team/regcred  11 h left  pulls
)",
      .operand = Value{.name = "FILE|-", .kind = ValueKind::file, .input = manifests_input},
      .prepare = prepare<read_check_options, run_check>};
}

}  // namespace pullsecret
