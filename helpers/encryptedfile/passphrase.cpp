#include "helpers/encryptedfile/passphrase.h"

#include <string>

#include <fmt/format.h>
#include <sodium.h>

#include "credential/go_duration.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/file.h"
#include "system/session_keyring.h"
#include "system/terminal.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr int max_attempts = 3;
constexpr const char* lifetime_variable = "DOCKER_CREDENTIAL_UNLOCK_FOR";

std::string name_in_keyring(const Argon2id& passphrase) {
  std::string name = "docker-credential-encryptedfile:";
  for (const char byte : passphrase.salt)
    name += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return name;
}

Terminal terminal_to_ask_on(const std::filesystem::path& file) {
  if (auto terminal = Terminal::open()) return std::move(*terminal);
  throw locked_error(file);
}

Key ask_until_right(const Terminal& terminal, const std::filesystem::path& file,
                    const SealedHeader& header) {
  const std::string prompt = fmt::format("Passphrase for {}: ", place_of(file));
  for (int attempt = 1; attempt <= max_attempts; ++attempt) {
    Key key = derive_key(terminal.ask_secret(prompt), *header.passphrase);
    if (is_key_of(key, header)) return key;
    terminal.say("This is not its passphrase.");
  }
  throw Error(place_of(file), "locked, and what was entered is not its passphrase",
              "try again: `docker-credential-encryptedfile unlock`");
}

// Docker shows what a helper prints only when it fails; so the terminal is where to say it.
void keep_or_say_why_not(const Terminal& terminal, const Key& key, const Argon2id& passphrase) {
  try {
    keep_key(key, passphrase, key_lifetime());
  } catch (const Error& error) {
    terminal.say(fmt::format("The passphrase will be asked for each time; {}.", error.what()));
  }
}

}  // namespace

std::chrono::seconds parse_lifetime(std::string_view text) {
  constexpr std::chrono::seconds shortest(1), longest = std::chrono::hours(24 * 366);
  const auto duration = parse_duration(text);
  if (!duration || *duration < shortest || *duration > longest)
    throw Error("", fmt::format("not a time: {}", printable(text, 40)),
                "write 90s, 30m, 8h or 2d; at most a year");
  return std::chrono::floor<std::chrono::seconds>(*duration);
}

std::chrono::seconds key_lifetime() {
  const auto text = environment_variable(lifetime_variable);
  if (!text) return std::chrono::hours(8);
  try {
    return parse_lifetime(*text);
  } catch (const Error& error) {
    throw Error(lifetime_variable, error.message(), error.hint());
  }
}

std::optional<Key> find_kept_key(const SealedHeader& header) {
  auto kept = find_in_session(name_in_keyring(*header.passphrase));
  if (!kept || kept->size() != key_size) return std::nullopt;
  Key key{std::move(*kept)};
  if (!is_key_of(key, header)) return std::nullopt;
  return key;
}

void keep_key(const Key& key, const Argon2id& passphrase, std::chrono::seconds lifetime) {
  keep_in_session(name_in_keyring(passphrase), key.bytes, lifetime);
}

void forget_key(const Argon2id& passphrase) {
  forget_in_session(name_in_keyring(passphrase));
}

Error locked_error(const std::filesystem::path& file) {
  return {place_of(file), "locked, and there is no terminal to ask for its passphrase",
          "run in this login session: `docker-credential-encryptedfile unlock`"};
}

Key find_or_ask_for_key(const std::filesystem::path& file, const SealedHeader& header) {
  if (auto key = find_kept_key(header)) return std::move(*key);
  const Terminal terminal = terminal_to_ask_on(file);
  // Who had the terminal before may have asked already.
  if (auto key = find_kept_key(header)) return std::move(*key);
  Key key = ask_until_right(terminal, file, header);
  keep_or_say_why_not(terminal, key, *header.passphrase);
  return key;
}

void unlock_session(const std::filesystem::path& file, const SealedHeader& header,
                    std::chrono::seconds lifetime) {
  auto key = find_kept_key(header);
  if (!key) key = ask_until_right(terminal_to_ask_on(file), file, header);
  keep_key(*key, *header.passphrase, lifetime);
}

DerivedKey ask_for_new_passphrase() {
  const auto terminal = Terminal::open();
  if (!terminal)
    throw Error("", "there is no terminal to ask for a passphrase",
                "a key file needs none: leave --passphrase out");
  const std::string passphrase = terminal->ask_secret("New passphrase: ");
  if (terminal->ask_secret("The same again: ") != passphrase)
    throw Error("", "the two passphrases differ", "nothing was changed; try again");
  const Argon2id how = new_argon2id();
  return {.key = derive_key(passphrase, how), .passphrase = how};
}

}  // namespace pullsecret
