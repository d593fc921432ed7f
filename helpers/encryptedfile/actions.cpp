#include "helpers/encryptedfile/actions.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "helpers/encryptedfile/credentials_file.h"
#include "helpers/encryptedfile/key_file.h"
#include "helpers/encryptedfile/passphrase.h"
#include "helpers/encryptedfile/passphrase_choice.h"
#include "helpers/encryptedfile/paths.h"
#include "system/error.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {

const std::string_view encrypted_file_help =
    R"(usage: docker-credential-encryptedfile <store|get|erase|list|version>
       docker-credential-encryptedfile init [--passphrase]
       docker-credential-encryptedfile unlock [--for TIME]
       docker-credential-encryptedfile lock
       docker-credential-encryptedfile rekey [--passphrase | --key-file FILE]
       docker-credential-encryptedfile status [-o json|text]

Keeps Docker's registry credentials in one encrypted file. It needs no D-Bus, no
GnuPG and no daemon. To use it, write into ~/.docker/config.json:

  {"credsStore": "encryptedfile"}

Docker runs the actions of the first line. Each reads its input from standard
input. The others are for people:

  init      make the file before its first use. With --passphrase a passphrase
            opens it; else a key file does, as it would without init.
  unlock    ask for the passphrase, and keep the key in this login session: for
            8 hours, or --for TIME (90s, 30m, 8h, 2d)
  lock      forget that key
  rekey     encrypt the file with another key: a passphrase, the key in FILE, or
            a new random key. With a key in a file, it needs no passphrase from
            then on.
  status    say whether the file can be used, and if not, why: for programs in
            one line of JSON, with -o text for people

The file is credentials in the folder
${XDG_DATA_HOME:-~/.local/share}/docker-credential-encryptedfile. Its key is the
first of these that applies:

  1. the one in $DOCKER_CREDENTIAL_KEY_FILE, or in
     $CREDENTIALS_DIRECTORY/docker-credential-key (systemd's LoadCredential=):
     32 bytes, as they are or in base64 or hex
  2. a passphrase, if you made or rekeyed the file with one
  3. a random key, made at first use in
     ${XDG_CONFIG_HOME:-~/.config}/docker-credential-encryptedfile/key

If you chose a passphrase and the file is lost, only init makes a new one.

Example, on a server: it asks for a passphrase once in a login session

  docker-credential-encryptedfile init --passphrase
  docker login ghcr.io

More: man docker-credential-encryptedfile
)";

namespace {

using Arguments = std::vector<std::string>;

[[noreturn]] void refuse(const Arguments& arguments) {
  throw Error("", fmt::format("unexpected arguments: {}", printable(join(arguments, " "), 80)),
              "`docker-credential-encryptedfile --help` lists what there is");
}

void say(const std::string& line) {
  write_all(STDERR_FILENO, "standard error",
            fmt::format("docker-credential-encryptedfile: {}\n", line));
}

// The derived key is kept from now on, or the user told why not.
void keep_new_key(const DerivedKey& derived) {
  try {
    keep_key(derived.key, derived.passphrase, key_lifetime());
  } catch (const Error& error) {
    say(fmt::format("the passphrase will be asked for each time: {}", error.what()));
  }
}

void init(const Arguments& arguments) {
  const bool with_passphrase = arguments == Arguments{"--passphrase"};
  if (!arguments.empty() && !with_passphrase) refuse(arguments);
  CredentialsFile file(find_paths());
  file.refuse_existing();
  std::optional<DerivedKey> passphrase;
  if (with_passphrase) passphrase = ask_for_new_passphrase();
  file.create(passphrase);
  if (passphrase) keep_new_key(*passphrase);
  say(fmt::format("made {}", place_of(file.paths().credentials)));
}

void unlock(const Arguments& arguments) {
  const bool with_time = arguments.size() == 2 && arguments.front() == "--for";
  if (!arguments.empty() && !with_time) refuse(arguments);
  const std::chrono::seconds lifetime =
      with_time ? parse_lifetime(arguments.back()) : key_lifetime();
  const Paths paths = find_paths();
  const auto header = CredentialsFile(paths).header();
  if (!header) refuse_unasked_key(paths);
  if (!header || !header->passphrase)
    return say("nothing to unlock: no passphrase, but a key file opens the credentials");
  unlock_session(paths.credentials, *header, lifetime);
}

void lock(const Arguments& arguments) {
  if (!arguments.empty()) refuse(arguments);
  const Paths paths = find_paths();
  const auto header = CredentialsFile(paths).header();
  if (!header) refuse_unasked_key(paths);
  if (!header || !header->passphrase)
    return say("nothing to lock: no passphrase, but a key file opens the credentials");
  forget_key(*header->passphrase);
}

// What these return is why the key before is still there.
std::optional<Error> rekey_to_passphrase(CredentialsFile& file) {
  const DerivedKey derived = ask_for_new_passphrase();
  auto left = file.rekey(derived.key, derived.passphrase);
  keep_new_key(derived);
  return left;
}

std::optional<Error> rekey_to_key_file(CredentialsFile& file,
                                       const std::filesystem::path& key_file) {
  auto left = file.rekey(read_named_key(key_file), std::nullopt);
  if (file.paths().named_key != key_file)
    say(fmt::format("from now on: `export DOCKER_CREDENTIAL_KEY_FILE={}`",
                    shell_word(key_file.string())));
  return left;
}

std::optional<Error> rekey_at_random(CredentialsFile& file) {
  auto left = file.rekey_at_random();
  if (file.paths().named_key)
    say(fmt::format("from now on its key is in {}: name no other in the environment",
                    place_of(file.paths().key)));
  return left;
}

void say_without_passphrase(const std::filesystem::path& key_file) {
  say(fmt::format("from now on the credentials open without a passphrase, for whoever can read {}",
                  place_of(key_file)));
}

void rekey(const Arguments& arguments) {
  const bool to_passphrase = arguments == Arguments{"--passphrase"};
  const bool to_key_file = arguments.size() == 2 && arguments.front() == "--key-file";
  if (!arguments.empty() && !to_passphrase && !to_key_file) refuse(arguments);
  CredentialsFile file(find_paths());
  file.require_existing();
  const auto before = file.header();
  file.read();  // asks for the old passphrase before the new one
  const std::filesystem::path key_file =
      to_key_file ? std::filesystem::absolute(arguments.back()) : file.paths().key;
  const std::optional<Error> left = to_passphrase ? rekey_to_passphrase(file)
                                    : to_key_file ? rekey_to_key_file(file, key_file)
                                                  : rekey_at_random(file);
  if (before && before->passphrase) {
    forget_key(*before->passphrase);
    if (!to_passphrase) say_without_passphrase(key_file);
  }
  if (left)
    throw Error("", fmt::format("rekeyed, but the key before is not gone: {}", left->what()),
                left->hint());
}

}  // namespace

std::vector<OwnAction> encrypted_file_actions() {
  return {{"init", init}, {"unlock", unlock}, {"lock", lock}, {"rekey", rekey}};
}

}  // namespace pullsecret
