#include "helpers/encryptedfile/key_file.h"

#include <cerrno>
#include <optional>
#include <tuple>

#include <fmt/format.h>
#include <sodium.h>

#include "credential/base64.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/file.h"
#include "system/new_file.h"
#include "system/private_file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_key_file = 4096;

constexpr const char* key_not_there = "the key file is not there";

// What is sealed with a key needs just that one again: a new one would not open it.
constexpr const char* find_old_key =
    "put the key back from a backup, name the one that it was sealed with in "
    "DOCKER_CREDENTIAL_KEY_FILE, or unset that for the key made at first use";

// What systemd gives to a unit's user may be root's.
OpenMode open_mode_of(const fs::path& file) {
  const auto folder = environment_variable("CREDENTIALS_DIRECTORY");
  return folder && file.parent_path() == *folder ? OpenMode::refused_but_of_root
                                                 : OpenMode::refused;
}

// Nothing if there is no `content`; `hint` says what to do if there is no key in it.
std::optional<Key> key_in(const std::optional<std::string>& content, const fs::path& file,
                          const std::string& hint) {
  if (!content) return std::nullopt;
  try {
    return parse_key(*content);
  } catch (const Error& error) {
    throw Error(place_of(file), error.message(), hint);
  }
}

std::optional<Key> read_key(const fs::path& file, SymbolicLink symbolic_link,
                            const std::string& hint) {
  return key_in(read_private_file(file, max_key_file, open_mode_of(file), symbolic_link), file,
                hint);
}

std::optional<Key> read_own_key(const fs::path& file, const std::string& hint = find_old_key) {
  return read_key(file, SymbolicLink::refused, hint);
}

std::optional<Key> read_own_key(const FilePlace& file) {
  return key_in(read_private_file(file, max_key_file, OpenMode::refused), file.path(),
                find_old_key);
}

std::optional<Key> decode_hex(std::string_view text) {
  Key key{std::string(key_size, '\0')};
  std::size_t size = 0;
  const int result = sodium_hex2bin(reinterpret_cast<unsigned char*>(key.bytes.data()), key_size,
                                    text.data(), text.size(), nullptr, &size, nullptr);
  if (result != 0 || size != key_size) return std::nullopt;
  return key;
}

// Until `folder` is on disk, what was done there is nothing to build on.
void require_synced(const fs::path& folder) {
  if (const Unsynced unsynced = hold_folder(folder).sync()) throw Error(*unsynced);
}

// Nothing if there is no such folder.
std::optional<FilePlace> find_place_of(const fs::path& file) {
  std::error_code unknown;
  if (!fs::exists(file.parent_path(), unknown)) return std::nullopt;
  return FilePlace{hold_folder(file.parent_path()), file.filename()};
}

}  // namespace

Key parse_key(std::string_view content) {
  if (content.size() == key_size) return Key{std::string(content)};
  const std::string_view text = trim(content);
  if (auto key = decode_hex(text)) return std::move(*key);
  if (auto bytes = decode_base64(text); bytes && bytes->size() == key_size)
    return Key{std::move(*bytes)};
  throw Error("", "not a key: that is 32 bytes, as they are or in base64 or hex");
}

Key read_named_key(const fs::path& file) {
  if (auto key =
          read_key(file, SymbolicLink::followed, "`openssl rand -base64 32` prints a new one"))
    return std::move(*key);
  throw Error(place_of(file), key_not_there,
              fmt::format("a new one is made by `(umask 077; openssl rand -base64 32 >{})`",
                          shell_word(file.string())));
}

Key find_key_in_files(const Paths& paths, const SealedHeader& header) {
  if (paths.named_key) {
    auto key = read_key(*paths.named_key, SymbolicLink::followed, find_old_key);
    if (key && is_key_of(*key, header)) return std::move(*key);
    throw Error(
        place_of(*paths.named_key),
        key ? fmt::format("this is not the key of {}", place_of(paths.credentials)) : key_not_there,
        find_old_key);
  }
  for (const fs::path& file : {paths.new_key, paths.key}) {
    auto key = read_own_key(file);
    if (key && is_key_of(*key, header)) return std::move(*key);
  }
  const bool is_there = read_own_key(paths.key).has_value();
  throw Error(
      place_of(paths.key),
      fmt::format("{} {}", is_there ? "this is not the key of" : "not there, but it is the key of",
                  place_of(paths.credentials)),
      "put its key back from a backup, or name it in DOCKER_CREDENTIAL_KEY_FILE; without "
      "it, move the credentials away and log in again");
}

Key key_for_new_file(const Paths& paths) {
  if (paths.named_key) return read_named_key(*paths.named_key);
  if (auto key = read_own_key(paths.key, "move it away, and a new one is made in its place")) {
    require_synced(paths.key.parent_path());  // who made it may have been killed before
    return std::move(*key);
  }
  Key key = new_key();
  write_key(paths.key, key);
  return key;
}

void write_key(const fs::path& file, const Key& key) {
  const FilePlace place{make_private_folder(file.parent_path()), file.filename()};
  remove_abandoned(place);
  if (!make_file(place, encode_base64(key.bytes) + '\n'))
    throw Error(place_of(file), error_text(EEXIST));
}

void settle_new_key(const Paths& paths, const SealedHeader& header) {
  const auto place = find_place_of(paths.new_key);
  const auto key = place ? read_own_key(*place) : std::nullopt;
  if (!key) return;
  if (!is_key_of(*key, header)) {
    std::ignore = remove_file(*place);  // if a power cut brings it back: at the next change
    return;
  }
  // Who sealed the credentials may have been killed before their folder was on disk; without them,
  // the old key would still be needed.
  require_synced(paths.credentials.parent_path());
  // By whichever name it is there after a power cut, find_key_in_files() finds it.
  std::ignore = rename_file(*place, paths.key.filename());
}

void remove_retired_key(const Paths& paths, const SealedHeader& header) {
  const auto place = find_place_of(paths.key);
  const auto key = place ? read_own_key(*place) : std::nullopt;
  if (!key || is_key_of(*key, header)) return;
  if (const Unsynced unsynced = remove_file(*place)) throw Error(*unsynced);
}

}  // namespace pullsecret
