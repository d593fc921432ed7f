#include <unistd.h>

#include <optional>
#include <string>
#include <utility>

#include "cli/messages.h"
#include "cli/options.h"
#include "cli/secret_options.h"
#include "credential/login_remarks.h"
#include "docker/config_change.h"
#include "kubernetes/keyring.h"
#include "system/error.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

struct CreateOptions {
  ManifestOptions manifest;
  bool only_removes = false;  ///< the rest is then not given
  std::string server;
  std::string username;
  std::string email;
  std::optional<std::string> password_file;  ///< absent: the password is on standard input
};

std::string required(const CommandLine& line, const std::string& option) {
  const auto value = value_of(line, option);
  if (!value || value->empty())
    throw Error("--" + option, "it is needed and not given", "pullsecret help create");
  return *value;
}

bool only_removes(const CommandLine& line) {
  return is_given(line, "remove") && !is_given(line, "server") && !is_given(line, "username") &&
         !is_given(line, "password-stdin") && !is_given(line, "password-file");
}

CreateOptions read_create_options(const CommandLine& line) {
  if (only_removes(line)) return {.manifest = read_manifest_options(line), .only_removes = true};
  CreateOptions create{.manifest = read_manifest_options(line),
                       .server = required(line, "server"),
                       .username = required(line, "username"),
                       .email = value_of(line, "email").value_or(""),
                       .password_file = value_of(line, "password-file")};
  if (const auto reason = why_serves_nothing(create.server))
    throw Error("--server", reason->message(), reason->hint());
  const bool from_stdin = is_set(line, "password-stdin");
  if (from_stdin && create.password_file)
    throw Error("", "--password-stdin and --password-file exclude each other");
  if (from_stdin && create.manifest.into == "-")
    throw Error("--into", "standard input is the password already",
                "--password-file FILE, or name a file with --into");
  if (!from_stdin && !create.password_file)
    throw Error("", "one of --password-stdin and --password-file is needed",
                "pullsecret create --server ghcr.io --username me --password-stdin < token");
  return create;
}

// As docker login --password-stdin since 29.3: one line break at the end, CR LF, LF or CR, is the
// typist's, all else the password's. Docker before that cut all white space at its ends.
std::string without_line_break(std::string password) {
  if (password.ends_with('\n')) password.pop_back();
  if (password.ends_with('\r')) password.pop_back();
  return password;
}

std::string read_password(const CreateOptions& options, const Streams& streams) {
  constexpr std::size_t max_password = 1024UL * 1024;
  if (!options.password_file)
    print_note_of_typing(streams, "the password, which shows as it is typed,");
  std::string password = without_line_break(
      options.password_file ? read_input(*options.password_file, max_password)
                            : read_all(STDIN_FILENO, "standard input", max_password));
  if (trim(password).empty())
    throw Error(
        "", password.empty() ? "the password is empty" : "the password is nothing but white space");
  return password;
}

void create(const CreateOptions& options, const Streams& streams) {
  if (options.only_removes) return write_secrets(options.manifest, {}, streams);
  Credential credential{.username = options.username, .password = read_password(options, streams)};
  credential.email = options.email;
  for (const Remark& remark : remarks_on_login(credential)) {
    std::string hint = remark.hint.empty()
                           ? "leave that out; echo adds a line break, where printf %s adds none"
                           : remark.hint;
    // There is no template here to be looked at.
    if (remark.name == "unfilled-template") hint.clear();
    print_warning(streams, Error("", remark.message, std::move(hint)));
  }
  const std::string key = kubelet_registry_key(options.server);
  if (options.manifest.format == OutputFormat::config)
    return write_output(
        options.manifest,
        changed_config({.text = "\n"}, inline_alone({{key, std::move(credential)}})), streams);
  write_secrets(options.manifest, {{key, std::move(credential)}}, streams);
}

}  // namespace

Command create_command() {
  return {
      .name = "create",
      .usage = "[OPTION]...",
      .summary = "make a Secret from a username and a password",
      .intro =
          R"(Prints a Kubernetes Secret for one registry, username and password.

Usage:
    pullsecret create --server HOST --username USER
                      (--password-stdin | --password-file FILE)
                      [OPTION]... | kubectl apply -f -

It makes what `kubectl create secret docker-registry` makes, but the password
never stands on a command line, and no cluster is needed. It cuts one line break
at the password's end, and nothing else, as docker login --password-stdin does
since 29.3.

Pods use the Secret if their imagePullSecrets name it, in the same namespace.
)",
      .groups = {{"The credential",
                  {{.name = "server",
                    .value = {"HOST", ValueKind::registry},
                    .description = "the registry, such as ghcr.io; for Docker Hub docker.io"},
                   {.name = "username", .value = {"USER"}, .description = "the username"},
                   {.name = "password-stdin",
                    .description = "read the password from standard input"},
                   {.name = "password-file",
                    .value = {"FILE", ValueKind::file},
                    .description = "read the password from FILE"},
                   {.letter = 'p',
                    .name = "password",
                    .value = {"PASSWORD"},
                    .refused = "refused: a password on a command line can be read by every user",
                    .in_its_place =
                        "pipe it in with --password-stdin, or name its file with --password-file"},
                   {.name = "email",
                    .value = {"EMAIL"},
                    .description = "only where a legacy registry asks for it"}}},
                 secret_options(),
                 into_options(),
                 output_options("yaml (default), json, or config: a Docker config file")},
      .outro = R"(Example:
    A Google service account key:

    $ pullsecret create --server europe-docker.pkg.dev --username _json_key \
          --password-file key.json --name gar | kubectl apply -f -
    secret/gar created

    Its Pods then have:

    imagePullSecrets: [{name: gar}]
)",
      .prepare = prepare<read_create_options, create>};
}

}  // namespace pullsecret
