#include "helpers/pass/gpg_key.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "helpers/pass/gpg_settings.h"
#include "system/environment.h"
#include "system/run_programs.h"
#include "system/text.h"

namespace pullsecret {
namespace {

ProgramResult run_gpg(const std::vector<std::string>& arguments, std::string input = {}) {
  constexpr std::size_t most = 1024UL * 1024;
  std::vector<std::string> options = user_gpg_options();
  options.emplace_back("--batch");
  options.insert(options.end(), arguments.begin(), arguments.end());
  return run_program({.program = find_gpg(),
                      .arguments = std::move(options),
                      .input = std::move(input),
                      .timeout = std::chrono::seconds(20),
                      .max_output = most});
}

}  // namespace

bool has_exited_well(const ProgramResult& result) {
  const auto* exited = std::get_if<Exited>(&result.end);
  return exited != nullptr && exited->status == 0;
}

std::filesystem::path password_store_folder() {
  if (auto folder = environment_variable("PASSWORD_STORE_DIR")) return *std::move(folder);
  return home_folder() / ".password-store";
}

std::filesystem::path find_gpg() {
  if (auto second = find_on_path("gpg2").found) return *std::move(second);
  return required_program("gpg", "gnupg");
}

std::string list_gpg_keys(std::string_view list, const std::string& key) {
  return run_gpg({"--with-colons", std::string(list), "--", key}).output;
}

bool can_encrypt_to(const std::string& key) {
  return has_exited_well(run_gpg({"--no-encrypt-to", "--no-auto-key-locate", "--yes", "--output",
                                  "/dev/null", "--recipient", key, "--encrypt"}));
}

// `ERROR keylist.getkey CODE`: of libgpg-error's code the lower 16 bits say what it is.
GpgCondition gpg_condition(const std::string& key) {
  constexpr std::string_view mark = "[GNUPG:] ERROR keylist.getkey ";
  constexpr unsigned long code_bits = 0xFFFF, no_public_key = 9, no_secret_key = 17, no_agent = 77;
  const ProgramResult result =
      run_gpg({"--status-fd", "1", "--with-colons", "--list-secret-keys", "--", key});
  if (has_exited_well(result)) return GpgCondition::answers;
  for (const std::string& line : split(result.output, '\n')) {
    if (!line.starts_with(mark)) continue;
    const unsigned long code = std::strtoul(line.c_str() + mark.size(), nullptr, 10) & code_bits;
    if (code == no_agent) return GpgCondition::lacks_agent;
    if (code == no_public_key || code == no_secret_key) return GpgCondition::answers;
  }
  return GpgCondition::fails;
}

bool decrypts_unasked(const std::vector<std::string>& keys) {
  std::vector<std::string> arguments{"--no-encrypt-to", "--no-auto-key-locate", "--encrypt"};
  for (const std::string& key : keys)
    arguments.insert(arguments.end(), {"--recipient", key});
  ProgramResult encrypted = run_gpg(arguments);
  arguments = {"--decrypt"};
  if (!asks_without_pinentry()) arguments.insert(arguments.begin(), {"--pinentry-mode", "error"});
  return has_exited_well(encrypted) &&
         has_exited_well(run_gpg(arguments, std::move(encrypted.output)));
}

std::optional<GpgKey> first_key(std::string_view listing) {
  std::optional<GpgKey> key;
  for (const std::string& line : split(listing, '\n')) {
    const std::vector<std::string> fields = split(line, ':');
    if (fields.size() < 12 && fields.front() != "fpr") continue;
    if (fields.front() == "pub" && !key)
      key = {.validity = fields[1].empty() ? '-' : fields[1].front(), .capabilities = fields[11]};
    if (fields.front() == "fpr" && key && fields.size() > 9) {
      key->fingerprint = fields[9];
      return key;
    }
  }
  return key;
}

bool has_decrypting_key(std::string_view listing) {
  constexpr std::size_t capabilities = 11, kept_in = 14;
  const std::vector<std::string> lines = split(listing, '\n');
  return std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
    const std::vector<std::string> fields = split(line, ':');
    return (fields.front() == "sec" || fields.front() == "ssb") && fields.size() > kept_in &&
           fields[capabilities].find('e') != std::string::npos && fields[kept_in] == "+";
  });
}

std::optional<GpgKeyFault> fault_of(const GpgKey& key) {
  const auto has_capability = [&key](char letter) {
    return key.capabilities.find(letter) != std::string::npos;
  };
  if (key.validity == 'e') return GpgKeyFault::expired;
  if (key.validity == 'r') return GpgKeyFault::revoked;
  if (has_capability('D')) return GpgKeyFault::disabled;
  if (!has_capability('E')) return GpgKeyFault::cannot_encrypt;
  if (key.validity != 'u' && key.validity != 'f') return GpgKeyFault::untrusted;
  return std::nullopt;
}

std::string_view key_to_show(std::string_view key) {
  constexpr std::size_t shortest_id = 8, longest_fingerprint = 64, longest_user_id = 256;
  std::string_view id = key;
  if (id.starts_with("0x")) id.remove_prefix(2);
  if (id.ends_with('!')) id.remove_suffix(1);
  const bool is_id = id.size() >= shortest_id && id.size() <= longest_fingerprint &&
                     id.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
  const auto at = key.find('@');
  const bool has_address = key.size() <= longest_user_id && at != std::string_view::npos &&
                           at > 0 && key.find('@', at + 1) == std::string_view::npos &&
                           key.find(':') == std::string_view::npos;
  return is_id || has_address ? key : "KEY";
}

Error key_error(GpgKeyFault fault, std::string_view key) {
  const std::string name = printable(key_to_show(key)), word = shell_word(key_to_show(key));
  switch (fault) {
    case GpgKeyFault::missing:
      return {"pass",
              fmt::format("gpg has no public key {}, which the password store is for", name),
              "import it with `gpg --import FILE`, or use another key: `pass init KEY`"};
    case GpgKeyFault::expired:
      return {"pass", fmt::format("the password store's GPG key {} has expired", name),
              fmt::format("extend it with `gpg --edit-key {} expire save`", word)};
    case GpgKeyFault::revoked:
      return {"pass", fmt::format("the password store's GPG key {} is revoked", name),
              "use another key: `pass init KEY`"};
    case GpgKeyFault::disabled:
      return {"pass", fmt::format("the password store's GPG key {} is disabled", name),
              fmt::format("enable it with `gpg --edit-key {} enable save`", word)};
    case GpgKeyFault::cannot_encrypt:
      return {
          "pass",
          fmt::format("the password store's GPG key {} has no valid part to encrypt with", name),
          fmt::format("`gpg --quick-add-key {}` adds one; where one has expired, `gpg --edit-key "
                      "{} 'key *' expire save` extends it; or use another key: "
                      "`pass init KEY`",
                      word, word)};
    case GpgKeyFault::untrusted:
      break;
  }
  return {"pass", fmt::format("gpg does not trust the password store's key {}", name),
          fmt::format("if it is yours, say so with `gpg --edit-key {} trust save`", word)};
}

}  // namespace pullsecret
