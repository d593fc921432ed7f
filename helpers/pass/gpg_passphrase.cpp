#include "helpers/pass/gpg_passphrase.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>

#include "helpers/pass/gpg_key.h"
#include "helpers/pass/gpg_settings.h"
#include "system/environment.h"
#include "system/file.h"
#include "system/file_descriptor.h"
#include "system/run_programs.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most = 1024UL * 1024;

// ---- What gpg-agent knows

// The names by which gpg-agent keeps the secret keys that decrypt. A record `sec` or `ssb` of the
// listing is followed by its `grp` (GnuPG, doc/DETAILS).
std::vector<std::string> keygrips_in(std::string_view listing) {
  constexpr std::size_t capabilities = 11, value = 9;
  std::vector<std::string> keygrips;
  bool decrypts = false;
  for (const std::string& line : split(listing, '\n')) {
    const std::vector<std::string> fields = split(line, ':');
    const bool is_key = fields.front() == "sec" || fields.front() == "ssb";
    if (is_key && fields.size() > capabilities)
      decrypts = fields[capabilities].find('e') != std::string::npos;
    if (fields.front() == "grp" && fields.size() > value && decrypts)
      keygrips.push_back(fields[value]);
  }
  return keygrips;
}

// What gpg-agent's answer says of one key: `S KEYINFO KEYGRIP TYPE SERIAL ID CACHED PROTECTION …`,
// TYPE D for a file, PROTECTION P for a passphrase, CACHED 1 or -.
PassphraseState state_in(std::string_view answer, const std::string& keygrip) {
  constexpr std::size_t type = 3, cached = 6, protection = 7;
  for (const std::string& line : split(answer, '\n')) {
    const std::vector<std::string> words = split(line, ' ');
    if (words.size() <= protection || words[1] != "KEYINFO" || words[2] != keygrip) continue;
    const bool is_needed = words[type] == "D" && words[protection] == "P";
    return {is_needed, is_needed && words[cached] != "1"};
  }
  return {};
}

// ---- The pinentry

// gpg-agent.conf's, else the one that gpg was built with; empty if it is not known.
fs::path find_pinentry() {
  const auto chosen = gpg_file_setting("gpg-agent.conf", "pinentry-program");
  return chosen ? fs::path(*chosen) : gpg_component("pinentry");
}

// Of those that draw on a terminal alone; others may, where there is no display.
bool is_for_terminals(const fs::path& pinentry) {
  const ProgramResult result = run_program({.program = pinentry,
                                            .arguments = {},
                                            .input = "GETINFO flavor\nBYE\n",
                                            .timeout = std::chrono::seconds(10),
                                            .max_output = most});
  const std::vector<std::string> lines = split(result.output, '\n');
  return std::any_of(lines.begin(), lines.end(),
                     [](const std::string& line) { return line == "D curses" || line == "D tty"; });
}

bool has_display() {
  return environment_variable("DISPLAY") || environment_variable("WAYLAND_DISPLAY");
}

bool is_terminal(const std::string& name) {
  const FileDescriptor terminal(open(name.c_str(), O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  return terminal.is_open() && isatty(terminal.get()) != 0;
}

}  // namespace

std::string terminal_to_ask_on() {
  if (auto chosen = environment_variable("GPG_TTY")) return *std::move(chosen);
  std::array<char, 256> name{};
  for (const int descriptor : {STDERR_FILENO, STDOUT_FILENO, STDIN_FILENO})
    if (ttyname_r(descriptor, name.data(), name.size()) == 0) return name.data();
  return {};
}

Error no_terminal_error() {
  return {"pass", "gpg cannot ask for the key's passphrase: there is no terminal here",
          "run `export GPG_TTY=$(tty)` in the shell and try again"};
}

Error no_passphrase_error() {
  return {
      "pass",
      "gpg has the key, and not its passphrase: with --pinentry-mode loopback no pinentry asks "
      "for it",
      "let --passphrase-file in PASSWORD_STORE_GPG_OPTS name a file that holds it; or take that "
      "mode out"};
}

PassphraseState passphrase_state(const std::vector<std::string>& keys) {
  std::vector<std::string> keygrips;
  for (const std::string& key : keys)
    for (const std::string& keygrip : keygrips_in(list_gpg_keys("--list-secret-keys", key)))
      keygrips.push_back(keygrip);
  if (keygrips.empty()) return {};
  const std::string answer = output_of_gpg_tool("gpg-connect-agent", {"keyinfo --list", "/bye"});
  PassphraseState all{true, true};
  for (const std::string& keygrip : keygrips) {
    const PassphraseState one = state_in(answer, keygrip);
    all.is_needed &= one.is_needed;
    all.has_to_ask &= one.has_to_ask;
  }
  return all;
}

std::optional<Error> why_it_cannot_ask() {
  if (asks_without_pinentry())
    return is_terminal("/dev/tty") ? std::nullopt : std::optional(no_passphrase_error());
  const fs::path pinentry = find_pinentry();
  if (pinentry.empty()) return std::nullopt;
  if (access(pinentry.c_str(), X_OK) != 0)
    return Error("pass",
                 fmt::format("gpg cannot ask for the key's passphrase: there is no pinentry {}",
                             place_of(pinentry)),
                 "install one, such as `apt install pinentry-curses`, then `gpgconf --kill "
                 "gpg-agent`");
  if (is_terminal(terminal_to_ask_on())) return std::nullopt;
  if (has_display() && !is_for_terminals(pinentry)) return std::nullopt;
  return no_terminal_error();
}

}  // namespace pullsecret
