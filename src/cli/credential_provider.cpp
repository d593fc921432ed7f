#include <unistd.h>

#include <chrono>
#include <optional>
#include <string>

#include "cli/messages.h"
#include "cli/options.h"
#include "cli/store_options.h"
#include "helper/client.h"
#include "operations/provide.h"
#include "system/file.h"

namespace pullsecret {
namespace {

struct ProviderOptions {
  std::optional<std::string> config;
  std::string account;
  HelperLimits limits;
};

ProviderOptions read_provider_options(const CommandLine& line) {
  ProviderOptions options{
      .config = value_of(line, "config"), .account = account_of(line), .limits = {}};
  if (options.config == "-")
    throw Error("--config", "standard input is the request", "name a file");
  options.limits.timeout = timeout_of(line).value_or(std::chrono::seconds(50));
  options.limits.timeout_is_for_all = true;
  return options;
}

// The kubelet may have ended, or given up: what it started for this ends with it.
void end_without_reader(std::size_t /*done*/, std::size_t /*total*/,
                        const std::string& /*helper*/) {
  if (!has_reader(STDOUT_FILENO)) throw Error("", "nobody waits for the answer any more");
}

// The node's log has a line for what went wrong, and nobody there reads a hint.
void answer_kubelet(const ProviderOptions& options, const Streams& streams) {
  print_note_of_typing(streams, "a CredentialProviderRequest");
  const std::string input = "standard input";
  try {
    const ProviderRequest request =
        read_provider_request({input, read_all(STDIN_FILENO, input, max_provider_request)});
    HelperClient helpers(options.limits, end_without_reader);
    streams.data(format_provider_response(
        provide(request, options.config, options.account, helpers, streams.now)));
  } catch (const Error& error) {
    throw Error("", error.what());
  }
}

}  // namespace

Command credential_provider_command() {
  return {.name = "credential-provider",
          .usage = "[OPTION]...",
          .summary = "answer the kubelet, which asks on each node",
          .intro =
              R"(Answers the kubelet, which asks for the credentials of an image before it pulls.

Usage:
    pullsecret credential-provider [OPTION]... <REQUEST

The kubelet starts it, as its CredentialProviderConfig says. It reads a
CredentialProviderRequest (v1, v1beta1 or v1alpha1) on standard input. It
answers with the credentials that convert --image would take for the image from
the node's Docker config, credential stores included. For an image without a
credential the answer has none, so that public images pull. What fails it says
in one line on standard error, which the kubelet logs; the kubelet then pulls
without this answer. No Secret and no imagePullSecrets are needed.

The kubelet keeps an answer for nine tenths of the time that its first
credential has left, if that says so itself (a JSON Web Token, an ECR password),
and at most 12 hours; else for as long as the kubelet's config says.
)",
          .groups =
              {{"Options",
                {account_option(),
                 config_option("this Docker config, not that of the user whom the kubelet runs as"),
                 timeout_option("answer within this time (default: 50s, as the kubelet waits for a "
                                "minute)")}}},
          .outro = R"(Example:
    $ echo '{"kind":"CredentialProviderRequest",
      "apiVersion":"credentialprovider.kubelet.k8s.io/v1",
      "image":"ghcr.io/acme/app"}' | pullsecret credential-provider
)",
          .prepare = prepare<read_provider_options, answer_kubelet>};
}

}  // namespace pullsecret
