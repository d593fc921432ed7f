#include "helpers/pass/pass_status.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "helpers/pass/gpg_key.h"
#include "helpers/pass/gpg_obstacle.h"
#include "helpers/pass/gpg_passphrase.h"
#include "helpers/pass/gpg_settings.h"
#include "helpers/pass/layout.h"
#include "helpers/pass/pass_store.h"
#include "helpers/pass/store_folder.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/file.h"
#include "system/private_file.h"
#include "system/run_programs.h"
#include "system/text.h"
#include "system/write_obstacle.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

// ---- Whom pass encrypts to

// `.gpg-id`: a key a line; what follows a # is a comment.
std::vector<std::string> keys_in(const std::string& gpg_id) {
  std::vector<std::string> keys;
  for (const std::string& line : split(gpg_id, '\n')) {
    const std::string key(trim(std::string_view(line).substr(0, line.find('#'))));
    if (!key.empty()) keys.push_back(key);
  }
  return keys;
}

// As pass looks for them itself: `pass init -p` gives a folder keys of its own.
std::vector<std::string> find_keys(const fs::path& folder) {
  if (const auto named = environment_variable("PASSWORD_STORE_KEY")) {
    std::vector<std::string> keys = split(*named, ' ');
    std::erase(keys, "");
    return keys;
  }
  const auto store = open_store(folder);
  if (!store) return {};
  if (const auto all = open_folder(*store, std::string(credentials_folder)))
    if (const auto gpg_id = read_gpg_id(*all)) return keys_in(*gpg_id);
  return keys_in(read_gpg_id(*store).value_or(""));
}

// ---- Faults

std::optional<Error> find_missing_program() {
  try {
    required_program("pass", "pass");
    find_gpg();
    return std::nullopt;
  } catch (const Error& error) {
    return Error("", error.what(), error.hint());
  }
}

std::string_view kind_of(GpgKeyFault fault) {
  switch (fault) {
    case GpgKeyFault::missing:
      return "key-missing";
    case GpgKeyFault::expired:
      return "key-expired";
    case GpgKeyFault::untrusted:
      return "key-untrusted";
    case GpgKeyFault::revoked:
    case GpgKeyFault::disabled:
    case GpgKeyFault::cannot_encrypt:
      break;
  }
  return "key-unusable";
}

StoreFault key_fault(std::string_view kind, const Error& error) {
  return fault(std::string(kind), Prevents::store, error);
}

StoreFault obstacle_fault(const GpgObstacle& obstacle, Prevents prevents) {
  return fault(obstacle.is_agent ? "no-agent" : "gpg-folder", prevents, obstacle.error);
}

std::optional<StoreFault> check_key(const std::string& name) {
  if (can_encrypt_to(name)) return std::nullopt;
  const auto key = first_key(list_gpg_keys("--list-keys", name));
  if (const auto reason = key ? fault_of(*key) : std::nullopt)
    return key_fault(kind_of(*reason), key_error(*reason, key->fingerprint));
  if (const auto obstacle = find_gpg_obstacle(name))
    return obstacle_fault(*obstacle, Prevents::both);
  if (!key) return key_fault("key-missing", key_error(GpgKeyFault::missing, name));
  return key_fault(
      "key-unusable",
      {"",
       fmt::format("gpg does not encrypt to the password store's key {}",
                   printable(key_to_show(name))),
       fmt::format("see what it says: `echo | gpg --encrypt --recipient {} >/dev/null`",
                   shell_word(key_to_show(name)))});
}

bool has_secret_key(const std::string& key) {
  return !list_gpg_keys("--list-secret-keys", key).empty();
}

Error no_secret_key(std::vector<std::string> keys) {
  for (std::string& key : keys)
    key = key_to_show(key);
  return {"",
          fmt::format("gpg has no secret key for {}: nobody here can read what is stored",
                      printable(join(keys, ", "))),
          "import it with `gpg --import FILE`, or use a key of your own: `pass init KEY`"};
}

std::vector<StoreFault> check_keys(const std::vector<std::string>& keys) {
  std::vector<StoreFault> faults;
  for (const std::string& key : keys)
    if (auto found = check_key(key)) faults.push_back(*std::move(found));
  if (!faults.empty() || std::any_of(keys.begin(), keys.end(), has_secret_key)) return faults;
  const auto obstacle = find_gpg_obstacle(keys.front());
  return {obstacle ? obstacle_fault(*obstacle, Prevents::get)
                   : fault("key-missing", Prevents::get, no_secret_key(keys))};
}

// Of a store that is made, with keys that are in order.
StoreStatus check_passphrase(const std::vector<std::string>& keys) {
  const PassphraseState passphrase = passphrase_state(keys);
  if (!passphrase.has_to_ask || (asks_without_pinentry() && decrypts_unasked(keys)))
    return {.needs_passphrase = passphrase.is_needed};
  StoreStatus status{.state = StoreState::locked, .needs_passphrase = true};
  if (const auto reason = why_it_cannot_ask())
    status.faults.push_back(fault("no-pinentry", Prevents::get, *reason));
  return status;
}

StoreStatus check_with_keys(const std::vector<std::string>& keys) {
  std::vector<StoreFault> faults = check_keys(keys);
  if (faults.empty()) return check_passphrase(keys);
  return {.state = StoreState::unusable, .faults = std::move(faults)};
}

// pass makes a folder for each server, and in that a file.
void add_write_fault(StoreStatus& status, const fs::path& folder) {
  const auto obstacle = find_write_obstacle(folder / credentials_folder / "server" / "user.gpg");
  if (status.state == StoreState::unusable || !obstacle) return;
  const Error error = error_of(*obstacle);
  status.state = StoreState::unusable;
  const std::string other = "name another store in PASSWORD_STORE_DIR";
  status.faults.push_back(fault("unwritable", Prevents::store,
                                {"", error.what(), error.hint().empty() ? other : error.hint()}));
}

StoreStatus not_initialised(const Error& error) {
  return unusable(fault("not-initialized", Prevents::both, error));
}

StoreStatus check_store(const fs::path& folder) {
  if (const auto missing = find_missing_program())
    return unusable(fault("not-installed", Prevents::both, *missing));
  const std::vector<std::string> keys = find_keys(folder);
  return keys.empty() ? not_initialised(not_initialised_error(folder)) : check_with_keys(keys);
}

}  // namespace

StoreStatus pass_status(const fs::path& folder) {
  StoreStatus status;
  try {
    const std::size_t entries = PassStore(folder).list().size();
    status = check_store(folder);
    status.entries = entries;
    add_write_fault(status, folder);
  } catch (const Error& error) {
    status =
        unusable(fault("unreadable", Prevents::both,
                       {"", error.what(), error.hint().empty() ? way_into(folder) : error.hint()}));
  }
  status.facts = {{"Folder", place_of(folder)}};
  return status;
}

}  // namespace pullsecret
