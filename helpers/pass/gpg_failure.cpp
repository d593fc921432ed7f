#include "helpers/pass/gpg_failure.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "helpers/pass/gpg_key.h"
#include "helpers/pass/gpg_passphrase.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::string_view status_mark = "[GNUPG:] ";

struct StatusLine {
  std::string keyword;
  std::vector<std::string> arguments;
};

std::vector<StatusLine> status_lines(std::string_view error_output) {
  std::vector<StatusLine> lines;
  for (const std::string& line : split(error_output, '\n')) {
    if (!line.starts_with(status_mark)) continue;
    std::vector<std::string> words = split(std::string_view(line).substr(status_mark.size()), ' ');
    const std::string keyword = words.front();
    words.erase(words.begin());
    lines.push_back({keyword, std::move(words)});
  }
  return lines;
}

std::optional<StatusLine> last_line(const std::vector<StatusLine>& lines,
                                    std::string_view keyword) {
  const auto found = std::find_if(lines.rbegin(), lines.rend(), [keyword](const StatusLine& line) {
    return line.keyword == keyword && !line.arguments.empty();
  });
  if (found == lines.rend()) return std::nullopt;
  return *found;
}

bool has_line(std::string_view error_output, std::string_view keyword) {
  const std::vector<StatusLine> lines = status_lines(error_output);
  return std::any_of(lines.begin(), lines.end(),
                     [keyword](const StatusLine& line) { return line.keyword == keyword; });
}

// NODATA: the entry breaks off before its end, or is no OpenPGP message. DECRYPTION_KEY: the key
// was found and unlocked, so that it is the data behind it that is wrong.
bool is_damaged(const std::vector<StatusLine>& lines) {
  return !last_line(lines, "ENC_TO") || last_line(lines, "NODATA") ||
         last_line(lines, "DECRYPTION_KEY");
}

// The key that gpg gave up at: named in INV_RECP, whose first argument is a reason that gpg 2.2
// mostly leaves open; without that line, the last one it considered.
std::optional<std::string> refused_key(const std::vector<StatusLine>& lines) {
  if (const auto refused = last_line(lines, "INV_RECP"))
    return join({refused->arguments.begin() + 1, refused->arguments.end()}, " ");
  if (const auto considered = last_line(lines, "KEY_CONSIDERED"))
    return considered->arguments.front();
  return std::nullopt;
}

Error in_own_words(std::string_view error_output, std::string_view action, std::string hint) {
  const std::string said = said_to_people(error_output);
  return {"pass", fmt::format("gpg cannot {}{}{}", action, said.empty() ? "" : ": ", said),
          std::move(hint)};
}

// Whether gpg has the secret half of any key that the entry is encrypted to, or may have: the key
// ID is all zeros where the sender hid it.
bool has_key_to_decrypt(const std::vector<StatusLine>& lines, const KeyList& list_keys) {
  return std::any_of(lines.begin(), lines.end(), [&](const StatusLine& line) {
    if (line.keyword != "ENC_TO" || line.arguments.empty()) return false;
    const std::string& key = line.arguments.front();
    return key.find_first_not_of('0') == std::string::npos ||
           !list_keys("--list-secret-keys", key).empty();
  });
}

Error passphrase_failure(const std::vector<StatusLine>& lines, const GpgKnowledge& gpg,
                         std::string_view terminal) {
  if (gpg.asks_without_pinentry()) return no_passphrase_error();
  if (!last_line(lines, "PINENTRY_LAUNCHED"))
    return {"pass", "gpg has the key but cannot use it, and started no pinentry for its passphrase",
            "install one, such as `apt install pinentry-curses`, then `gpgconf --kill gpg-agent`; "
            "where there is one, the entry is damaged: log in again"};
  if (terminal.empty()) return no_terminal_error();
  return {"pass",
          fmt::format("gpg did not get the right passphrase for the key; it asked on {}",
                      printable(terminal)),
          "try again; if no prompt was seen, run `export GPG_TTY=$(tty)` first"};
}

}  // namespace

std::string said_to_people(std::string_view error_output) {
  constexpr std::size_t most = 600;
  std::vector<std::string> said;
  for (const std::string& line : split(error_output, '\n'))
    if (!line.starts_with(status_mark) && !trim(line).empty()) said.emplace_back(trim(line));
  return printable(join(said, ", "), most);
}

bool gpg_spoke(std::string_view error_output) {
  return error_output.find(status_mark) != std::string_view::npos;
}

bool has_decrypted(std::string_view error_output) {
  return has_line(error_output, "DECRYPTION_OKAY");
}

bool has_given_plaintext(std::string_view error_output) {
  return has_line(error_output, "PLAINTEXT");
}

bool has_encrypted(std::string_view error_output) {
  return has_line(error_output, "END_ENCRYPTION");
}

std::vector<std::string> keys_encrypted_to(std::string_view error_output) {
  std::vector<std::string> keys;
  for (const StatusLine& line : status_lines(error_output))
    if (line.keyword == "KEY_CONSIDERED" && !line.arguments.empty() &&
        std::find(keys.begin(), keys.end(), line.arguments.front()) == keys.end())
      keys.push_back(line.arguments.front());
  return keys;
}

bool had_to_ask(std::string_view error_output) {
  return !has_decrypted(error_output) && !is_damaged(status_lines(error_output));
}

Error encryption_failure(std::string_view error_output, const GpgKnowledge& gpg) {
  if (const auto refused = refused_key(status_lines(error_output))) {
    const auto key = first_key(gpg.list_keys("--list-keys", *refused));
    if (const auto fault = key ? fault_of(*key) : std::nullopt)
      return key_error(*fault, key->fingerprint);
    if (const auto obstacle = gpg.find_obstacle(*refused)) return obstacle->error;
    if (!key) return key_error(GpgKeyFault::missing, *refused);
  }
  return in_own_words(error_output, "encrypt",
                      "see what it says: `echo | gpg --encrypt --recipient KEY >/dev/null`, with "
                      "the KEY in .gpg-id");
}

Error decryption_failure(std::string_view error_output, const GpgKnowledge& gpg,
                         std::string_view terminal) {
  const std::vector<StatusLine> lines = status_lines(error_output);
  if (is_damaged(lines))
    return in_own_words(error_output, "read the entry, which may be damaged",
                        "log in again, which replaces it");
  if (has_key_to_decrypt(lines, gpg.list_keys)) return passphrase_failure(lines, gpg, terminal);
  const std::string key = last_line(lines, "ENC_TO")->arguments.front();
  if (const auto obstacle = gpg.find_obstacle(key)) return obstacle->error;
  return {"pass",
          fmt::format("gpg has no secret key {}, which the entry is encrypted to", printable(key)),
          "import it with `gpg --import FILE`"};
}

}  // namespace pullsecret
