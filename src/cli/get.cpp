#include <string>
#include <vector>

#include "cli/messages.h"
#include "cli/options.h"
#include "cli/piped_input.h"
#include "cli/store_options.h"
#include "credential/registry.h"
#include "docker/resolve.h"
#include "helper/answer.h"
#include "helper/json_message.h"
#include "operations/secrets_there.h"
#include "operations/usable_credentials.h"

namespace pullsecret {
namespace {

enum class GetFormat { json, username, password };

struct GetOptions {
  StoreOptions store;
  std::string registry;
  std::string account;
  GetFormat format = GetFormat::json;
};

GetOptions read_get_options(const CommandLine& line) {
  const auto registry = operand_of(line);
  if (!registry) throw Error("", "no registry named", "pullsecret get ghcr.io");
  return {.store = read_store_options(line),
          .registry = *registry,
          .account = account_of(line),
          .format = choice_of<GetFormat>(line, "output")};
}

void refuse_token_user(const std::string& key, const Credential& credential) {
  if (is_password_of_token_user(credential))
    throw Error(key_in_words(key),
                "the username is <token>, and a helper's answer with it means an identity token",
                "its parts alone: -o username, -o password");
}

// The helpers' protocol has a username and one secret: a password or an identity token.
void refuse_registry_token(const std::string& key, const Credential& credential) {
  if (!credential.password.empty() || !credential.identity_token.empty()) return;
  throw Error(key_in_words(key), "it has a registry token only, for which the answer has no place",
              login_command(key));
}

std::string format(GetFormat format, const std::string& registry, const Credential& credential) {
  const StoredCredential stored = stored_credential(credential);
  switch (format) {
    case GetFormat::json:
      return format_credential_message(registry, stored);
    case GetFormat::username:
      return stored.username + "\n";
    case GetFormat::password:
      return stored.secret + "\n";
  }
  return {};
}

void get(const GetOptions& options, const Streams& streams) {
  if (!options.store.config)
    refuse_piped_input(streams,
                       "`pullsecret get HOST --config -` takes it in place of the Docker config",
                       options.store.quiet);
  tell_of_typed_config(options.store, streams);
  Config config =
      told(config_or_secrets(options.store.config), streams, options.store.quiet).loaded.config;
  config.account = options.account;
  StatusLine status(streams, options.store.quiet);
  HelperClient helpers = make_helper_client(options.store, status);
  const std::string registry = registry_named(config, options.registry);
  const std::vector<Resolved> resolved =
      resolve(config, registry_keys_for(config, registry), helpers);
  const std::string& key = resolved.front().key;
  status.erase();
  if (const Error* error = why_unresolved(resolved.front()))
    throw Error(key_in_words(key), error->what(), error->hint());
  const auto& credential = std::get<Credential>(resolved.front().outcome);
  print_notices(streams, notices_of_lookup(config, resolved), options.store.quiet);
  refuse_registry_token(key, credential);
  if (options.format == GetFormat::json) refuse_token_user(key, credential);
  streams.data(format(options.format, registry, credential));
}

}  // namespace

Command get_command() {
  return {.name = "get",
          .usage = "HOST",
          .summary = "print one registry's credential",
          .intro =
              R"(Prints one registry's credential, found as convert finds it.

Usage:
    pullsecret get HOST [OPTION]...

HOST is a registry. If it is an image or a path, its host counts, as for docker
login.
)",
          .groups = {{"Options",
                      {{.letter = 'o',
                        .name = "output",
                        .value = {"FORMAT", ValueKind::choice, {"json", "username", "password"}},
                        .description = "json (default): one line, as credential helpers "
                                       "answer;\nusername or password: that alone"},
                       account_option(),
                       config_option("this Docker config, or standard input; pull Secrets, too"),
                       timeout_option(),
                       quiet_option()}}},
          .outro = R"(An identity token has the username <token>.

Example:
    $ pullsecret get ghcr.io
    {"ServerURL":"ghcr.io","Username":"octocat","Secret":"hunter2"}
    $ pullsecret get ghcr.io -o password |
          skopeo login ghcr.io -u octocat --password-stdin
    Login Succeeded!
)",
          .operand = Value{"HOST", ValueKind::registry},
          .prepare = prepare<read_get_options, get>};
}

}  // namespace pullsecret
