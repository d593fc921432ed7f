#include "doctor/store_checks.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "system/environment.h"
#include "system/error.h"
#include "system/file.h"
#include "system/gpg_key.h"
#include "system/program.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr const char* secretservice = "docker-credential-secretservice";
constexpr const char* pass = "docker-credential-pass";

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Words by which one recognises what is the matter.
struct KeyringWords {
  std::string_view words;
  Keyring keyring;
};

template <std::size_t count>
Keyring recognise(std::string_view text, const std::array<KeyringWords, count>& known) {
  const auto found = std::find_if(known.begin(), known.end(), [text](const KeyringWords& entry) {
    return has(text, entry.words);
  });
  return found == known.end() ? Keyring::unknown : found->keyring;
}

// What dbus-send prints, the names of D-Bus errors among it.
constexpr std::array dbus_send_words{
    KeyringWords{"boolean true", Keyring::locked},
    KeyringWords{"boolean false", Keyring::unlocked},
    KeyringWords{"Failed to open connection", Keyring::no_bus},
    KeyringWords{"org.freedesktop.DBus.Error.ServiceUnknown", Keyring::no_service},
    KeyringWords{"org.freedesktop.DBus.Error.NameHasNoOwner", Keyring::no_service},
    KeyringWords{"org.freedesktop.DBus.Error.Spawn.", Keyring::no_service},
    // GDBus, and so gnome-keyring, answers 'unknown method' of an object that is not there.
    KeyringWords{"org.freedesktop.DBus.Error.UnknownMethod", Keyring::missing},
    KeyringWords{"org.freedesktop.DBus.Error.UnknownObject", Keyring::missing},
    KeyringWords{"org.freedesktop.Secret.Error.NoSuchObject", Keyring::missing},
};

// What the helpers say: pullsecret's, and upstream's, which hands on libsecret's and GDBus's words.
constexpr std::array helper_words{
    KeyringWords{"there is no session bus", Keyring::no_bus},
    KeyringWords{"Cannot autolaunch D-Bus", Keyring::no_bus},
    KeyringWords{"Could not connect", Keyring::no_bus},
    KeyringWords{"no program on the session bus keeps secrets", Keyring::no_service},
    KeyringWords{"was not provided by any .service files", Keyring::no_service},
    KeyringWords{"unlock the keyring", Keyring::locked},
    KeyringWords{"the keyring is locked", Keyring::locked},
    KeyringWords{"locked collection", Keyring::locked},
    KeyringWords{"make a first keyring", Keyring::missing},
    KeyringWords{"Object does not exist at path", Keyring::missing},
};

// Without an address and a socket at the usual place libdbus would start a bus of its own.
bool is_bus_named() {
  if (environment_variable("DBUS_SESSION_BUS_ADDRESS")) return true;
  const auto folder = environment_variable("XDG_RUNTIME_DIR");
  std::error_code unknown;
  return folder && fs::is_socket(fs::path(*folder) / "bus", unknown);
}

Finding keyring_finding(std::string name, Severity severity, std::string message,
                        std::string hint) {
  return {{"secretservice-" + std::move(name), severity, std::move(message), std::move(hint)},
          secretservice};
}

Finding no_bus() {
  return keyring_finding(
      "no-bus", Severity::problem,
      "there is no D-Bus session bus here, as over ssh, under sudo or in a container: the "
      "desktop's "
      "keyring cannot be reached, and docker login fails",
      "log in to the desktop, or use a store that needs none: `pullsecret doctor --fix --use "
      "encryptedfile`");
}

Finding no_service() {
  return keyring_finding(
      "no-service", Severity::problem,
      "no program on the session bus keeps secrets (nobody owns org.freedesktop.secrets): docker "
      "login fails",
      "start gnome-keyring-daemon, or KeePassXC with its Secret Service turned on; or `pullsecret "
      "doctor --fix --use encryptedfile`");
}

Finding locked(Severity severity) {
  return keyring_finding(
      "locked", severity,
      "the default keyring is locked: docker login and docker pull ask to unlock it, and fail, or "
      "find nothing, where no program can ask",
      "unlock it on the desktop, such as in Passwords and Keys (seahorse)");
}

Finding missing(Severity severity) {
  return keyring_finding(
      "no-keyring", severity,
      "there is no default keyring yet: docker login asks for a password for a new one, and fails "
      "where no program can ask",
      "make one on the desktop, such as in Passwords and Keys (seahorse); or `pullsecret doctor "
      "--fix --use encryptedfile`");
}

Finding pass_finding(std::string name, std::string message, std::string hint) {
  return problem(std::move(name), pass, std::move(message), std::move(hint));
}

Finding pass_finding(std::string name, const Error& error) {
  return pass_finding(std::move(name), error.what(), error.hint());
}

// `.gpg-id`: a key a line; what follows a # is a comment.
std::vector<std::string> keys_in(const fs::path& gpg_id) {
  constexpr std::size_t most = 64UL * 1024;
  std::vector<std::string> keys;
  for (const std::string& line : split(read_file(gpg_id, most), '\n')) {
    const std::string key(trim(std::string_view(line).substr(0, line.find('#'))));
    if (!key.empty()) keys.push_back(key);
  }
  return keys;
}

// Whom pass encrypts the credentials to, as it looks for that itself: `pass init -p` gives a folder
// keys of its own.
std::vector<std::string> password_store_keys(const fs::path& store) {
  if (const auto named = environment_variable("PASSWORD_STORE_KEY")) {
    std::vector<std::string> keys = split(*named, ' ');
    std::erase(keys, "");
    return keys;
  }
  for (const fs::path& folder : {store / "docker-credential-helpers", store}) {
    std::error_code unknown;
    if (fs::is_regular_file(folder / ".gpg-id", unknown)) return keys_in(folder / ".gpg-id");
  }
  return {};
}

Finding not_initialized(const fs::path& store) {
  return pass_finding(
      "pass-not-initialized",
      fmt::format("the password store {} is not initialised: docker login fails", place_of(store)),
      "run `pass init KEY` with the ID of your GPG key, which `gpg --list-secret-keys` lists, or "
      "`gpg --quick-generate-key` makes");
}

std::string name_of(GpgKeyFault fault) {
  switch (fault) {
    case GpgKeyFault::missing:
      return "pass-key-missing";
    case GpgKeyFault::expired:
      return "pass-key-expired";
    case GpgKeyFault::untrusted:
      return "pass-key-untrusted";
    default:
      return "pass-key-unusable";
  }
}

std::optional<Finding> check_key(const std::string& name) {
  if (can_encrypt_to(name)) return std::nullopt;
  const auto key = first_key(list_gpg_keys("--list-keys", name));
  const auto fault = key ? fault_of(*key) : GpgKeyFault::missing;
  if (!fault)
    return pass_finding(
        "pass-key-unusable",
        fmt::format("gpg does not encrypt to the password store's key {}: docker login fails",
                    printable(name)),
        fmt::format("see what it says: echo | gpg --encrypt --recipient {} >/dev/null",
                    printable(name)));
  const Error error = key_error(*fault, key ? key->fingerprint : name);
  return pass_finding(name_of(*fault), error.message() + ": docker login fails", error.hint());
}

bool has_secret_key(const std::string& key) {
  return !list_gpg_keys("--list-secret-keys", key).empty();
}

Findings check_keys(const std::vector<std::string>& keys) {
  Findings findings;
  for (const std::string& key : keys)
    if (auto finding = check_key(key)) findings.push_back(*std::move(finding));
  if (findings.empty() && std::none_of(keys.begin(), keys.end(), has_secret_key))
    findings.push_back(pass_finding(
        "pass-key-missing",
        fmt::format("gpg has no secret key for {}: docker login can store credentials, and nobody "
                    "here can read them",
                    printable(join(keys, ", "))),
        "import it with `gpg --import FILE`, or use a key of your own: `pass init KEY`"));
  return findings;
}

}  // namespace

Keyring ask_keyring() {
  constexpr std::size_t most = 4096;
  if (!is_bus_named()) return Keyring::no_bus;
  const auto program = find_on_path("dbus-send").found;
  if (!program) return Keyring::unknown;
  const ProgramResult result = run_program(
      {.program = *program,
       .arguments = {"--session", "--print-reply=literal", "--dest=org.freedesktop.secrets",
                     "/org/freedesktop/secrets/aliases/default",
                     "org.freedesktop.DBus.Properties.Get",
                     "string:org.freedesktop.Secret.Collection", "string:Locked"},
       .input = {},
       .timeout = std::chrono::seconds(10),
       .max_output = most});
  return recognise(result.output + result.error_output, dbus_send_words);
}

std::optional<Finding> check_keyring(Keyring keyring, const std::string& said) {
  const Severity severity = said.empty() ? Severity::warning : Severity::problem;
  if (keyring == Keyring::unknown) keyring = recognise(said, helper_words);
  switch (keyring) {
    case Keyring::no_bus:
      return no_bus();
    case Keyring::no_service:
      return no_service();
    case Keyring::locked:
      return locked(severity);
    case Keyring::missing:
      return missing(severity);
    default:
      return std::nullopt;
  }
}

Findings check_password_store() {
  try {
    required_program("pass", "pass");
    find_gpg();
  } catch (const Error& error) {
    return {pass_finding("pass-not-installed", error)};
  }
  try {
    const fs::path store = password_store_folder();
    const std::vector<std::string> keys = password_store_keys(store);
    return keys.empty() ? Findings{not_initialized(store)} : check_keys(keys);
  } catch (const Error& error) {
    return {pass_finding("pass-not-initialized", error)};
  }
}

std::optional<Finding> check_pinentry(const std::string& said) {
  // Also what gpg 2.2 says for want of the passphrase, where the key is there; of pinentry-curses
  // without a terminal: 'Inappropriate ioctl for device'.
  constexpr std::array<std::string_view, 4> words{"passphrase", "pinentry", "No secret key",
                                                  "ioctl"};
  const auto is_said = [&said](std::string_view word) { return has(said, word); };
  if (std::none_of(words.begin(), words.end(), is_said)) return std::nullopt;
  return pass_finding(
      "pass-no-pinentry",
      "gpg could not ask for the key's passphrase, or did not get it: docker pull fails while "
      "gpg-agent does not remember it",
      "run `export GPG_TTY=$(tty)` in the shell (in ~/.bashrc, too); where no prompt comes even "
      "then, install a pinentry: `apt install pinentry-curses`, `gpgconf --kill gpg-agent`");
}

}  // namespace pullsecret
