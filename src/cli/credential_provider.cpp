#include <unistd.h>

#include <chrono>
#include <optional>
#include <string>

#include "cli/messages.h"
#include "cli/network.h"
#include "cli/options.h"
#include "cli/provider_options.h"
#include "cli/store_options.h"
#include "helper/client.h"
#include "operations/provide.h"
#include "operations/provide_token.h"
#include "system/file.h"

namespace pullsecret {
namespace {

struct ProviderOptions {
  std::optional<std::string> config;
  std::string account;
  HelperLimits limits;
  std::optional<TokenUse> token;
  bool or_store = false;  // where there is no token
};

ProviderOptions read_provider_options(const CommandLine& line) {
  ProviderOptions options{.config = value_of(line, "config"),
                          .account = account_of(line),
                          .limits = {},
                          .token = read_token_use(line),
                          .or_store = is_set(line, "or-store")};
  if (options.config == "-")
    throw Error("--config", "standard input is the request", "name a file");
  options.limits.timeout = timeout_of(line).value_or(std::chrono::seconds(50));
  options.limits.timeout_is_for_all = true;
  return options;
}

// The kubelet may have ended, or given up: what was begun for this ends with it.
void end_without_reader() {
  if (!has_reader(STDOUT_FILENO)) throw Error("", "nobody waits for the answer any more");
}

// Where tokens are exchanged, if they are. The registry may have to be asked first where it is: the
// time is for all.
HttpExchange exchange_network(const ProviderOptions& options, const Streams& streams) {
  if (!options.token || !options.token->exchange) return {};
  return network_for(streams, {.timeout = options.limits.timeout, .timeout_is_for_all = true},
                     "the exchange is asked", end_without_reader);
}

ProviderResponse answer_from_stores(const ProviderRequest& request, const ProviderOptions& options,
                                    const Streams& streams) {
  HelperClient helpers(options.limits, [](auto, auto, const auto&) { end_without_reader(); });
  return told(provide(request, options.config, options.account, helpers, streams.now), streams);
}

ProviderResponse answer(const ProviderRequest& request, const ProviderOptions& options,
                        const HttpExchange& network, const Streams& streams) {
  if (!options.token) return answer_from_stores(request, options, streams);
  if (!pattern_for(*options.token, request.image))
    return told(no_token_answer(request, *options.token), streams);
  if (request.service_account_token.empty() && options.or_store)
    return answer_from_stores(request, options, streams);
  return told(provide_token(request, *options.token, network, {}, streams.now), streams);
}

// The node's log has a line for what went wrong, and nobody there reads a hint.
void answer_kubelet(const ProviderOptions& options, const Streams& streams) {
  const std::string input = "standard input";
  try {
    const HttpExchange network = exchange_network(options, streams);
    print_note_of_typing(streams, "a CredentialProviderRequest");
    const ProviderRequest request =
        read_provider_request({input, read_all(STDIN_FILENO, input, max_provider_request)});
    streams.data(format_provider_response(answer(request, options, network, streams)));
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

With --service-account-token no credential is on the node at all: since
Kubernetes 1.34 the kubelet hands on a token of the Pod's own service account,
and the registry takes that as a password, or an exchange makes one of it.
)",
          .groups =
              {{"Options",
                {account_option(),
                 config_option("this Docker config, not that of the user whom the kubelet runs as"),
                 timeout_option("answer within this time (default: 50s, as the kubelet waits for a "
                                "minute)")}},
               token_options()},
          .outro = R"(Example:
    $ echo '{"kind":"CredentialProviderRequest",
      "apiVersion":"credentialprovider.kubelet.k8s.io/v1",
      "image":"ghcr.io/acme/app"}' | pullsecret credential-provider

    The arguments in the kubelet's config for a registry that takes the tokens
    of the cluster's service accounts:

    credential-provider --service-account-token --username oidc
        --match registry.example.com --audience-expected registry.example.com
)",
          .prepare = prepare<read_provider_options, answer_kubelet>};
}

}  // namespace pullsecret
